using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>Copies what the SDK shows into a snapshot, so that no response has to be written while the SDK waits.</summary>
/// <remarks>
/// Not thread-safe: called inside a collection. What it knows of a metric lives as long as the SDK keeps that metric. At steady
/// state no tag is looked at and nothing allocated.
/// </remarks>
internal sealed class Collector(AttributeFilter filter, ExporterTelemetry telemetry)
{
    private readonly ConditionalWeakTable<Metric, MetricStream> streams = [];
    private readonly List<ShownStream> shown = [];
    private Structure latest = Structure.Empty;

    public void Collect(in Batch<Metric> batch, Snapshot snapshot)
    {
        shown.Clear();
        var hasChanged = false;
        foreach (var metric in batch)
        {
            if (StreamOf(metric) is { } stream)
            {
                var index = shown.Count;
                Record(metric, stream, snapshot.Prepare(index));
                shown.Add(new ShownStream(stream, stream.Series, stream.IsIrregular, metric.IsLeaving()));
                hasChanged |= index >= latest.Streams.Length || latest.Streams[index] != shown[index];
            }
        }

        if (hasChanged || shown.Count != latest.Streams.Length)
        {
            latest = new Structure([.. shown]);
        }

        snapshot.Complete(latest);
    }

    private MetricStream? StreamOf(Metric metric)
    {
        if (streams.TryGetValue(metric, out var stream))
        {
            return stream;
        }

        if (MetricWalker.KindOf(metric) is not { } kind)
        {
            telemetry.UnknownMetricType(metric);
            return null;
        }

        stream = new MetricStream(metric, kind);
        streams.Add(metric, stream);
        return stream;
    }

    private void Record(Metric metric, MetricStream stream, StreamValues values)
    {
        var recorder = new Recorder(stream, values, filter, telemetry);
        stream.BeginPass();
        MetricWalker.Walk(metric, ref recorder);
        stream.EndPass();
    }

    private readonly struct Recorder(MetricStream stream, StreamValues values, AttributeFilter filter, ExporterTelemetry telemetry) : IPointVisitor
    {
        public void VisitNumber(ref readonly MetricPoint point, long value)
        {
            stream.Show(point.Tags);
            CheckTotal(value);
            values.Add(in point, value, filter);
        }

        public void VisitNumber(ref readonly MetricPoint point, double value)
        {
            stream.Show(point.Tags);
            CheckTotal(value);
            values.Add(in point, value, filter);
        }

        public void VisitHistogram(ref readonly MetricPoint point, HistogramPoint histogram)
        {
            if (stream.NeedsBounds)
            {
                stream.LearnBounds(histogram.ExplicitBuckets);
            }

            stream.Show(point.Tags);
            Check(histogram.Sum);
            values.Add(in point, histogram, filter);
        }

        private void CheckTotal(double value)
        {
            if (stream.Kind == MetricKind.Counter)
            {
                Check(value);
            }
        }

        private void Check(double value)
        {
            if (stream.Check(value))
            {
                telemetry.IrregularValues(stream.Name, stream.MeterName);
            }
        }
    }
}
