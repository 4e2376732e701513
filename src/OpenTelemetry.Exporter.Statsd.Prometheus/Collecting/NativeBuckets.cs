using System.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>A bucket of a native histogram.</summary>
/// <param name="Gap">How far behind the one before; from index 0 for the first. More than 1, or the first: it begins a span.</param>
/// <param name="Count">Not cumulative; may be 0 within a span.</param>
internal readonly record struct NativeBucket(int Gap, long Count);

/// <summary>Enumerates the buckets of an exponential histogram as a native one of Prometheus has them.</summary>
/// <remarks>
/// <para>Prometheus documentation, "Native histograms": the bucket of index <c>i</c> is (2^((i - 1) / 2^schema), 2^(i / 2^schema)], so an
/// index is one more than that of OpenTelemetry. A finer scale than schema 8 is merged down to it. Gaps of up to two empty buckets
/// are part of a span.</para>
/// <para>Positive infinity, which OpenTelemetry counts without a bucket, is in the one behind that of the largest number. NaN is in
/// none, and makes the sum NaN, by which servers know.</para>
/// </remarks>
internal ref struct NativeBuckets
{
    public const int MinSchema = -4;
    public const int MaxSchema = 8;

    private const int LargestExponent = 1024;
    private const int MaxGapInSpan = 3;

    private readonly int shift;
    private readonly int overflowIndex;
    private HistogramValue.CountEnumerator counts;
    private long overflow;
    private int index;
    private bool isAhead;
    private int last;
    private bool hasLast;
    private int next;
    private long nextCount;
    private bool hasNext;

    public NativeBuckets(in HistogramValue histogram)
    {
        Debug.Assert(CanShow(in histogram), "There is no schema for so coarse a scale.");
        Schema = Math.Min(histogram.Scale, MaxSchema);
        shift = histogram.Scale - Schema;
        overflowIndex = (Schema >= 0 ? LargestExponent << Schema : LargestExponent >> -Schema) + 1;
        index = histogram.Offset;
        if (!double.IsNaN(histogram.Sum))
        {
            overflow = histogram.Count - histogram.ZeroCount;
            foreach (var count in histogram.Counts)
            {
                overflow -= count;
            }
        }

        counts = histogram.Counts;
        isAhead = counts.MoveNext();
        Advance();
    }

    public int Schema { get; }

    public NativeBucket Current { get; private set; }

    /// <summary>Whether <paramref name="histogram"/> can be a native one: it is exponential, and not coarser than any schema.</summary>
    public static bool CanShow(in HistogramValue histogram) => histogram.IsExponential && histogram.Scale >= MinSchema;

    public readonly NativeBuckets GetEnumerator() => this;

    public bool MoveNext()
    {
        if (!hasNext)
        {
            return false;
        }

        var gap = hasLast ? next - last : next;
        if (hasLast && gap is > 1 and <= MaxGapInSpan)
        {
            last++;
            Current = new NativeBucket(1, 0);
            return true;
        }

        Current = new NativeBucket(gap, nextCount);
        last = next;
        hasLast = true;
        Advance();
        return true;
    }

    /// <summary>Finds the next bucket with anything in it.</summary>
    private void Advance()
    {
        nextCount = 0;
        while (isAhead && nextCount == 0)
        {
            var merged = index >> shift;
            while (isAhead && index >> shift == merged)
            {
                nextCount += counts.Current;
                index++;
                isAhead = counts.MoveNext();
            }

            next = merged + 1;
        }

        if (nextCount == 0 && overflow > 0)
        {
            next = overflowIndex;
            nextCount = overflow;
            overflow = 0;
        }

        hasNext = nextCount > 0;
    }
}
