using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Benchmarks.Prometheus;

/// <summary>
/// Reads what every scrape has to read, each point's value, each bucket of a histogram, and the key and value of each tag, and writes
/// nothing.
/// </summary>
internal sealed class CumulativeWalk : BaseExporter<Metric>
{
    /// <summary>Keeps the runtime from leaving the reading out.</summary>
    public double Sum { get; private set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var sum = 0d;
        foreach (var metric in batch)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                sum += metric.MetricType switch
                {
                    MetricType.LongSum => point.GetSumLong(),
                    MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
                    _ => Histogram(in point),
                };
                foreach (var (key, value) in point.Tags)
                {
                    sum += key.Length + ((string)value!).Length;
                }
            }
        }

        Sum += sum;
        return ExportResult.Success;
    }

    private static double Histogram(in MetricPoint point)
    {
        var sum = point.GetHistogramCount() + point.GetHistogramSum();
        foreach (var bucket in point.GetHistogramBuckets())
        {
            sum += bucket.BucketCount;
            sum += double.IsFinite(bucket.ExplicitBound) ? bucket.ExplicitBound : 0;
        }

        return sum;
    }
}
