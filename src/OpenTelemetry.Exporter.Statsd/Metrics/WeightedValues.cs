using System.Numerics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Values with weights in place of a histogram: their weights add up to its count exactly, and they to its sum as far as the buckets allow.</summary>
/// <remarks>
/// <para>One owner at a time, for its memory: what a method returns is valid until the next call.</para>
/// <para>
/// The smallest and the largest value are there as themselves with a weight of 1 where the histogram has them. Each other value is in
/// one of its ranges, and rounded to few digits. A weight above <see cref="LargestWeight"/> becomes several values, but not more than
/// <see cref="MostParts"/> for one range: beyond that weights are larger.
/// </para>
/// </remarks>
internal sealed class WeightedValues
{
    /// <summary>A power of two below the 2.6e8 from which on newer Datadog receivers cut weights off.</summary>
    public const long LargestWeight = 1L << LargestPower;

    /// <summary>So many values of nearly the same weight stand for one range at most.</summary>
    public const int MostParts = 16;

    private const int LargestPower = 27;

    private const int UsualLineBytes = 100;

    /// <summary>What a rate that is no power of two takes in a line, about.</summary>
    private const int AnyRateBytes = 22;

    /// <summary>Where an exponential range is narrower, one place in it is as good as another.</summary>
    private const double Narrow = 1.01;

    private readonly SumSteering steering = new();
    private readonly PowerPlan plan = new();
    private BucketRange[] ranges = [];
    private WeightedValue[] values = [];
    private int[] origins = [];

    /// <summary>For a receiver that takes several values in a line: powers of two, or where that takes fewer bytes, as with few buckets that hold much, one value for each range.</summary>
    /// <param name="histogram">The histogram.</param>
    /// <param name="lineBytes">What each line of values of one weight costs for its name, type and tags.</param>
    public ReadOnlySpan<WeightedValue> Shortest(HistogramRanges histogram, int lineBytes)
    {
        var powers = PowersOfTwo(histogram, lineBytes, BytesOfBuckets(Prepare(histogram), histogram.IsExponential, lineBytes));
        return powers.IsEmpty ? OfBuckets(histogram) : powers;
    }

    /// <summary>Of each weight a power of two, the largest weights first; none if they take more bytes than they may.</summary>
    /// <param name="histogram">The histogram.</param>
    /// <param name="lineBytes">What each line of values of one weight costs for its name, type and tags: the more, the fewer weights.</param>
    /// <param name="maxBytes">How many bytes all lines may take.</param>
    public ReadOnlySpan<WeightedValue> PowersOfTwo(
        HistogramRanges histogram, int lineBytes = UsualLineBytes, double maxBytes = double.PositiveInfinity)
    {
        var all = Prepare(histogram);
        plan.Clear();
        foreach (ref readonly var range in all)
        {
            plan.Add(range.Count, GreatestPower(in range, histogram.IsExponential));
        }

        if (plan.Choose(lineBytes) > maxBytes)
        {
            return [];
        }

        var parts = plan.Arrange();
        Reserve(parts);
        for (var i = 0; i < all.Length; i++)
        {
            ref readonly var range = ref all[i];
            var curve = new RangeCurve(in range, histogram.IsExponential);
            var greatest = GreatestPower(in range, histogram.IsExponential);
            for (var before = 0L; before < range.Count;)
            {
                var power = plan.NotAbove(Math.Min(greatest, BitOperations.Log2((ulong)(range.Count - before))));
                var weight = 1L << power;
                Place(plan.Take(power), i, curve.At(Middle(before, weight) / range.Count), weight);
                before += weight;
            }
        }

        return Steer(histogram, parts);
    }

    /// <summary>
    /// Of any weight: the smallest value, then for each range in their order one value if it is an exponential bucket, and up to
    /// <see cref="MostParts"/> if it is an explicit one, then the largest value.
    /// </summary>
    public ReadOnlySpan<WeightedValue> OfBuckets(HistogramRanges histogram)
    {
        var all = Prepare(histogram);
        var parts = 0;
        for (var i = 0; i < all.Length; i++)
        {
            ref readonly var range = ref all[i];
            var curve = new RangeCurve(in range, histogram.IsExponential);
            var left = PartsOf(in range, histogram.IsExponential);
            Reserve(parts + left);
            for (var before = 0L; left > 0; left--)
            {
                var weight = (range.Count - before) / left;
                Place(parts++, i, curve.At(Middle(before, weight) / range.Count), weight);
                before += weight;
            }
        }

        return Steer(histogram, parts);
    }

