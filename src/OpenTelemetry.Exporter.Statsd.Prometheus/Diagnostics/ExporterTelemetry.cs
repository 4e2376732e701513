using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
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

    private readonly EventThrottle failureEvents = new();
    private readonly EventThrottle conflictEvents = new();
    private readonly EventThrottle duplicateEvents = new();
    private readonly EventThrottle unknownTypeEvents = new();

    public void ScrapeFailed(Exception exception) => ScrapeFailed(exception.ToString());

    public void ScrapeFailed(string reason)
    {
        Failures.Add(1, new KeyValuePair<string, object?>("reason", "failed"));
        if (failureEvents.TryPass(out _))
        {
            PrometheusEventSource.Log.ScrapeFailed(reason);
        }
    }

    public void ResponseTooLarge(int limit)
    {
        Failures.Add(1, new KeyValuePair<string, object?>("reason", "too_large"));
        if (failureEvents.TryPass(out _))
        {
            PrometheusEventSource.Log.ResponseTooLarge(limit);
        }
    }

    public void NameConflict(Metric metric, string name, string taken)
    {
        if (conflictEvents.TryPass(out _))
        {
            PrometheusEventSource.Log.NameConflict(metric.Name, metric.MeterName, name, taken);
        }
    }

    public void DuplicateSeries(string family, string label)
    {
        if (duplicateEvents.TryPass(out _))
        {
            PrometheusEventSource.Log.DuplicateSeries(family, label);
        }
    }

    public void UnknownMetricType(Metric metric)
    {
        Dropped.Add(1, new KeyValuePair<string, object?>("reason", "unknown_type"));
        if (unknownTypeEvents.TryPass(out _))
        {
            PrometheusEventSource.Log.UnknownMetricType(metric.Name, metric.MetricType.ToString());
        }
    }
}
