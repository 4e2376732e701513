using static OpenTelemetry.Exporter.Prometheus.Tests.Parsing.ExpositionRules;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>
/// Reads OpenMetrics text from its specification (1.0, with which 0.0.1 agrees in all that is written), and refuses what that does not
/// allow, what it advises against, and what a producer has no reason to write: a family without a type or a sample, empty metadata or
/// labels, timestamps of samples, quotes around names that need none.
/// </summary>
internal static class OpenMetricsParser
{
    /// <param name="body">A whole exposition.</param>
    /// <param name="allowUtf8">Whether names of any characters may stand in quotes, as for a scraper that asked for them.</param>
    public static List<Family> Parse(ReadOnlySpan<byte> body, bool allowUtf8 = false)
    {
        var lines = Lines(body);
        Check(lines.Length > 0 && lines[^1] == "# EOF", "no EOF at the end", lines.LastOrDefault(string.Empty));
        var families = new List<Family>();
        for (var index = 0; index < lines.Length - 1;)
        {
            var metadata = new Dictionary<string, string>();
            string? name = null;
            for (; lines[index].StartsWith('#') && index < lines.Length - 1; index++)
            {
                var reader = new LineReader(lines[index], allowUtf8);
                reader.Expect("# ");
                var keyword = reader.ReadWord();
                reader.Check(keyword is "TYPE" or "UNIT" or "HELP", "not metadata");
                reader.Expect(" ");
                var family = reader.ReadFamilyName();
                reader.Check(family == (name ??= family), "metadata of another family, before any sample");
                reader.Expect(" ");
                var text = reader.ReadRest();
                reader.Check(text.Length > 0, "empty metadata");
                reader.Check(metadata.TryAdd(keyword, keyword == "HELP" ? reader.Unescape(text, isQuoted: true) : text), "metadata twice");
            }

            Check(name is not null && metadata.ContainsKey("TYPE"), "a family without a type", lines[index]);
            var samples = new List<Sample>();
            for (; index < lines.Length - 1 && !lines[index].StartsWith('#'); index++)
            {
                samples.Add(ParseSample(lines[index], allowUtf8));
            }

            var whole = new Family(
                name, metadata["TYPE"], metadata.GetValueOrDefault("HELP", string.Empty), metadata.GetValueOrDefault("UNIT", string.Empty), samples);
            OpenMetricsRules.CheckFamily(whole);
            families.Add(whole);
        }

        CheckUnique(families, OpenMetricsRules.SampleNames);
        return [.. families.Select(OpenMetricsRules.WithCreated)];
    }

    private static Sample ParseSample(string line, bool allowUtf8)
    {
        var reader = new LineReader(line, allowUtf8);
        var (name, labels) = reader.ReadSeries();
        reader.Expect(" ");
        var value = reader.ReadWord();
        Exemplar? exemplar = null;
        if (reader.TryRead(" # "))
        {
            var exemplarLabels = reader.ReadExemplarLabels();
            reader.Expect(" ");
            var exemplarValue = Number.Parse(reader.ReadWord());
            exemplar = new Exemplar(exemplarLabels, exemplarValue, reader.TryRead(" ") ? Number.ParseTime(reader.ReadWord()) : null);
        }

        reader.ExpectEnd();
        return new Sample(name, labels, Number.Parse(value))
        {
            Exemplar = exemplar,
            Created = name.EndsWith("_created", StringComparison.Ordinal) && Number.IsTime(value) ? Number.ParseTime(value) : null,
        };
    }
}
