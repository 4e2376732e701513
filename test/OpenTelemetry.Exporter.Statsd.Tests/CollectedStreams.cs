using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A series as it was collected.</summary>
/// <param name="Name">The stream's.</param>
/// <param name="Count">Of a histogram the measurements, of a sum its value.</param>
/// <param name="Bounds">Of explicit buckets, the finite ones.</param>
/// <param name="Scale">Of exponential buckets.</param>
internal sealed record CollectedSeries(string Name, MetricType Type, string Tags, long Count, double[]? Bounds, int? Scale, bool HasMinMax);

/// <summary>Keeps what was exported last; each collection of a stream is a series of its own here.</summary>
internal sealed class CollectedStreams : BaseExporter<Metric>
{
    public List<CollectedSeries> Series { get; } = [];

    public override ExportResult Export(in Batch<Metric> batch)
    {
        Series.Clear();
        foreach (var metric in batch)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                Series.Add(Read(metric, point));
            }
        }

        return ExportResult.Success;
    }

    private static CollectedSeries Read(Metric metric, MetricPoint point)
    {
        var tags = new List<string>();
        foreach (var (key, value) in point.Tags)
        {
            tags.Add($"{key}={value}");
        }

        List<double>? bounds = null;
        if (metric.MetricType == MetricType.Histogram)
        {
            bounds = [];
            foreach (var bucket in point.GetHistogramBuckets())
            {
                bounds.Add(bucket.ExplicitBound);
            }
        }

        return new(
            metric.Name,
            metric.MetricType,
            string.Join(',', tags),
            metric.MetricType.IsHistogram() || metric.MetricType == MetricType.ExponentialHistogram ? point.GetHistogramCount() : point.GetSumLong(),
            bounds?.Where(double.IsFinite).ToArray(),
            metric.MetricType == MetricType.ExponentialHistogram ? point.GetExponentialHistogramData().Scale : null,
            metric.MetricType is MetricType.Histogram or MetricType.ExponentialHistogram && point.TryGetHistogramMinMaxValues(out _, out _));
    }
}
