using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Prometheus.Diagnostics;

/// <summary>Says what the endpoint could not do as asked. Raise events through <see cref="ExporterTelemetry"/>.</summary>
[EventSource(Name = SourceName)]
internal sealed class PrometheusEventSource : EventSource
{
    public const string SourceName = "OpenTelemetry.Exporter.Statsd.Prometheus";

    public static readonly PrometheusEventSource Log = new();

    [Event(1, Level = EventLevel.Error, Message = "A scrape failed: {0} Held back since the last such event: {1}.")]
    public void ScrapeFailed(string reason, long heldBack) => WriteEvent(1, reason, heldBack);

    [Event(2, Level = EventLevel.Error, Message = "A scrape failed: the response would exceed MaxScrapeResponseSizeBytes, {0}. Held back since the last such event: {1}.")]
    public void ResponseTooLarge(long limit, long heldBack) => WriteEvent(2, limit, heldBack);

    [Event(3, Level = EventLevel.Warning, Message = "Metric '{0}' of meter '{1}' is exposed as '{2}': '{3}' is taken by another type. Held back since the last such event: {4}.")]
    public void NameConflict(string metric, string meter, string name, string taken, long heldBack) =>
        WriteEvent(3, metric, meter, name, taken, heldBack);

    [Event(4, Level = EventLevel.Warning, Message = "Family '{0}' has a series twice; the later one carries the label {1}. Held back since the last such event: {2}.")]
    public void DuplicateSeries(string family, string label, long heldBack) => WriteEvent(4, family, label, heldBack);

    [Event(5, Level = EventLevel.Warning, Message = "Metric '{0}' is left out: this version does not know its type, {1}. Held back since the last such event: {2}.")]
    public void UnknownMetricType(string metric, string type, long heldBack) => WriteEvent(5, metric, type, heldBack);
}
