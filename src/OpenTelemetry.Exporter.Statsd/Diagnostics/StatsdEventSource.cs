using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Events for each way of losing data, and for what is done against it.</summary>
/// <remarks>
/// Thread-safe and free of locks. Raised by way of <see cref="ExporterEvents"/>, which holds them back where there would be too many.
/// The SDK's self-diagnostics take the event sources whose names begin with <c>OpenTelemetry-</c>.
/// </remarks>
[EventSource(Name = "OpenTelemetry-Exporter-Statsd")]
internal sealed class StatsdEventSource : EventSource
{
    public static readonly StatsdEventSource Log = new();

    [Event(1, Level = EventLevel.Warning, Message = "Exporter '{0}': a value of '{1}' is not finite, or beyond what the receiver takes, and was not sent. Held back since the last such event: {2}.")]
    public void InvalidValue(string exporter, string metric, long heldBack) => WriteEvent(1, exporter, metric, heldBack);

    [Event(2, Level = EventLevel.Warning, Message = "Exporter '{0}': the counter '{1}' fell; the receiver rejects negative counts, so the point was not sent. Held back since the last such event: {2}.")]
    public void NegativeCounter(string exporter, string metric, long heldBack) => WriteEvent(2, exporter, metric, heldBack);

    [Event(3, Level = EventLevel.Warning, Message = "Exporter '{0}': a line of '{1}' is longer than a packet of {2} bytes and was not sent. Held back since the last such event: {3}.")]
    public void LineTooLong(string exporter, string metric, int maxPacketBytes, long heldBack) => WriteEvent(3, exporter, metric, maxPacketBytes, heldBack);

    [Event(4, Level = EventLevel.Warning, Message = "Exporter '{0}': '{1}' is of the metric type '{2}', which this version does not know; it was not sent. Held back since the last such event: {3}.")]
    public void UnsupportedType(string exporter, string metric, string type, long heldBack) => WriteEvent(4, exporter, metric, type, heldBack);

    [Event(5, Level = EventLevel.Warning, Message = "Exporter '{0}': a packet to '{1}' was lost: {2}. Held back since the last such event: {3}.")]
    public void PacketDropped(string exporter, string endpoint, string reason, long heldBack) => WriteEvent(5, exporter, endpoint, reason, heldBack);

    [Event(6, Level = EventLevel.Warning, Message = "The name '{0}' could not be resolved: {1}. Held back since the last such event: {2}.")]
    public void NameNotResolved(string host, string error, long heldBack) => WriteEvent(6, host, error, heldBack);

    [Event(7, Level = EventLevel.Warning, Message = "Exporter '{0}': '{1}' has several series, which the profile {2} cannot tell apart because it writes no tags: counters add up, of gauges the last one stays.")]
    public void SeriesMerged(string exporter, string metric, string profile) => WriteEvent(7, exporter, metric, profile);

    [Event(8, Level = EventLevel.Error, Message = "Exporter '{0}': an export failed inside the exporter: {1}. Held back since the last such event: {2}.")]
    public void ExportFailed(string exporter, string exception, long heldBack) => WriteEvent(8, exporter, exception, heldBack);

    [Event(9, Level = EventLevel.Warning, Message = "Exporter '{0}': the receiver at '{1}' is away ({2}); metrics are kept for it. Held back since the last such event: {3}.")]
    public void ReceiverAway(string exporter, string endpoint, string error, long heldBack) => WriteEvent(9, exporter, endpoint, error, heldBack);

    [Event(10, Level = EventLevel.Informational, Message = "Exporter '{0}': the receiver at '{1}' is back. Held back since the last such event: {2}.")]
    public void ReceiverBack(string exporter, string endpoint, long heldBack) => WriteEvent(10, exporter, endpoint, heldBack);

    [Event(11, Level = EventLevel.Informational, Message = "The name '{0}' now stands for {1}. Held back since the last such event: {2}.")]
    public void AddressChanged(string host, string addresses, long heldBack) => WriteEvent(11, host, addresses, heldBack);

    [Event(12, Level = EventLevel.Informational, Message = "Exporter '{0}': {2} packets to '{1}', {3} bytes, could not be delivered now and are kept. Held back since the last such event: {4}.")]
    public void PacketsKept(string exporter, string endpoint, int packets, int bytes, long heldBack) => WriteEvent(12, exporter, endpoint, packets, bytes, heldBack);

    [Event(13, Level = EventLevel.Verbose, Message = "Exporter '{0}': {2} packets to '{1}' were sent once more, since they had not arrived. Held back since the last such event: {3}.")]
    public void PacketsResent(string exporter, string endpoint, int packets, long heldBack) => WriteEvent(13, exporter, endpoint, packets, heldBack);

    [Event(14, Level = EventLevel.Warning, Message = "Exporter '{0}': a value below zero of the histogram '{1}' was not sent, since the receiver rejects it. Held back since the last such event: {2}.")]
    public void NegativeValue(string exporter, string metric, long heldBack) => WriteEvent(14, exporter, metric, heldBack);

    [Event(15, Level = EventLevel.Warning, Message = "Exporter '{0}': quantiles of '{1}' are as approximate as its explicit buckets are wide: AddExponentialHistograms, or a view with a Base2ExponentialBucketHistogramConfiguration, makes them exact within a few percent.")]
    public void ApproximateQuantiles(string exporter, string metric) => WriteEvent(15, exporter, metric);

    [Event(16, Level = EventLevel.Warning, Message = "Exporter '{0}': {1} measurements of {2} priority were not taken into its stream: {3}. Held back since the last such event: {4}.")]
    public void MeasurementsRefused(string exporter, long measurements, string priority, string reason, long heldBack) =>
        WriteEvent(16, exporter, measurements, priority, reason, heldBack);

    [Event(17, Level = EventLevel.Informational, Message = "Exporter '{0}': a series of '{1}' is not written quite as it was recorded: {2}. Held back since the last such event: {3}.")]
    public void SeriesAltered(string exporter, string metric, string how, long heldBack) => WriteEvent(17, exporter, metric, how, heldBack);
}
