using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>A histogram point of either aggregation, read through one shape.</summary>
internal readonly ref struct HistogramPoint
{
    private readonly ref readonly MetricPoint point;

    public HistogramPoint([UnscopedRef] ref readonly MetricPoint point, bool isExponential)
    {
        this.point = ref point;
        IsExponential = isExponential;
        HasMinMax = point.TryGetHistogramMinMaxValues(out var min, out var max);
        Min = min;
        Max = max;
    }

    /// <summary>Whether it has <see cref="ExponentialData"/>, else it has <see cref="ExplicitBuckets"/>.</summary>
    public bool IsExponential { get; }

    public ExponentialHistogramData ExponentialData => point.GetExponentialHistogramData();

    public HistogramBuckets ExplicitBuckets => point.GetHistogramBuckets();

    public long Count => point.GetHistogramCount();

    public double Sum => point.GetHistogramSum();

    /// <summary>Whether the view records <see cref="Min"/> and <see cref="Max"/>.</summary>
    public bool HasMinMax { get; }

    public double Min { get; }

    public double Max { get; }

    /// <summary>
    /// Buckets in ascending order of their upper bound. Those of an exponential histogram are merged up to the powers of
    /// two, so that their bounds do not move when the SDK changes the scale; empty ones are left out.
    /// </summary>
    public BucketEnumerator GetBuckets() => IsExponential
        ? new BucketEnumerator(ExponentialData)
        : new BucketEnumerator(ExplicitBuckets);
}
