using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

/// <summary>What a real provider makes of recorded values: read by the code under test, and as the SDK gives it.</summary>
internal sealed class RecordedHistogram
{
    private static int meters;

    private RecordedHistogram()
    {
    }

    public HistogramRanges Ranges { get; } = new();

    /// <summary>Lower bound, upper bound and count of each bucket that is not empty, from the definition of each aggregation and unclipped.</summary>
    public List<(double Lower, double Upper, long Count)> Buckets { get; } = [];

    public long Count { get; private set; }

    public double Sum { get; private set; }

    /// <summary>The smallest and the largest value, if the SDK has them.</summary>
    public (double Min, double Max)? MinMax { get; private set; }

    /// <summary>Of an exponential histogram.</summary>
    public int? Scale { get; private set; }

    /// <summary>How much larger than its lower bound the upper bound of an exponential bucket is.</summary>
    public double BucketWidth => Math.Pow(2, Math.Pow(2, -Scale!.Value)) - 1;

    public static RecordedHistogram Record(HistogramConfiguration view, params IEnumerable<double> values)
    {
        var recorded = new RecordedHistogram();
        using var meter = new Meter($"recorded {Interlocked.Increment(ref meters)}");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddView("histogram", view)
            .AddReader(new BaseExportingMetricReader(new Exporter(recorded)) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
        var histogram = meter.CreateHistogram<double>("histogram");
        foreach (var value in values)
        {
            histogram.Record(value);
        }

        Assert.True(provider.ForceFlush());
        return recorded;
    }

    public static Base2ExponentialBucketHistogramConfiguration Exponential(int maxScale = 20, int maxSize = 160) =>
        new() { MaxScale = maxScale, MaxSize = maxSize };

    public static ExplicitBucketHistogramConfiguration Explicit(params double[] bounds) => new() { Boundaries = bounds };

    private void Read(in MetricPoint point, bool isExponential)
    {
        (Count, Sum) = (point.GetHistogramCount(), point.GetHistogramSum());
        MinMax = point.TryGetHistogramMinMaxValues(out var min, out var max) ? (min, max) : null;
        if (!isExponential)
        {
            var lower = double.NegativeInfinity;
            foreach (var bucket in point.GetHistogramBuckets())
            {
                AddBucket(lower, bucket.ExplicitBound, bucket.BucketCount);
                lower = bucket.ExplicitBound;
            }

            return;
        }

        var data = point.GetExponentialHistogramData();
        Scale = data.Scale;
        AddBucket(0, 0, data.ZeroCount);
        var index = data.PositiveBuckets.Offset;
        foreach (var count in data.PositiveBuckets)
        {
            AddBucket(Bound(index, data.Scale), Bound(index + 1, data.Scale), count);
            index++;
        }
    }

    private static double Bound(int index, int scale) => Math.Pow(2, index * Math.Pow(2, -scale));

    private void AddBucket(double lower, double upper, long count)
    {
        if (count > 0)
        {
            Buckets.Add((lower, upper, count));
        }
    }

    private sealed class Exporter(RecordedHistogram recorded) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                var visitor = new Visitor(recorded);
                MetricWalker.Walk(metric, ref visitor);
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    recorded.Read(in point, metric.MetricType == MetricType.ExponentialHistogram);
                }
            }

            return ExportResult.Success;
        }
    }

    private readonly struct Visitor(RecordedHistogram recorded) : IPointVisitor
    {
        public void VisitNumber(ref readonly MetricPoint point, long value) => Assert.Fail("Not a histogram.");

        public void VisitNumber(ref readonly MetricPoint point, double value) => Assert.Fail("Not a histogram.");

        public void VisitHistogram(ref readonly MetricPoint point, HistogramPoint histogram) => recorded.Ranges.Read(histogram);
    }
}
