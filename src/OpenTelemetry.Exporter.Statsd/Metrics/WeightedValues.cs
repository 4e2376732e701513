using System.Numerics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Values with weights in place of a histogram: their weights add up to its count exactly, and they to its sum as far as the buckets allow.</summary>
/// <remarks>
/// <para>One owner at a time, for its memory: what a method returns is valid until the next call.</para>
/// <para>
/// The smallest and the largest value are there as themselves with a weight of 1 where the histogram has them. Each other value is in
/// one of its ranges, or at the bound of two, and rounded to few digits. A weight above <see cref="LargestWeight"/> becomes several
/// values, but not more than about <see cref="MostParts"/> for one range: beyond that weights are larger.
/// </para>
/// </remarks>
internal sealed class WeightedValues
{
    /// <summary>Newer Datadog receivers cut weights off from 2.6e8 on; this is the power of two below.</summary>
    public const long LargestWeight = 1L << GreatestPower;

    /// <summary>So many values of nearly the same weight stand for one range at most.</summary>
    public const int MostParts = 256;

    private const int GreatestPower = 27;

    /// <summary>So many values stand for an explicit range, of which nothing is known but its bounds.</summary>
    public const int PartsOfExplicit = 16;

    private const int UsualLineBytes = 100;

    /// <summary>What a rate that is no power of two takes in a line, about.</summary>
    private const int AnyRateBytes = 22;

    /// <summary>
    /// Where each range has a weight of its own, one that is wider than this, of scale 4 or coarser, has two values. In the middle of a
    /// narrower one a single value is within 1.1 % of any.
    /// </summary>
    private const double WideForOne = 1.03;

    private readonly PlacedValues placed = new();
    private readonly PowerPlan plan = new();

    /// <summary>
    /// For a receiver that takes several values in a line: powers of two, or where that takes fewer bytes, as with few buckets that hold
    /// much, a weight for each range.
    /// </summary>
    /// <param name="histogram">The histogram.</param>
    /// <param name="lineBytes">What each line of values of one weight costs for its name, type and tags.</param>
    public ReadOnlySpan<WeightedValue> Shortest(HistogramRanges histogram, int lineBytes)
    {
        placed.Begin(histogram);
        var powers = PowersOfTwo(histogram, lineBytes, BytesOfEvenParts(placed.Ranges, histogram.IsExponential, lineBytes));
        return powers.IsEmpty ? EvenParts(histogram) : powers;
    }

    /// <summary>Of each weight a power of two, the largest weights first; none if they take more bytes than they may.</summary>
    /// <param name="histogram">The histogram.</param>
    /// <param name="lineBytes">What each line of values of one weight costs for its name, type and tags: the more, the fewer weights.</param>
    /// <param name="maxBytes">How many bytes all lines may take.</param>
    /// <remarks>
    /// Some values stand for the end of one range and the beginning of the next. Those cannot move for the sum, so if the others' moving is
    /// not enough each range gets values of its own.
    /// </remarks>
    public ReadOnlySpan<WeightedValue> PowersOfTwo(
        HistogramRanges histogram, int lineBytes = UsualLineBytes, double maxBytes = double.PositiveInfinity)
    {
        if (!TrySlice(histogram, lineBytes, maxBytes, mayCross: true))
        {
            TrySlice(histogram, lineBytes, maxBytes, mayCross: false);
        }

        return placed.Values;
    }

    /// <summary>
    /// Of each range as many values of one weight as it takes for quantiles: two of a wide exponential one, and of an explicit one
    /// <see cref="PartsOfExplicit"/>. What does not divide by them comes last: mostly weights of 1, as of the smallest and the largest value.
    /// </summary>
    public ReadOnlySpan<WeightedValue> EvenParts(HistogramRanges histogram)
    {
        placed.Begin(histogram);
        for (var i = 0; i < placed.Ranges.Length; i++)
        {
            AddEvenParts(i, histogram.IsExponential, ofOne: false);
        }

        for (var i = 0; i < placed.Ranges.Length; i++)
        {
            AddEvenParts(i, histogram.IsExponential, ofOne: true);
        }

        placed.TrySteer(histogram);
        return placed.Values;
    }

