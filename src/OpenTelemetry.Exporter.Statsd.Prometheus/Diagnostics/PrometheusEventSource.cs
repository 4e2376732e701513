using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Prometheus.Diagnostics;

/// <summary>Says what the endpoint could not do as asked. Raise events through <see cref="ExporterTelemetry"/>.</summary>
[EventSource(Name = SourceName)]
internal sealed class PrometheusEventSource : EventSource
{
    public const string SourceName = "OpenTelemetry.Exporter.Statsd.Prometheus";

    public static readonly PrometheusEventSource Log = new();

    [Event(1, Level = EventLevel.Error, Message = "A scrape failed: {0}")]
    public void ScrapeFailed(string reason) => WriteEvent(1, reason);

    [Event(2, Level = EventLevel.Error, Message = "A scrape failed: the response would exceed MaxScrapeResponseSizeBytes, {0}.")]
    public void ResponseTooLarge(int limit) => WriteEvent(2, limit);

    [Event(3, Level = EventLevel.Warning, Message = "Metric '{0}' of meter '{1}' is exposed as '{2}': '{3}' is taken by another type.")]
    public void NameConflict(string metric, string meter, string name, string taken) => WriteEvent(3, metric, meter, name, taken);

    [Event(4, Level = EventLevel.Warning, Message = "Family '{0}' has a series twice; the later one carries the label {1}.")]
    public void DuplicateSeries(string family, string label) => WriteEvent(4, family, label);

    [Event(5, Level = EventLevel.Warning, Message = "Metric '{0}' is left out: this version does not know its type, {1}.")]
    public void UnknownMetricType(string metric, string type) => WriteEvent(5, metric, type);
}
