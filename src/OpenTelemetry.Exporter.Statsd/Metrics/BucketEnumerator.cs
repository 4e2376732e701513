using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>A histogram bucket: how many values lie above the bound before it and at or below its own.</summary>
/// <param name="UpperBound">Inclusive; positive infinity in the last bucket of an explicit histogram.</param>
/// <param name="Count">Of this bucket alone, not cumulative.</param>
internal readonly record struct Bucket(double UpperBound, long Count);

/// <summary>Enumerates explicit buckets as they are and exponential ones merged to powers of two.</summary>
/// <remarks>
/// See the OpenTelemetry metrics data model, section "ExponentialHistogram", for scale and index. The SDK's buckets reach from
/// the lowest populated one to the highest.
/// </remarks>
internal ref struct BucketEnumerator
{
    private readonly bool isExponential;
    private readonly int spacing;
    private readonly int shift;
    private HistogramBuckets.Enumerator explicitBuckets;
    private ExponentialHistogramBuckets.Enumerator exponentialBuckets;
    private long zeroCount;
    private int index;
    private bool isAhead;

    public BucketEnumerator(HistogramBuckets buckets) => explicitBuckets = buckets.GetEnumerator();

    public BucketEnumerator(ExponentialHistogramData data)
    {
        isExponential = true;
        spacing = Math.Max(0, -data.Scale);
        shift = data.Scale + spacing;
        zeroCount = data.ZeroCount;
        index = data.PositiveBuckets.Offset;
        exponentialBuckets = data.PositiveBuckets.GetEnumerator();
        isAhead = exponentialBuckets.MoveNext();
    }

    public Bucket Current { get; private set; }

    public readonly BucketEnumerator GetEnumerator() => this;

    public bool MoveNext() => isExponential ? MoveNextExponential() : MoveNextExplicit();

    private bool MoveNextExplicit()
    {
        if (!explicitBuckets.MoveNext())
        {
            return false;
        }

        Current = new Bucket(explicitBuckets.Current.ExplicitBound, explicitBuckets.Current.BucketCount);
        return true;
    }

    private bool MoveNextExponential()
    {
        if (zeroCount > 0)
        {
            Current = new Bucket(0, zeroCount);
            zeroCount = 0;
            return true;
        }

        while (isAhead)
        {
            // Index i at scale s covers (2^(i / 2^s), 2^((i + 1) / 2^s)]; shifting by n merges 2^n neighbours, to scale s - n.
            var merged = index >> shift;
            long count = 0;
            while (isAhead && index >> shift == merged)
            {
                count += exponentialBuckets.Current;
                index++;
                isAhead = exponentialBuckets.MoveNext();
            }

            if (count > 0)
            {
                Current = new Bucket(UpperBound(merged), count);
                return true;
            }
        }

        return false;
    }

    /// <summary>2^((i + 1) * 2^spacing), the merged buckets being of scale -spacing.</summary>
    private readonly double UpperBound(int mergedIndex)
    {
        var exponent = (mergedIndex + 1L) << spacing;
        return Math.ScaleB(1, (int)Math.Clamp(exponent, -2000, 2000));
    }
}