    /// <summary>
    /// For a receiver that takes one value a line, of any weight: the smallest value, then for each range in their order one value if it is
    /// an exponential bucket, and up to <paramref name="partsOfExplicit"/> if it is an explicit one, then the largest value.
    /// </summary>
    public ReadOnlySpan<WeightedValue> OfBuckets(HistogramRanges histogram, int partsOfExplicit = PartsOfExplicit)
    {
        placed.Begin(histogram);
        for (var i = 0; i < placed.Ranges.Length; i++)
        {
            ref readonly var range = ref placed.Ranges[i];
            var curve = new RangeCurve(in range, histogram.IsExponential);
            var before = 0L;
            for (var left = PartsOf(in range, histogram.IsExponential ? 1 : partsOfExplicit); left > 0; left--)
            {
                var weight = (range.Count - before) / left;
                placed.Add(i, curve.At(Middle(before, weight) / range.Count), weight);
                before += weight;
            }
        }

        placed.TrySteer(histogram);
        return placed.Values;
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
    /// Their weighted sum is as near to the histogram's as the range of each allows, which is that of its percentile. Where weights reach
    /// over bounds it may be a few percent off, and 10 % with a heavy tail, of which the last weight stands for more than the largest
    /// value. A receiver as above does not weigh sums anyway.
    /// </remarks>
    public ReadOnlySpan<WeightedValue> Alike(HistogramRanges histogram, int maxValues)
    {
        placed.Begin(histogram);
        var all = placed.Ranges;
        var ends = histogram.HasMinMax ? (int)Math.Min(histogram.Count, 2) : 0;
        var between = histogram.Count - ends;
        var parts = (int)Math.Min(between, Math.Max(1, maxValues - ends));
        while (parts > 1 && !HasExactRates(between, parts))
        {
            parts--;
        }

        var areAll = parts == between;
        if (ends > 0)
        {
            placed.Add(0, histogram.Min, 1);
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
            placed.Add(index, curve.At((position - rangeStart) / all[index].Count), after - before);
            before = after;
        }

        if (ends > 1)
        {
            placed.Add(all.Length - 1, histogram.Max, 1);
        }

        placed.TrySteer(histogram);
        return placed.Values;
    }

    /// <summary>The greatest power of two that a value may weigh, of so many in a range.</summary>
    public static int LargestPower(long count) =>
        count >> GreatestPower <= MostParts ? GreatestPower : BitOperations.Log2((ulong)count / MostParts) + 1;

    /// <summary>About how many bytes <see cref="EvenParts"/> takes if neighbours of the same weight share a line.</summary>
    private static double BytesOfEvenParts(ReadOnlySpan<BucketRange> all, bool isExponential, int lineBytes)
    {
        var (values, lines, last, hasOnes) = (0.0, 0, 0L, false);
        foreach (ref readonly var range in all)
        {
            var parts = EvenPartsOf(in range, isExponential);
            var (weight, rest) = Math.DivRem(range.Count, parts);
            values += parts + (rest > 0 ? 1 : 0);
            lines += (weight > 1 && weight != last ? 1 : 0) + (rest > 1 ? 1 : 0);
            hasOnes |= weight == 1 || rest == 1;
            last = weight;
        }

        return (values * PowerPlan.ValueBytes) + (lines * (lineBytes + AnyRateBytes)) + (hasOnes ? lineBytes : 0);
    }

    /// <summary>Whether the weights of so many values are what the reciprocals of their rates are.</summary>
    private static bool HasExactRates(long count, int parts)
    {
        var (weight, heavier) = Math.DivRem(count, parts);
        return 1 / (1.0 / weight) == weight && (heavier == 0 || 1 / (1.0 / (weight + 1)) == weight + 1);
    }

    private static double Middle(long before, long weight) => before + (weight * 0.5);

    private static int EvenPartsOf(in BucketRange range, bool isExponential) =>
        PartsOf(in range, !isExponential ? PartsOfExplicit : range.Upper > range.Lower * WideForOne ? 2 : 1);

    /// <summary>As many as wanted if the range is more than a point, or more where one would be too heavy.</summary>
    private static int PartsOf(in BucketRange range, int wanted)
    {
        var needed = (int)Math.Min(((range.Count - 1) >> GreatestPower) + 1, MostParts);
        return (int)Math.Min(range.Count, range.Upper > range.Lower ? Math.Max(wanted, needed) : needed);
    }

    /// <summary>Adds the parts of a range, or what did not divide by them.</summary>
    private void AddEvenParts(int index, bool isExponential, bool ofOne)
    {
        ref readonly var range = ref placed.Ranges[index];
        var curve = new RangeCurve(in range, isExponential);
        var parts = EvenPartsOf(in range, isExponential);
        var (weight, rest) = Math.DivRem(range.Count, parts);
        for (var part = 0; part < parts && (weight == 1) == ofOne; part++)
        {
            // What is left over is in the middle.
            var before = (part * weight) + (2 * part >= parts ? rest : 0);
            placed.Add(index, curve.At(Middle(before, weight) / range.Count), weight);
        }

        if (rest > 0 && ofOne)
        {
            placed.Add(index, curve.At(0.5), rest);
        }
    }

    /// <summary>Places the powers of two, or nothing if they take too many bytes.</summary>
    /// <returns>Whether the values could be moved to the histogram's sum.</returns>
    private bool TrySlice(HistogramRanges histogram, int lineBytes, double maxBytes, bool mayCross)
    {
        placed.Begin(histogram);
        plan.Clear();
        var slices = new PowerSlices(placed.Ranges, histogram.IsExponential, mayCross);
        while (slices.MoveNext())
        {
            plan.Add(slices.Power);
        }

        if (plan.Choose(lineBytes) > maxBytes)
        {
            return true;
        }

        placed.Resize(plan.Arrange());
        slices = new PowerSlices(placed.Ranges, histogram.IsExponential, mayCross);
        while (slices.MoveNext())
        {
            PlaceSlice(histogram.IsExponential, slices.Range, slices.Start, slices.Power);
        }

        return placed.TrySteer(histogram);
    }

    /// <summary>Places a slice as one value, or as several of the greatest power in use that is not above its own.</summary>
    private void PlaceSlice(bool isExponential, int index, long start, int power)
    {
        var all = placed.Ranges;
        var used = plan.NotAbove(power);
        var weight = 1L << used;
        var curve = new RangeCurve(in all[index], isExponential);
        for (var left = 1L << (power - used); left > 0; left--, start += weight)
        {
            if (start >= all[index].Count)
            {
                start -= all[index++].Count;
                curve = new RangeCurve(in all[index], isExponential);
            }

            if (start + weight <= all[index].Count)
            {
                placed.Set(plan.Take(used), index, curve.At(Middle(start, weight) / all[index].Count), weight);
            }
            else
            {
                placed.SetToBound(plan.Take(used), index, weight);
            }
        }
    }
}
