using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Diagnostics;

/// <summary>Counts and reports what one exporter could not do as asked.</summary>
/// <remarks>Thread-safe. The counts are on a meter of their own, exposed by whoever adds that meter; events are rate-limited.</remarks>
internal sealed class ExporterTelemetry
{
    private static readonly Meter Meter = new(PrometheusEventSource.SourceName, version: null);

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "prometheus.exporter.scrape.failures",
        "{scrape}",
        "Scrapes answered with an error instead of metrics.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "prometheus.exporter.metrics.dropped",
        "{metric}",
        "Metrics left out of a scrape.");

    private readonly EventLimiter FailureEvents = new(TimeProvider.System);
    private readonly EventLimiter ConflictEvents = new(TimeProvider.System);
    private readonly EventLimiter DuplicateEvents = new(TimeProvider.System);
    private readonly EventLimiter UnknownTypeEvents = new(TimeProvider.System);

    public void ScrapeFailed(Exception exception) => ScrapeFailed(exception.ToString());

    public void ScrapeFailed(string reason)
    {
        Failures.Add(1, new KeyValuePair<string, object?>("reason", "failed"));
        if (FailureEvents.TryPass())
        {
            PrometheusEventSource.Log.ScrapeFailed(reason);
        }
    }

    public void ResponseTooLarge(int limit)
    {
        Failures.Add(1, new KeyValuePair<string, object?>("reason", "too_large"));
        if (FailureEvents.TryPass())
        {
            PrometheusEventSource.Log.ResponseTooLarge(limit);
        }
    }

    public void NameConflict(Metric metric, string name, string taken)
    {
        if (ConflictEvents.TryPass())
        {
            PrometheusEventSource.Log.NameConflict(metric.Name, metric.MeterName, name, taken);
        }
    }

    public void DuplicateSeries(string family, string label)
    {
        if (DuplicateEvents.TryPass())
        {
            PrometheusEventSource.Log.DuplicateSeries(family, label);
        }
    }

    public void UnknownMetricType(Metric metric)
    {
        Dropped.Add(1, new KeyValuePair<string, object?>("reason", "unknown_type"));
        if (UnknownTypeEvents.TryPass())
        {
            PrometheusEventSource.Log.UnknownMetricType(metric.Name, metric.MetricType.ToString());
        }
    }
}