    /// <summary>
    /// Of weights that differ by 1 at most, but for the smallest and the largest value, which come first and last: for a receiver that counts
    /// by the weights, and otherwise takes each value as one. If fewer than were recorded, each is at the percentile that such a receiver
    /// takes it for: the n-th of m at n / m.
    /// </summary>
    /// <param name="histogram">The histogram.</param>
    /// <param name="maxValues">
    /// The most values, 3 or more. If no more were recorded, each weight is 1. There are some fewer if only then each weight is the double that
    /// the reciprocal of its rate is, for a receiver that does not cut that off.
    /// </param>
    /// <remarks>
    /// Their weighted sum is as near to the histogram's as the range of each allows, which is that of its percentile: up to about 1 % off, where
    /// weights reach over bounds. A receiver as above does not weigh sums anyway.
    /// </remarks>
    public ReadOnlySpan<WeightedValue> Alike(HistogramRanges histogram, int maxValues)
    {
        var all = Prepare(histogram);
        var ends = histogram.HasMinMax ? (int)Math.Min(histogram.Count, 2) : 0;
        var between = histogram.Count - ends;
        var parts = (int)Math.Min(between, Math.Max(1, maxValues - ends));
        while (parts > 1 && !HasExactRates(between, parts))
        {
            parts--;
        }

        var areAll = parts == between;
        Reserve(parts + ends);
        var placed = 0;
        if (ends > 0)
        {
            Place(placed++, 0, histogram.Min, 1);
        }

        // Heavier and lighter values take turns, or the heavier part would be missing from what is read without weights.
        var (weight, heavier) = Math.DivRem(between, Math.Max(parts, 1));
        var (index, rangeStart, before) = (ends > 0 ? 1 : 0, 0L, 0L);
        for (var n = 1L; n <= parts; n++)
        {
            var after = (n * weight) + (n * heavier / parts);
            var position = areAll ? Middle(before, after - before) : between * (n + (ends * 0.5)) / (parts + ends);
            while (position > rangeStart + all[index].Count)
            {
                rangeStart += all[index++].Count;
            }

            var curve = new RangeCurve(in all[index], histogram.IsExponential);
            Place(placed++, index, curve.At((position - rangeStart) / all[index].Count), after - before);
            before = after;
        }

        if (ends > 1)
        {
            Place(placed++, all.Length - 1, histogram.Max, 1);
        }

        return Steer(histogram, placed);
    }

    /// <summary>About how many bytes <see cref="OfBuckets"/> takes if neighbours of the same weight share a line.</summary>
    private static double BytesOfBuckets(ReadOnlySpan<BucketRange> all, bool isExponential, int lineBytes)
    {
        var (values, lines, last) = (0.0, 0, 0L);
        foreach (ref readonly var range in all)
        {
            var parts = PartsOf(in range, isExponential);
            var (weight, heavier) = Math.DivRem(range.Count, parts);
            values += parts;
            lines += (weight == last ? 0 : 1) + (heavier > 0 ? 1 : 0);
            last = heavier > 0 ? weight + 1 : weight;
        }

        return (values * PowerPlan.ValueBytes) + (lines * (lineBytes + AnyRateBytes));
    }

    /// <summary>Whether the weights of so many values are what the reciprocals of their rates are.</summary>
    private static bool HasExactRates(long count, int parts)
    {
        var (weight, heavier) = Math.DivRem(count, parts);
        return 1 / (1.0 / weight) == weight && (heavier == 0 || 1 / (1.0 / (weight + 1)) == weight + 1);
    }

    private static double Middle(long before, long weight) => before + (weight * 0.5);

    /// <summary>
    /// The power of two that a range is divided by first. Of a wide range no value gets more than half: at scale 4 that keeps quantiles
    /// within a quarter of the bucket, 1.1 %. Explicit ranges are divided into 8 to 15 and what is left over.
    /// </summary>
    private static int GreatestPower(in BucketRange range, bool isExponential)
    {
        var top = BitOperations.Log2((ulong)range.Count);
        var power = !IsWide(in range, isExponential) ? top : isExponential ? top - 1 : top - 3;
        var limit = range.Count >> LargestPower <= MostParts ? LargestPower : top - 3;
        return Math.Clamp(power, 0, limit);
    }

    private static int PartsOf(in BucketRange range, bool isExponential)
    {
        var wanted = !isExponential && IsWide(in range, isExponential) ? MostParts : 1;
        var needed = Math.Min(((range.Count - 1) >> LargestPower) + 1, MostParts);
        return (int)Math.Min(range.Count, Math.Max(wanted, needed));
    }

    private static bool IsWide(in BucketRange range, bool isExponential) =>
        isExponential ? range.Upper > range.Lower * Narrow : range.Upper > range.Lower;

    /// <summary>Copies the ranges, and gives the smallest and the largest value ranges of their own.</summary>
    private ReadOnlySpan<BucketRange> Prepare(HistogramRanges histogram)
    {
        var source = histogram.Ranges;
        if (ranges.Length < source.Length + 2)
        {
            ranges = new BucketRange[(source.Length + 2) * 2];
        }

        if (!histogram.HasMinMax)
        {
            source.CopyTo(ranges);
            return ranges.AsSpan(0, source.Length);
        }

        var taken = 0;
        for (var i = 0; i < source.Length; i++)
        {
            var range = source[i];
            var left = range.Count;
            if (i == 0)
            {
                ranges[taken++] = new(histogram.Min, histogram.Min, 1);
                left--;
            }

            var isEnd = i == source.Length - 1 && histogram.Count > 1;
            left -= isEnd ? 1 : 0;
            if (left > 0)
            {
                ranges[taken++] = range with { Count = left };
            }

            if (isEnd)
            {
                ranges[taken++] = new(histogram.Max, histogram.Max, 1);
            }
        }

        return ranges.AsSpan(0, taken);
    }

    private void Reserve(int parts)
    {
        if (values.Length < parts)
        {
            Array.Resize(ref values, parts * 2);
            Array.Resize(ref origins, parts * 2);
        }
    }

    private void Place(int index, int origin, double value, long weight)
    {
        values[index] = new(value, weight);
        origins[index] = origin;
    }

    private ReadOnlySpan<WeightedValue> Steer(HistogramRanges histogram, int parts)
    {
        var placed = values.AsSpan(0, parts);
        steering.Steer(ranges, placed, origins.AsSpan(0, parts), histogram.Count, histogram.Sum);
        return placed;
    }
}
