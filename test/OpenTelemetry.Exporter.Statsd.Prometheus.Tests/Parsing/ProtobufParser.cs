using static OpenTelemetry.Exporter.Prometheus.Tests.Parsing.ExpositionRules;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>
/// Reads delimited <c>io.prometheus.client.MetricFamily</c> messages from their definition, refusing what that does not know, what
/// contradicts itself and what a producer has no reason to write: summaries, histograms of floating-point counts, timestamps of samples.
/// </summary>
internal static class ProtobufParser
{
    /// <param name="body">A whole exposition.</param>
    /// <param name="allowUtf8">Whether names may be of any characters, as for a scraper that asked for them.</param>
    public static List<Family> Parse(ReadOnlySpan<byte> body, bool allowUtf8 = false)
    {
        var families = new List<Family>();
        for (ReadOnlyMemory<byte> left = body.ToArray(); left.Length > 0;)
        {
            families.Add(ReadFamily(new ProtobufMessage("MetricFamily", ProtobufMessage.ReadDelimited(ref left, "the body")), allowUtf8));
        }

        CheckUnique(families, family => family.Type == "histogram" ? HistogramNames(family.Name) : [family.Name]);
        return families;
    }

    /// <summary>The labels of a metric or an exemplar, in field 1 of either.</summary>
    internal static Dictionary<string, string> ReadLabels(ProtobufMessage message, bool allowUtf8)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in message.Messages(1, "LabelPair"))
        {
            var name = pair.Text(1) ?? string.Empty;
            var value = pair.Text(2) ?? string.Empty;
            pair.ExpectNothingElse();
            Check(LineReader.IsLabelName(name) || (allowUtf8 && name.Length > 0), "illegal label name", name);
            Check(!name.StartsWith("__", StringComparison.Ordinal), "reserved label name", name);
            Check(labels.TryAdd(name, value), "a label twice", name);
        }

        return labels;
    }

    internal static Exemplar ReadExemplar(ProtobufMessage message, bool allowUtf8)
    {
        var exemplar = new Exemplar(ReadLabels(message, allowUtf8), message.Double(2) ?? 0, ReadTime(message, 3));
        message.ExpectNothingElse();
        CheckExemplar(exemplar, "Exemplar");
        return exemplar;
    }

    /// <summary>A <c>google.protobuf.Timestamp</c>, which leaves out what is 0.</summary>
    internal static decimal? ReadTime(ProtobufMessage message, int field)
    {
        if (message.Message(field, "Timestamp") is not { } time)
        {
            return null;
        }

        var seconds = time.Signed(1) ?? 0;
        var nanoseconds = time.Signed(2) ?? 0;
        time.ExpectNothingElse();
        time.Check(nanoseconds is >= 0 and < 1_000_000_000, "nanoseconds of a second or more");
        return seconds + (nanoseconds / 1_000_000_000m);
    }

    private static Family ReadFamily(ProtobufMessage message, bool allowUtf8)
    {
        var name = message.Text(1) ?? string.Empty;
        Check(LineReader.IsMetricName(name) || (allowUtf8 && name.Length > 0), "illegal family name", name);
        var type = message.Unsigned(3) switch
        {
            0 => "counter",
            1 => "gauge",
            3 => "unknown",
            4 => "histogram",
            _ => throw new FormatException($"no type, or one without use: {name}"),
        };
        var family = new Family(name, type, message.Text(2) ?? string.Empty, message.Text(5) ?? string.Empty, []);
        var metrics = message.Messages(4, "Metric");
        message.ExpectNothingElse();
        Check(family.Help.Length > 0, "no help", name);
        Check(family.Unit.Length == 0 || HasUnit(family), "a unit that the name does not end with", name);
        Check(metrics.Count > 0, "no sample", name);
        foreach (var metric in metrics)
        {
            ReadMetric(metric, family, allowUtf8);
        }

        return family;
    }

    /// <summary>Escaping may have doubled underscores, but all of them.</summary>
    private static bool HasUnit(Family family)
    {
        var name = family.Type == "counter" && family.Name.EndsWith("_total", StringComparison.Ordinal) ? family.Name[..^6] : family.Name;
        var doubled = family.Type == "counter" && family.Name.EndsWith("__total", StringComparison.Ordinal) ? family.Name[..^7] : family.Name;
        return name.EndsWith("_" + family.Unit, StringComparison.Ordinal)
            || doubled.EndsWith(("_" + family.Unit).Replace("_", "__", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static void ReadMetric(ProtobufMessage metric, Family family, bool allowUtf8)
    {
        var labels = ReadLabels(metric, allowUtf8);
        var (field, message) = family.Type switch
        {
            "gauge" => (2, "Gauge"),
            "counter" => (3, "Counter"),
            "unknown" => (5, "Untyped"),
            _ => (7, "Histogram"),
        };
        var value = metric.Message(field, message);
        metric.ExpectNothingElse();
        Check(value is not null, "no value of the family's type", family.Name);
        if (family.Type == "histogram")
        {
            ProtobufHistogram.Read(value, labels, family, allowUtf8);
            return;
        }

        var number = value.Double(1);
        value.Check(number is not null, "no value");
        var sample = new Sample(family.Name, labels, number.Value);
        if (family.Type == "counter")
        {
            value.Check(number >= 0, "a total that is negative or no number");
            sample = sample with
            {
                Exemplar = value.Message(2, "Exemplar") is { } exemplar ? ReadExemplar(exemplar, allowUtf8) : null,
                Created = ReadTime(value, 3),
            };
        }

        value.ExpectNothingElse();
        family.Samples.Add(sample);
    }
}
