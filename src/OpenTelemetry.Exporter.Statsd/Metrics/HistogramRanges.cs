using System.Diagnostics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>A histogram point as ranges of either aggregation at its full resolution, clipped to the smallest and the largest value.</summary>
/// <remarks>
/// <para>One owner at a time, for its memory, which is used again for each point.</para>
/// <para>
/// What the SDK makes of values that have no place in a bucket decides what is here. Exponential: negative values are not recorded;
/// NaN and positive infinity are in the point's own count, sum, smallest and largest value, but in no bucket. Explicit: negative
/// values are as good as any; NaN and positive infinity are in the last bucket, negative infinity is in the first.
/// </para>
/// </remarks>
internal sealed class HistogramRanges
{
    private BucketRange[] ranges = [];
    private int count;
    private double least;
    private double greatest;

    /// <summary>Ascending; none is empty.</summary>
    public ReadOnlySpan<BucketRange> Ranges => ranges.AsSpan(0, count);

    /// <summary>Whether the bounds grow by a factor, as those of an exponential histogram do, rather than being chosen by someone.</summary>
    public bool IsExponential { get; private set; }

    /// <summary>
    /// The counts of all buckets together: those of the point, but for the NaN and infinities of an exponential histogram. 0 if
    /// nothing finite is known of any value.
    /// </summary>
    public long Count { get; private set; }

    /// <summary>As recorded; not finite if a value was not.</summary>
    public double Sum { get; private set; }

    /// <summary>The smallest value, or what is known of it from the ranges.</summary>
    public double Min => HasMinMax ? least : count > 0 ? ranges[0].Lower : 0;

    /// <summary>The largest value, or what is known of it from the ranges.</summary>
    public double Max => HasMinMax ? greatest : count > 0 ? ranges[count - 1].Upper : 0;

    /// <summary>Whether <see cref="Min"/> and <see cref="Max"/> are what was recorded: not if the view leaves them out, nor if one is not finite.</summary>
    public bool HasMinMax { get; private set; }

    /// <summary>Reads a point.</summary>
    public void Read(HistogramPoint histogram)
    {
        if (histogram.HasMinMax)
        {
            Begin(histogram.IsExponential, histogram.Sum, histogram.Min, histogram.Max);
        }
        else
        {
            Begin(histogram.IsExponential, histogram.Sum);
        }

        if (histogram.IsExponential)
        {
            ReadExponential(histogram.ExponentialData);
        }
        else
        {
            ReadExplicit(histogram.ExplicitBuckets);
            if (count == 0 && histogram.Count > 0)
            {
                AddWithoutBuckets(histogram.Count);
            }
        }
    }

    /// <summary>Forgets the last point. Ranges are added after.</summary>
    /// <param name="isExponential">See <see cref="IsExponential"/>.</param>
    /// <param name="sum">See <see cref="Sum"/>.</param>
    /// <param name="min">The smallest value; ignored if it is not finite.</param>
    /// <param name="max">The largest value; ignored if it is not finite.</param>
    public void Begin(bool isExponential, double sum, double min = double.NegativeInfinity, double max = double.PositiveInfinity)
    {
        IsExponential = isExponential;
        Sum = sum;
        HasMinMax = double.IsFinite(min) && double.IsFinite(max);

        // Zero is zero whatever its sign, and nothing more than that.
        least = double.IsFinite(min) ? min + 0.0 : double.NegativeInfinity;
        greatest = double.IsFinite(max) ? max + 0.0 : double.PositiveInfinity;
        if (isExponential && double.IsFinite(sum))
        {
            // Of values none of which is negative.
            greatest = Math.Min(greatest, Math.Max(least, sum));
        }

        Debug.Assert(least <= greatest, "Of one histogram.");
        Count = 0;
        count = 0;
    }

    /// <summary>Adds a range above all those before it.</summary>
    /// <param name="lower">Its lower bound. Infinite below the first bound; then the range begins at 0, or at its end if that is not above 0.</param>
    /// <param name="upper">Its upper bound. Infinite above the last bound; then the range is no more than its beginning.</param>
    /// <param name="values">How many values it holds; nothing is added for 0.</param>
    /// <remarks>Infinite bounds are made finite by the smallest and the largest value where they are known.</remarks>
    public void Add(double lower, double upper, long values)
    {
        if (values == 0)
        {
            return;
        }

        lower = Math.Clamp(lower, least, greatest);
        upper = Math.Clamp(upper, least, greatest);
        if (double.IsInfinity(lower))
        {
            lower = upper > 0 ? 0 : upper;
        }

        if (double.IsInfinity(upper))
        {
            upper = lower;
        }

        Count += values;
        if (count > 0 && ranges[count - 1].Lower == lower && ranges[count - 1].Upper == upper)
        {
            values += ranges[--count].Count;
        }

        if (count == ranges.Length)
        {
            Array.Resize(ref ranges, Math.Max(32, 2 * count));
        }

        ranges[count++] = new(lower, upper, values);
    }

    private void ReadExplicit(HistogramBuckets buckets)
    {
        var lower = double.NegativeInfinity;
        foreach (var bucket in buckets)
        {
            Add(lower, bucket.ExplicitBound, bucket.BucketCount);
            lower = bucket.ExplicitBound;
        }
    }

    /// <summary>Of a histogram without bounds no more is known than its ends, or else its mean.</summary>
    private void AddWithoutBuckets(long values)
    {
        var mean = Sum / values;
        if (HasMinMax)
        {
            Add(least, greatest, values);
        }
        else if (double.IsFinite(mean))
        {
            Add(mean, mean, values);
        }
        else if (double.IsFinite(least))
        {
            Add(least, least, values);
        }
        else if (double.IsFinite(greatest))
        {
            Add(greatest, greatest, values);
        }
    }

    private void ReadExponential(ExponentialHistogramData data)
    {
        Add(0, 0, data.ZeroCount);
        var bounds = new ExponentialBounds(data.Scale, data.PositiveBuckets.Offset);
        foreach (var values in data.PositiveBuckets)
        {
            var lower = bounds.Current;
            bounds.MoveNext();
            Add(lower, bounds.Current, values);
        }
    }
}
