using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Diagnostics;

/// <summary>Counts and reports what one exporter could not do as asked.</summary>
/// <remarks>
/// Thread-safe. The counts are on a meter of their own, exposed by whoever adds that meter. Of each event ten a minute are
/// written, if anybody listens, and the next one says how many were not.
/// </remarks>
/// <param name="milliseconds">A clock that never goes back; the system's own unless a test says otherwise.</param>
internal sealed class ExporterTelemetry(Func<long>? milliseconds = null)
{
    private static readonly Meter Meter = new(
        PrometheusEventSource.SourceName, typeof(ExporterTelemetry).Assembly.GetName().Version?.ToString(3));

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "prometheus.exporter.scrape.failures",
        "{scrape}",
        "Scrapes answered with an error instead of metrics.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "prometheus.exporter.metrics.dropped",
        "{metric}",
        "Metrics left out of a scrape.");

    private readonly EventThrottle failureEvents = new(milliseconds);
    private readonly EventThrottle sizeEvents = new(milliseconds);
    private readonly EventThrottle conflictEvents = new(milliseconds);
    private readonly EventThrottle duplicateEvents = new(milliseconds);
    private readonly EventThrottle unknownTypeEvents = new(milliseconds);

    public void ScrapeFailed(Exception exception) => ScrapeFailed(exception.ToString());

    public void ScrapeFailed(string reason)
    {
        Failures.Add(1, new KeyValuePair<string, object?>("reason", "failed"));
        if (MayWrite(failureEvents, out var heldBack))
        {
            PrometheusEventSource.Log.ScrapeFailed(reason, heldBack);
        }
    }

    public void ResponseTooLarge(int limit)
    {
        Failures.Add(1, new KeyValuePair<string, object?>("reason", "too_large"));
        if (MayWrite(sizeEvents, out var heldBack))
        {
            PrometheusEventSource.Log.ResponseTooLarge(limit, heldBack);
        }
    }

    public void NameConflict(Metric metric, string name, string taken)
    {
        if (MayWrite(conflictEvents, out var heldBack))
        {
            PrometheusEventSource.Log.NameConflict(metric.Name, metric.MeterName, name, taken, heldBack);
        }
    }

    public void DuplicateSeries(string family, string label)
    {
        if (MayWrite(duplicateEvents, out var heldBack))
        {
            PrometheusEventSource.Log.DuplicateSeries(family, label, heldBack);
        }
    }

    public void UnknownMetricType(Metric metric)
    {
        Dropped.Add(1, new KeyValuePair<string, object?>("reason", "unknown_type"));
        if (MayWrite(unknownTypeEvents, out var heldBack))
        {
            PrometheusEventSource.Log.UnknownMetricType(metric.Name, metric.MetricType.ToString(), heldBack);
        }
    }

    private static bool MayWrite(EventThrottle throttle, out long heldBack)
    {
        heldBack = 0;
        return PrometheusEventSource.Log.IsEnabled() && throttle.TryPass(out heldBack);
    }
}
