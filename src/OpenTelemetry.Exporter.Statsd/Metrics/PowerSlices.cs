using System.Diagnostics;
using System.Numerics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Cuts the values of ascending ranges, one after the other, into slices whose counts are powers of two.</summary>
/// <remarks>
/// <para>
/// A slice within a range has no more than the share of it that one value may stand for. What is left at a range's end goes with the
/// beginning of the next one if they touch, half such a share of either at most: so a range leaves no rest of many small powers. The
/// value of a slice that crosses stands at the bound, which belongs to both.
/// </para>
/// <para>One owner at a time.</para>
/// </remarks>
internal ref struct PowerSlices(ReadOnlySpan<BucketRange> ranges, bool isExponential, bool mayCross)
{
    private readonly ReadOnlySpan<BucketRange> ranges = ranges;
    private long next;

    /// <summary>The index of the range in which the slice begins.</summary>
    public int Range { get; private set; }

    /// <summary>How many values of <see cref="Range"/> are before it.</summary>
    public long Start { get; private set; }

    /// <summary>Its count is 2 to this power.</summary>
    public int Power { get; private set; }

    public bool MoveNext()
    {
        while (Range < ranges.Length && next >= ranges[Range].Count)
        {
            next -= ranges[Range++].Count;
        }

        if (Range == ranges.Length)
        {
            return false;
        }

        ref readonly var range = ref ranges[Range];
        var shift = ShareShift(in range, isExponential);
        var room = range.Count - next;
        if (room > HalfShare(in range))
        {
            room = Math.Min(room, Math.Max(range.Count >> shift, 1));
        }
        else if (mayCross && Range + 1 < ranges.Length && ranges[Range + 1].Lower == range.Upper)
        {
            room += HalfShare(in ranges[Range + 1]);
        }

        Start = next;
        Power = Math.Min(BitOperations.Log2((ulong)room), WeightedValues.LargestPower(range.Count));
        next += 1L << Power;
        Debug.Assert(Range + 1 < ranges.Length || next <= range.Count, "Nothing is left to cross into.");
        return true;
    }

    /// <summary>
    /// How often a range's count is halved for the share of it that one value may stand for. Half of a wide bucket: at scale 4 that
    /// keeps a value within a quarter of the bucket, 1.1 %, of all that it stands for. An eighth of an explicit one, of which values are spread at will.
    /// </summary>
    public static int ShareShift(in BucketRange range, bool isExponential) =>
        isExponential ? (range.Upper > range.Lower * Narrow ? 1 : 0) : range.Upper > range.Lower ? 3 : 0;

    private readonly long HalfShare(in BucketRange range) => range.Count >> (ShareShift(in range, isExponential) + 1);

    /// <summary>Where an exponential range is narrower, one place in it is as good as another.</summary>
    private const double Narrow = 1.01;
}
