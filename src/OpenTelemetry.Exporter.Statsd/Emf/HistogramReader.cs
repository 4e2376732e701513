using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Reads a histogram of either aggregation as values with counts, in its metric's unit.</summary>
/// <remarks>One owner at a time: the thread that exports. Its memory is used again for each point.</remarks>
/// <param name="readsValues">Whether values are wanted, besides count, sum, smallest and largest value.</param>
internal sealed class HistogramReader(bool readsValues)
{
    /// <summary>How many values a metric may have: explicit buckets are cut into no more.</summary>
    private const int UsualValues = 100;

    private readonly HistogramRanges recorded = new();
    private readonly HistogramRanges scaled = new();
    private readonly WeightedValues weighted = new();
    private WeightedValue[] values = [];
    private int count;

    /// <summary>The values of the last histogram: the smallest first and the largest last.</summary>
    public ReadOnlySpan<WeightedValue> Values => values.AsSpan(0, count);

    /// <summary>Whether the last histogram had members that are not finite, which are left out.</summary>
    public bool IsAltered { get; private set; }

    /// <summary>Reads a histogram with one value or more.</summary>
    /// <returns><see langword="null"/> if nothing finite is known of it, or if what is finite is not in the metric's unit.</returns>
    public HistogramValue? Read(HistogramPoint histogram, EmfUnit unit)
    {
        count = 0;
        recorded.Read(histogram);
        if (recorded.Count == 0 || Overflows(recorded.Sum, unit) || Overflows(recorded.Min, unit) || Overflows(recorded.Max, unit))
        {
            return null;
        }

        IsAltered = !double.IsFinite(recorded.Sum) || recorded.Count != histogram.Count;
        var ranges = InUnit(unit);
        var sum = ranges.Sum;
        if (readsValues || !double.IsFinite(sum))
        {
            var parts = Math.Clamp((UsualValues - 2) / ranges.Ranges.Length, 1, WeightedValues.PartsOfExplicit);
            var read = weighted.OfBuckets(ranges, parts);
            sum = double.IsFinite(sum) ? sum : HistogramParts.SumOf(read);
            Take(readsValues ? read : []);
        }

        return new(ranges.Count, sum, ranges.Min, ranges.Max);
    }

    /// <summary>Scales ranges rather than values, which have few digits in the unit that they are written in.</summary>
    private HistogramRanges InUnit(EmfUnit unit)
    {
        if (!unit.IsScaled)
        {
            return recorded;
        }

        var sum = unit.Scale(recorded.Sum);
        if (recorded.HasMinMax)
        {
            scaled.Begin(recorded.IsExponential, sum, unit.Scale(recorded.Min), unit.Scale(recorded.Max));
        }
        else
        {
            scaled.Begin(recorded.IsExponential, sum);
        }

        foreach (ref readonly var range in recorded.Ranges)
        {
            scaled.Add(unit.Scale(range.Lower), unit.Scale(range.Upper), range.Count);
        }

        return scaled;
    }

    private static bool Overflows(double value, EmfUnit unit) => double.IsFinite(value) && !double.IsFinite(unit.Scale(value));

    /// <summary>Takes values over, as CloudWatch takes them, those that are the same as one.</summary>
    private void Take(ReadOnlySpan<WeightedValue> read)
    {
        if (values.Length < read.Length)
        {
            values = new WeightedValue[2 * read.Length];
        }

        foreach (ref readonly var value in read)
        {
            var rounded = CloudWatchNumber.Rounded(value.Value);
            if (count > 0 && values[count - 1].Value == rounded)
            {
                values[count - 1] = values[count - 1] with { Weight = values[count - 1].Weight + value.Weight };
            }
            else
            {
                values[count++] = value with { Value = rounded };
            }
        }
    }
}
