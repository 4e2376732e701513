using System.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Values that take the place of a histogram's ranges, each in a range or at the bound of two, until their sum is right.</summary>
/// <remarks>One owner at a time, for its memory, which is used again for each histogram.</remarks>
internal sealed class PlacedValues
{
    /// <summary>A value at the bound of two ranges may be rounded by this part of the narrower one.</summary>
    private const double BoundPrecision = 1.0 / 32;

    private readonly SumSteering steering = new();
    private BucketRange[] ranges = [];
    private WeightedValue[] values = [];
    private int[] origins = [];
    private int rangeCount;
    private int count;

    /// <summary>The ranges of the histogram, of which the smallest and the largest value have their own.</summary>
    public ReadOnlySpan<BucketRange> Ranges => ranges.AsSpan(0, rangeCount);

    /// <summary>All values, in the order that they were added in.</summary>
    public ReadOnlySpan<WeightedValue> Values => values.AsSpan(0, count);

    /// <summary>Forgets all values, and takes the ranges of a histogram.</summary>
    public void Begin(HistogramRanges histogram)
    {
        count = 0;
        var source = histogram.Ranges;
        if (ranges.Length < 2 * (source.Length + 2))
        {
            ranges = new BucketRange[(source.Length + 2) * 4];
        }

        rangeCount = 0;
        for (var i = 0; i < source.Length; i++)
        {
            var range = source[i];
            var left = range.Count;
            if (i == 0 && histogram.HasMinMax)
            {
                ranges[rangeCount++] = new(histogram.Min, histogram.Min, 1);
                left--;
            }

            var isEnd = i == source.Length - 1 && histogram.HasMinMax && histogram.Count > 1;
            left -= isEnd ? 1 : 0;
            if (left > 0)
            {
                ranges[rangeCount++] = range with { Count = left };
            }

            if (isEnd)
            {
                ranges[rangeCount++] = new(histogram.Max, histogram.Max, 1);
            }
        }

        AddBounds(histogram.IsExponential);
    }

    /// <summary>Adds a value.</summary>
    /// <param name="range">The index of the range that it is in.</param>
    /// <param name="value">Within the range.</param>
    /// <param name="weight">1 or more.</param>
    public void Add(int range, double value, long weight)
    {
        Resize(count + 1);
        Set(count - 1, range, value, weight);
    }

    /// <summary>Has so many values, each of which is to be set.</summary>
    public void Resize(int newCount)
    {
        if (values.Length < newCount)
        {
            Array.Resize(ref values, newCount * 2);
            Array.Resize(ref origins, newCount * 2);
        }

        count = newCount;
    }

    /// <summary>Sets one of the values, otherwise as <see cref="Add"/>.</summary>
    public void Set(int index, int range, double value, long weight)
    {
        Debug.Assert(index < count, "Memory is there, but no such value.");
        values[index] = new(value, weight);
        origins[index] = range;
    }

    /// <summary>Sets a value to the upper bound of a range, which is the lower one of the next.</summary>
    public void SetToBound(int index, int range, long weight) => Set(index, rangeCount + range, ranges[range].Upper, weight);

    /// <summary>Moves the values inside their ranges so that they add up to the histogram's sum, and rounds them.</summary>
    /// <returns>Whether their ranges allow that sum.</returns>
    public bool TrySteer(HistogramRanges histogram) => steering.TrySteer(
        ranges.AsSpan(0, 2 * rangeCount), values.AsSpan(0, count), origins.AsSpan(0, count), histogram.Count, histogram.Sum);

    /// <summary>
    /// After the ranges, for each of them that touches the next: its upper bound, as a range for values that stand for both. Explicit bounds
    /// were chosen by someone, so a value there is neither above nor below.
    /// </summary>
    private void AddBounds(bool isExponential)
    {
        for (var i = 0; i < rangeCount; i++)
        {
            var bound = ranges[i].Upper;
            var next = ranges[Math.Min(i + 1, rangeCount - 1)];
            var room = isExponential && next.Lower == bound ? BoundPrecision * Math.Min(bound - ranges[i].Lower, next.Upper - bound) : 0;
            ranges[rangeCount + i] = new(bound - room, bound + room, 1);
        }
    }
}
