using System.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>A histogram bucket: how many values lie above the bound before it and at or below its own.</summary>
/// <param name="UpperBound">Inclusive and finite.</param>
/// <param name="Count">Of this bucket alone, not cumulative.</param>
/// <param name="Position">
/// The same number for the same bound: of explicit buckets from 0 on, of exponential ones below <see cref="ClassicBuckets.ExponentialPositions"/>.
/// </param>
internal readonly record struct ClassicBucket(double UpperBound, long Count, int Position);

/// <summary>Enumerates the buckets of a histogram below positive infinity: explicit ones as they are, exponential ones merged to powers of two.</summary>
/// <remarks>
/// See the OpenTelemetry metrics data model, section "ExponentialHistogram", for scale and index. Powers of two do not move when
/// the SDK changes the scale, and empty ones between the lowest and the highest are there too, so that no later value adds a
/// bound between two others. Where there would be more than allowed, neighbours are merged until there are not: the bounds are
/// powers of 4 then, or of 16, and so on, all of which are powers of two.
/// </remarks>
internal ref struct ClassicBuckets
{
    /// <summary>As many bounds as exponential buckets can have: zero, and the powers of two that are numbers.</summary>
    public const int ExponentialPositions = MaxExponent - MinExponent + 2;

    private const int MinExponent = -1074;
    private const int MaxExponent = 1023;

    private readonly bool isExponential;
    private readonly ReadOnlySpan<double> bounds;
    private readonly int spacing;
    private readonly int shift;
    private HistogramValue.CountEnumerator counts;
    private long zeroCount;
    private int index;
    private bool isAhead;

    /// <param name="histogram">The histogram.</param>
    /// <param name="maxPositive">The most buckets of an exponential one beside that of zero, 2 or more.</param>
    public ClassicBuckets(in HistogramValue histogram, int maxPositive)
    {
        counts = histogram.Counts;
        isExponential = histogram.IsExponential;
        if (!isExponential)
        {
            bounds = histogram.Bounds;
            return;
        }

        Debug.Assert(maxPositive >= 2, "Indexes below zero and from zero on never merge into one.");
        zeroCount = histogram.ZeroCount;
        index = histogram.Offset;
        spacing = Math.Max(0, -histogram.Scale);
        shift = histogram.Scale + spacing;
        var last = index - 1;
        foreach (var _ in counts)
        {
            last++;
        }

        while ((last >> shift) - (index >> shift) >= maxPositive)
        {
            spacing++;
            shift++;
        }

        isAhead = counts.MoveNext();
    }

    public ClassicBucket Current { get; private set; }

    public readonly ClassicBuckets GetEnumerator() => this;

    public bool MoveNext() => isExponential ? MoveNextExponential() : MoveNextExplicit();

    private bool MoveNextExplicit()
    {
        if (!counts.MoveNext())
        {
            return false;
        }

        Current = new ClassicBucket(bounds[index], counts.Current, index);
        index++;
        return true;
    }

    private bool MoveNextExponential()
    {
        if (zeroCount > 0)
        {
            Current = new ClassicBucket(0, zeroCount, Position: 0);
            zeroCount = 0;
            return true;
        }

        if (!isAhead)
        {
            return false;
        }

        // Index i at scale s covers (2^(i / 2^s), 2^((i + 1) / 2^s)]; shifting by n merges 2^n neighbours, to scale s - n.
        var merged = index >> shift;
        long count = 0;
        while (isAhead && index >> shift == merged)
        {
            count += counts.Current;
            index++;
            isAhead = counts.MoveNext();
        }

        // 2^((merged + 1) * 2^spacing), which is infinite for the last of the largest numbers: +Inf counts them.
        var exponent = Math.Max((merged + 1L) << spacing, MinExponent);
        if (exponent > MaxExponent)
        {
            return false;
        }

        Current = new ClassicBucket(Math.ScaleB(1, (int)exponent), count, (int)exponent - MinExponent + 1);
        return true;
    }
}
