using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>A point as the SDK hands it to an exporter: a number or a histogram.</summary>
internal sealed record EmfPoint(
    string Name, string Unit, IReadOnlyList<KeyValuePair<string, object?>> Attributes, double? Number, EmfPointHistogram? Histogram);

/// <summary>A histogram of either aggregation.</summary>
internal sealed record EmfPointHistogram(long Count, double Sum, (double Min, double Max)? Range, IReadOnlyList<EmfBucket> Buckets)
{
    public bool IsFinite => double.IsFinite(Sum) && (Range is not { } range || (double.IsFinite(range.Min) && double.IsFinite(range.Max)));
}

/// <summary>How many values were recorded above one bound and up to another.</summary>
internal readonly record struct EmfBucket(double Lower, double Upper, long Count);

/// <summary>Keeps the points of each export, for a reader that sees what that of the exporter under test sees.</summary>
internal sealed class EmfPoints : BaseExporter<Metric>
{
    /// <summary>Those of the last export that have something to say.</summary>
    public List<EmfPoint> Last { get; } = [];

    public override ExportResult Export(in Batch<Metric> batch)
    {
        Last.Clear();
        foreach (var metric in batch)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                Add(metric, point);
            }
        }

        return ExportResult.Success;
    }

    private void Add(Metric metric, in MetricPoint point)
    {
        double? number = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
            MetricType.LongGauge => point.GetGaugeLastValueLong(),
            MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
            _ => null,
        };
        var histogram = number is null ? Histogram(metric, point) : null;
        if (histogram is not { Count: 0 })
        {
            var attributes = new List<KeyValuePair<string, object?>>();
            foreach (var attribute in point.Tags)
            {
                attributes.Add(attribute);
            }

            Last.Add(new EmfPoint(metric.Name, metric.Unit, attributes, number, histogram));
        }
    }

    private static EmfPointHistogram Histogram(Metric metric, in MetricPoint point) => new(
        point.GetHistogramCount(),
        point.GetHistogramSum(),
        point.TryGetHistogramMinMaxValues(out var min, out var max) ? (min, max) : null,
        metric.MetricType == MetricType.ExponentialHistogram ? Exponential(point.GetExponentialHistogramData()) : Explicit(point.GetHistogramBuckets()));

    private static List<EmfBucket> Explicit(HistogramBuckets buckets)
    {
        var result = new List<EmfBucket>();
        var lower = double.NegativeInfinity;
        foreach (var bucket in buckets)
        {
            result.Add(new(lower, bucket.ExplicitBound, bucket.BucketCount));
            lower = bucket.ExplicitBound;
        }

        return result;
    }

    private static List<EmfBucket> Exponential(ExponentialHistogramData data)
    {
        List<EmfBucket> result = [new(0, 0, data.ZeroCount)];
        var index = data.PositiveBuckets.Offset;
        foreach (var count in data.PositiveBuckets)
        {
            result.Add(new(Bound(index), Bound(index + 1), count));
            index++;
        }

        return result;

        double Bound(int at) => Math.Pow(2, at * Math.Pow(2, -data.Scale));
    }
}
