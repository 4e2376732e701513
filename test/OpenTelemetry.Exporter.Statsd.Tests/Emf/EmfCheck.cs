using System.Text;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Holds the documents of an export against the points that went into it.</summary>
/// <param name="given">The case.</param>
internal sealed class EmfCheck(EmfCase given)
{
    /// <summary>What a document has beside attributes, names and values.</summary>
    private const int Frame = 800;

    /// <summary>What a value takes at most, with its count.</summary>
    private const int PairBytes = 48;

    private const string Suffix = "_value";

    private readonly EmfRules rules = new()
    {
        // The last part of a split histogram makes up for what values are off by that have few digits.
        SumTolerance = 1e-3,
        MaxBytes = given.MaxPacketBytes ?? (given.IsUdp ? EmfRules.LargestDatagram : EmfRules.LongestLine),
    };

    private int written;

    /// <summary>How many points are in documents, in whole.</summary>
    public int Written => written;

    public void Check(IReadOnlyList<EmfPoint> points, IReadOnlyList<byte[]> documents)
    {
        written = 0;

        // Without the largest and the smallest value, nothing is known of what lies beyond the last bound; beside a huge value, the sum says nothing of others.
        var saysSums = points.All(point => point.Histogram is not { } histogram
            || (histogram.Range is { } range && Math.Max(Math.Abs(range.Min), Math.Abs(range.Max)) < 1e12));
        var records = new List<EmfRecord>();
        foreach (var document in documents)
        {
            var violations = EmfValidator.Violations(document, rules)
                .Where(violation => saysSums || !violation.Contains("has the sum", StringComparison.Ordinal));
            Assert.True(!violations.Any(), string.Join('\n', violations));
            Assert.Empty(EmfSchema.Violations(Encoding.UTF8.GetString(document)));
            var read = EmfDocument.Read(document).Records();
            Assert.All(read, record => Assert.Equal("shop/till", record.Namespace));
            AttributeCheck.Check(points.First(point => IdOf(point) == read[0].Members[EmfCase.Id]).Attributes, read[0], rules.MaxBytes);
            records.AddRange(read);
        }

        var metrics = points.ToLookup(point => new MetricKey(IdOf(point), Shortened(point.Name), DocumentedUnits.Of(point.Unit).Name));
        var ofMetric = records.ToLookup(record => KeyOf(record, metrics));
        foreach (var metric in metrics)
        {
            Check([.. metric], [.. ofMetric[metric.Key]]);
        }
    }

    private void Check(List<EmfPoint> points, List<EmfRecord> records)
    {
        Assert.All(records, record => Assert.Equal(
            points[0].Name.StartsWith(EmfCase.HighResolution, StringComparison.OrdinalIgnoreCase) ? 1 : 60, record.Resolution));
        foreach (var point in points.Where(point => point.Number is not null))
        {
            var index = records.FindIndex(record => PointCheck.IsNumber(point, record));
            CheckOutcome(point, index >= 0);
            if (index >= 0)
            {
                records.RemoveAt(index);
            }
        }

        Assert.All(records, record => Assert.NotNull(record.Target.Statistics));
        EmfPoint[] histograms = [.. points.Where(point => point.Histogram is not null)];
        if (histograms is [var single])
        {
            var isWhole = records.Sum(record => record.Target.Count) == single.Histogram!.Count;
            CheckOutcome(single, records.Count > 0 && (isWhole || !single.Histogram.IsFinite));
            if (isWhole)
            {
                PointCheck.CheckHistogram(single, records, given.Form);
            }
        }
        else if (histograms.All(point => !PointCheck.Outcome(point).MayBeDropped && FitsSurely(point)))
        {
            Assert.Equal(histograms.Sum(point => point.Histogram!.Count), records.Sum(record => record.Target.Count));
            written += histograms.Length;
        }
        else
        {
            written = int.MinValue;
        }
    }

    private void CheckOutcome(EmfPoint point, bool isWritten)
    {
        var (mayBeWritten, mayBeDropped) = PointCheck.Outcome(point);
        Assert.True(isWritten ? mayBeWritten : mayBeDropped || !FitsSurely(point), $"{point} is {(isWritten ? "written" : "missing")}.");
        written += isWritten ? 1 : 0;
    }

    /// <summary>Whether a document for the point alone is short enough in any case.</summary>
    private bool FitsSurely(EmfPoint point)
    {
        // Encoded, a character takes three bytes for each of its own; a name of a dimension is there twice.
        var attributes = point.Attributes.Sum(attribute =>
            20 + (12 * ((2 * attribute.Key.Length) + Properties.DocumentedRules.Text(attribute.Value).Length)));
        return Frame + (24 * Math.Min(255, point.Name.Length)) + attributes + (point.Number is null ? 100 * PairBytes : 0) <= rules.MaxBytes;
    }

    private static string IdOf(EmfPoint point) => (string)point.Attributes.Single(attribute => attribute.Key == EmfCase.Id).Value!;

    private static MetricKey KeyOf(EmfRecord record, ILookup<MetricKey, EmfPoint> metrics)
    {
        var fitting = metrics.Where(metric => metric.Key.Id == record.Members[EmfCase.Id] && metric.Key.Unit == record.Unit
            && metric.Any(point => IsWrittenAs(point.Name, record))).Select(metric => metric.Key).ToArray();
        return Assert.Single(fitting);
    }

    /// <summary>Whether the name of a metric is that of a point, which has a suffix where it would be taken otherwise.</summary>
    private static bool IsWrittenAs(string name, EmfRecord record)
    {
        var rest = record.Name;
        while (true)
        {
            if (EmfText.Fits(name, rest, 255))
            {
                return true;
            }

            if (!rest.EndsWith(Suffix, StringComparison.Ordinal))
            {
                return false;
            }

            rest = rest[..^Suffix.Length];
        }
    }

    /// <summary>What names may have in common once they are written: too long ones are told apart by a hash alone, and some have a suffix.</summary>
    private static string Shortened(string name)
    {
        while (name.EndsWith(Suffix, StringComparison.Ordinal))
        {
            name = name[..^Suffix.Length];
        }

        return name[..Math.Min(name.Length, 60)];
    }

    private readonly record struct MetricKey(string Id, string Name, string Unit);
}
