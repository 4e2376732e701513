using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Prometheus.Diagnostics;

/// <summary>Says what the endpoint could not do as asked. Raise events through <see cref="ExporterTelemetry"/>.</summary>
/// <remarks>The SDK's self-diagnostics take the event sources whose names begin with <c>OpenTelemetry-</c>.</remarks>
[EventSource(Name = SourceName)]
internal sealed class PrometheusEventSource : EventSource
{
    public const string SourceName = "OpenTelemetry-Exporter-Statsd-Prometheus";

    public static readonly PrometheusEventSource Log = new();

    [Event(1, Level = EventLevel.Error, Message = "A scrape failed: {0} Held back since the last such event: {1}.")]
    public void ScrapeFailed(string reason, long heldBack) => WriteEvent(1, reason, heldBack);

    [Event(2, Level = EventLevel.Error, Message = "A scrape failed: the response would exceed MaxScrapeResponseSizeBytes, {0}. Held back since the last such event: {1}.")]
    public void ResponseTooLarge(long limit, long heldBack) => WriteEvent(2, limit, heldBack);

    [Event(3, Level = EventLevel.Warning, Message = "Metric '{0}' of meter '{1}' is exposed as '{2}': '{3}' is taken by another type, or reserved. Held back since the last such event: {4}.")]
    public void NameConflict(string metric, string meter, string name, string taken, long heldBack) =>
        WriteEvent(3, metric, meter, name, taken, heldBack);

    [Event(4, Level = EventLevel.Warning, Message = "Family '{0}' has a series twice; the later one carries the label {1}. Held back since the last such event: {2}.")]
    public void DuplicateSeries(string family, string label, long heldBack) => WriteEvent(4, family, label, heldBack);

    [Event(5, Level = EventLevel.Warning, Message = "Metric '{0}' is left out: this version does not know its type, {1}. Held back since the last such event: {2}.")]
    public void UnknownMetricType(string metric, string type, long heldBack) => WriteEvent(5, metric, type, heldBack);

    [Event(6, Level = EventLevel.Error, Message = "A scrape failed: there are more series than MaxScrapeSeries allows, {0}. Held back since the last such event: {1}.")]
    public void TooManySeries(int limit, long heldBack) => WriteEvent(6, limit, heldBack);

    [Event(7, Level = EventLevel.Error, Message = "A scrape was not done when the scraper's time was over. Held back since the last such event: {0}.")]
    public void ScrapeTimedOut(long heldBack) => WriteEvent(7, heldBack);

    [Event(8, Level = EventLevel.Warning, Message = "A scrape from {0} was refused: its credential {1}. Held back since the last such event: {2}.")]
    public void Unauthorized(string remote, string why, long heldBack) => WriteEvent(8, remote, why, heldBack);

    [Event(9, Level = EventLevel.Error, Message = "The exporter does not listen on {0}, and tries again: {1} Held back since the last such event: {2}.")]
    public void ListenFailed(string address, string reason, long heldBack) => WriteEvent(9, address, reason, heldBack);

    [Event(10, Level = EventLevel.Error, Message = "{0} {1} failed: {2}. Held back since the last such event: {3}.")]
    public void PushFailed(string method, string url, string reason, long heldBack) => WriteEvent(10, method, url, reason, heldBack);

    [Event(11, Level = EventLevel.Error, Message = "A scrape had to give way: it took so long that its memory was needed for later ones. Held back since the last such event: {0}.")]
    public void ScraperTooSlow(long heldBack) => WriteEvent(11, heldBack);

    [Event(12, Level = EventLevel.Warning, Message = "Metric '{0}' of meter '{1}' has had a total or sum that is negative or NaN: in OpenMetrics its type is unknown, or it has neither sum nor count. Held back since the last such event: {2}.")]
    public void IrregularValues(string metric, string meter, long heldBack) => WriteEvent(12, metric, meter, heldBack);

    [Event(13, Level = EventLevel.Warning, Message = "A connection from {0} was broken off, the oldest of the {1} that may be there. Held back since the last such event: {2}.")]
    public void TooManyConnections(string remote, int limit, long heldBack) => WriteEvent(13, remote, limit, heldBack);
}
