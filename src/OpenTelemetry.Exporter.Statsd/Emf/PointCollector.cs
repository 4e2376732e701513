using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Puts the points of one metric to those of the same attributes; a point that CloudWatch does not take is counted as dropped.</summary>
/// <remarks>One owner at a time: the thread that exports. A histogram without a value has nothing to say and counts as neither exported nor dropped.</remarks>
internal readonly ref struct PointCollector(EmfMetric metric, EmfSession session, ref int finished) : IPointVisitor
{
    /// <summary>How many points have been seen to.</summary>
    private readonly ref int finished = ref finished;

    public void VisitNumber(ref readonly MetricPoint point, long value)
    {
        var series = session.Find(in point, metric);
        if (metric.Unit.IsScaled)
        {
            Add(in series, metric.Unit.Scale(value));
        }
        else
        {
            session.Points.Add(series.Group, series.Metric, value);
        }

        finished++;
        session.Relieve();
    }

    public void VisitNumber(ref readonly MetricPoint point, double value)
    {
        var series = session.Find(in point, metric);
        Add(in series, metric.Unit.Scale(value));
        finished++;
        session.Relieve();
    }

    public void VisitHistogram(ref readonly MetricPoint point, HistogramPoint histogram)
    {
        var series = session.Find(in point, metric);
        if (histogram.Count > 0)
        {
            Add(in series, histogram);
        }

        finished++;
        session.Relieve();
    }

    private void Add(in EmfSeries series, double value)
    {
        if (CloudWatchNumber.IsTaken(value))
        {
            session.Points.Add(series.Group, series.Metric, CloudWatchNumber.Rounded(value));
        }
        else
        {
            Drop();
        }
    }

    private void Add(in EmfSeries series, HistogramPoint histogram)
    {
        var read = session.Histograms.Read(histogram, metric.Unit);
        if (read is { } value && CloudWatchNumber.IsTaken(value.Min) && CloudWatchNumber.IsTaken(value.Max) && CloudWatchNumber.IsTaken(value.Sum))
        {
            value = value with { Sum = CloudWatchNumber.Rounded(value.Sum), Min = CloudWatchNumber.Rounded(value.Min), Max = CloudWatchNumber.Rounded(value.Max) };
            session.Points.Add(series.Group, series.Metric, in value, session.Histograms.Values, session.Histograms.IsAltered);
        }
        else
        {
            Drop();
        }
    }

    private void Drop()
    {
        session.Packets.FailEntries(DropReason.InvalidValue, 1);
        session.Packets.Events.InvalidValue(metric.Name);
    }
}
