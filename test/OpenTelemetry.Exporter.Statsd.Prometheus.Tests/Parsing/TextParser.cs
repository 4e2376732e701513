using static OpenTelemetry.Exporter.Prometheus.Tests.Parsing.ExpositionRules;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>
/// Reads text formats 0.0.4 and 1.0.0 from their documentation, refusing whatever that does not allow or what a producer has no
/// reason to write: anything but HELP, TYPE and samples, in this order; a family or a series twice; inconsistent histograms;
/// timestamps; quotes around names that need none.
/// </summary>
internal static class TextParser
{
    /// <param name="body">A whole exposition.</param>
    /// <param name="allowUtf8">Whether names of any characters may stand in quotes, as in 1.0.0 for a scraper that asked for them.</param>
    public static List<Family> Parse(ReadOnlySpan<byte> body, bool allowUtf8 = false)
    {
        var families = new List<Family>();
        var lines = Lines(body);
        for (var index = 0; index < lines.Length;)
        {
            var (name, help) = Metadata(lines[index++], "# HELP ");
            Check(index < lines.Length, "HELP without TYPE", lines[^1]);
            var type = Metadata(lines[index++], "# TYPE ");
            Check(name == type.Name, "HELP and TYPE differ in name", lines[index - 1]);
            Check(type.Text is "counter" or "gauge" or "histogram" or "untyped", "unknown type", lines[index - 1]);
            var family = new Family(name, type.Text == "untyped" ? "unknown" : type.Text, help, string.Empty, []);
            while (index < lines.Length && !lines[index].StartsWith('#'))
            {
                family.Samples.Add(ParseSample(lines[index++]));
            }

            CheckFamily(family);
            families.Add(family);
        }

        CheckUnique(families, SampleNames);
        return families;

        (string Name, string Text) Metadata(string line, string prefix)
        {
            var reader = new LineReader(line, allowUtf8);
            reader.Expect(prefix);
            var name = reader.ReadFamilyName();
            reader.Expect(" ");
            return (name, reader.Unescape(reader.ReadRest(), isQuoted: false));
        }

        Sample ParseSample(string line)
        {
            var reader = new LineReader(line, allowUtf8);
            var (name, labels) = reader.ReadSeries();
            reader.Expect(" ");
            return new Sample(name, labels, Number.Parse(reader.ReadRest()));
        }
    }

    private static void CheckFamily(Family family)
    {
        Check(family.Samples.Count > 0, "no sample", family.Name);
        Check(family.Help.Length > 0, "no help", family.Name);
        var names = SampleNames(family).ToList();
        foreach (var sample in family.Samples)
        {
            Check(names.Contains(sample.Name), "a sample of another family", $"{family.Name}: {sample.Name}");
        }

        foreach (var point in family.Type == "histogram" ? Points(family) : [])
        {
            CheckBuckets(point, family.Name);
            Check(point.Count(sample => sample.Name == family.Name + "_count") == 1, "no _count", family.Name);
            Check(point.Count(sample => sample.Name == family.Name + "_sum") == 1, "no _sum", family.Name);
            Check(point.All(sample => sample.Name != family.Name), "a histogram with a value", family.Name);
        }
    }

    private static IEnumerable<string> SampleNames(Family family) => family.Type == "histogram" ? HistogramNames(family.Name) : [family.Name];
}
