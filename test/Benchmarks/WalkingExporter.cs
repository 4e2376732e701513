using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Benchmarks;

/// <summary>Reads what every exporter has to read, each point's value and the key and value of each of its tags, and writes nothing.</summary>
internal sealed class WalkingExporter : BaseExporter<Metric>
{
    /// <summary>Keeps the runtime from leaving the reading out.</summary>
    public long Sum { get; private set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var sum = 0L;
        foreach (var metric in batch)
        {
            sum += metric.MetricType == MetricType.Histogram ? WalkHistogram(metric) : WalkCounter(metric);
        }

        Sum += sum;
        return ExportResult.Success;
    }

    private static long WalkCounter(Metric metric)
    {
        var sum = 0L;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            sum += point.GetSumLong();
            foreach (var (key, value) in point.Tags)
            {
                sum += key.Length + ((string)value!).Length;
            }
        }

        return sum;
    }

    private static long WalkHistogram(Metric metric)
    {
        var sum = 0L;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            point.TryGetHistogramMinMaxValues(out var min, out var max);
            sum += point.GetHistogramCount() + (long)(point.GetHistogramSum() + min + max);
            foreach (var (key, value) in point.Tags)
            {
                sum += key.Length + ((string)value!).Length;
            }
        }

        return sum;
    }
}
