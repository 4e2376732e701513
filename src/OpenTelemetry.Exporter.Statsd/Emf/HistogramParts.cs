using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Parts of a histogram that has more values than a metric may have: together they have its count, its sum, its smallest and its largest value.</summary>
/// <remarks>Stateless.</remarks>
internal static class HistogramParts
{
    /// <param name="whole">The histogram.</param>
    /// <param name="values">All its values, the smallest first and the largest last.</param>
    /// <param name="start">The first value of the part.</param>
    /// <param name="length">How many values the part has.</param>
    public static HistogramValue Of(in HistogramValue whole, ReadOnlySpan<WeightedValue> values, int start, int length)
    {
        var end = start + length;

        // What rounding and placing values within their buckets have left is a small part of the whole sum, and so of what has most of it.
        var greatestTerm = GreatestTermOf(values);
        var sum = SumOf(values[start..end]) + (greatestTerm >= start && greatestTerm < end ? whole.Sum - SumOf(values) : 0);
        var isLast = end == values.Length;
        var (least, greatest) = RangeOf(values[start..end]);
        return new(CountOf(values[start..end]), sum, start == 0 ? whole.Min : least, isLast ? whole.Max : greatest);
    }

    /// <summary>What the values add up to.</summary>
    public static double SumOf(ReadOnlySpan<WeightedValue> values)
    {
        var sum = 0.0;
        foreach (ref readonly var value in values)
        {
            sum += value.Value * value.Weight;
        }

        return sum;
    }

    private static (double Least, double Greatest) RangeOf(ReadOnlySpan<WeightedValue> values)
    {
        var (least, greatest) = (values[0].Value, values[0].Value);
        foreach (ref readonly var value in values)
        {
            least = Math.Min(least, value.Value);
            greatest = Math.Max(greatest, value.Value);
        }

        return (least, greatest);
    }

    /// <summary>The index of the value that has the greatest part in the sum.</summary>
    private static int GreatestTermOf(ReadOnlySpan<WeightedValue> values)
    {
        var (index, greatest) = (0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            var term = Math.Abs(values[i].Value) * values[i].Weight;
            if (term > greatest)
            {
                (index, greatest) = (i, term);
            }
        }

        return index;
    }

    /// <summary>How many values the weights stand for.</summary>
    private static long CountOf(ReadOnlySpan<WeightedValue> values)
    {
        var count = 0L;
        foreach (ref readonly var value in values)
        {
            count += value.Weight;
        }

        return count;
    }
}
