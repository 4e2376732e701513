using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Events for each way of losing data, and for what is done against it; at most ten of a kind a minute.</summary>
/// <remarks>Thread-safe and free of locks. An event says how many of its kind were held back since the one before.</remarks>
[EventSource(Name = ExporterMeter.Name)]
internal sealed class StatsdEventSource : EventSource
{
    public static readonly StatsdEventSource Log = new();

    private readonly EventThrottle invalidValue = new();
    private readonly EventThrottle negativeCounter = new();
    private readonly EventThrottle negativeValue = new();
    private readonly EventThrottle lineTooLong = new();
    private readonly EventThrottle unsupportedType = new();
    private readonly EventThrottle packetDropped = new();
    private readonly EventThrottle nameNotResolved = new();
    private readonly EventThrottle exportFailed = new();
    private readonly EventThrottle receiverAway = new();
    private readonly EventThrottle receiverBack = new();
    private readonly EventThrottle addressChanged = new();
    private readonly EventThrottle packetsKept = new();
    private readonly EventThrottle packetsResent = new();
    private readonly EventThrottle measurementsRefused = new();

    [NonEvent]
    public void OnInvalidValue(string metric)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && invalidValue.TryPass(out var held))
        {
            InvalidValue(metric, held);
        }
    }

    [NonEvent]
    public void OnNegativeCounter(string metric)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && negativeCounter.TryPass(out var held))
        {
            NegativeCounter(metric, held);
        }
    }

    [NonEvent]
    public void OnNegativeValue(string metric)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && negativeValue.TryPass(out var held))
        {
            NegativeValue(metric, held);
        }
    }

    [NonEvent]
    public void OnLineTooLong(string metric, int maxPacketBytes)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && lineTooLong.TryPass(out var held))
        {
            LineTooLong(metric, maxPacketBytes, held);
        }
    }

    [NonEvent]
    public void OnUnsupportedType(string metric, string type)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && unsupportedType.TryPass(out var held))
        {
            UnsupportedType(metric, type, held);
        }
    }

    [NonEvent]
    public void OnPacketDropped(string endpoint, DropReason reason)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && packetDropped.TryPass(out var held))
        {
            PacketDropped(endpoint, reason.Text(), held);
        }
    }

    [NonEvent]
    public void OnNameNotResolved(string host, string error)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && nameNotResolved.TryPass(out var held))
        {
            NameNotResolved(host, error, held);
        }
    }

    [NonEvent]
    public void OnReceiverAway(string endpoint, string error)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && receiverAway.TryPass(out var held))
        {
            ReceiverAway(endpoint, error, held);
        }
    }

    [NonEvent]
    public void OnReceiverBack(string endpoint)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.All) && receiverBack.TryPass(out var held))
        {
            ReceiverBack(endpoint, held);
        }
    }

    [NonEvent]
    public void OnAddressChanged(string host, string addresses)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.All) && addressChanged.TryPass(out var held))
        {
            AddressChanged(host, addresses, held);
        }
    }

    [NonEvent]
    public void OnPacketsKept(string endpoint, int packets, int bytes)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.All) && packetsKept.TryPass(out var held))
        {
            PacketsKept(endpoint, packets, bytes, held);
        }
    }

    [NonEvent]
    public void OnPacketsResent(string endpoint, int packets)
    {
        if (IsEnabled(EventLevel.Verbose, EventKeywords.All) && packetsResent.TryPass(out var held))
        {
            PacketsResent(endpoint, packets, held);
        }
    }

    /// <returns>Whether somebody listens. Not throttled: it is said once for a metric.</returns>
    [NonEvent]
    public bool OnSeriesMerged(string metric, string profile)
    {
        var isEnabled = IsEnabled(EventLevel.Warning, EventKeywords.All);
        if (isEnabled)
        {
            SeriesMerged(metric, profile);
        }

        return isEnabled;
    }

    /// <returns>Whether somebody listens. Not throttled: it is said once for a metric.</returns>
    [NonEvent]
    public bool OnApproximateQuantiles(string metric)
    {
        var isEnabled = IsEnabled(EventLevel.Warning, EventKeywords.All);
        if (isEnabled)
        {
            ApproximateQuantiles(metric);
        }

        return isEnabled;
    }

    [NonEvent]
    public void OnExportFailed(Exception exception)
    {
        if (IsEnabled(EventLevel.Error, EventKeywords.All) && exportFailed.TryPass(out var held))
        {
            ExportFailed(TextOf(exception), held);
        }
    }

    [NonEvent]
    public void OnMeasurementsRefused(string exporter, RefusedMeasurements refused)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.All) && measurementsRefused.TryPass(out var held))
        {
            MeasurementsRefused(exporter, refused.Count, refused.Priority, refused.Reason, held);
        }
    }

    /// <summary>What an exception says, which may be one of the application's, thrown by the code of a tag.</summary>
    [NonEvent]
    private static string TextOf(Exception exception)
    {
        try
        {
            return exception.ToString();
        }
#pragma warning disable CA1031 // Whatever it throws, telling of it must not do more harm than it has done.
        catch (Exception)
#pragma warning restore CA1031
        {
            return exception.GetType().ToString();
        }
    }

    [Event(1, Level = EventLevel.Warning, Message = "A value of '{0}' is NaN or infinite and was not sent. Held back since the last such event: {1}.")]
    private void InvalidValue(string metric, long heldBack) => WriteEvent(1, metric, heldBack);

    [Event(2, Level = EventLevel.Warning, Message = "The counter '{0}' fell; the receiver rejects negative counts, so the point was not sent. Held back since the last such event: {1}.")]
    private void NegativeCounter(string metric, long heldBack) => WriteEvent(2, metric, heldBack);

    [Event(3, Level = EventLevel.Warning, Message = "A line of '{0}' is longer than a packet of {1} bytes and was not sent. Held back since the last such event: {2}.")]
    private void LineTooLong(string metric, int maxPacketBytes, long heldBack) => WriteEvent(3, metric, maxPacketBytes, heldBack);

    [Event(4, Level = EventLevel.Warning, Message = "'{0}' is of the metric type '{1}', which this version does not know; it was not sent. Held back since the last such event: {2}.")]
    private void UnsupportedType(string metric, string type, long heldBack) => WriteEvent(4, metric, type, heldBack);

    [Event(5, Level = EventLevel.Warning, Message = "A packet to '{0}' was lost: {1}. Held back since the last such event: {2}.")]
    private void PacketDropped(string endpoint, string reason, long heldBack) => WriteEvent(5, endpoint, reason, heldBack);

    [Event(6, Level = EventLevel.Warning, Message = "The name '{0}' could not be resolved: {1}. Held back since the last such event: {2}.")]
    private void NameNotResolved(string host, string error, long heldBack) => WriteEvent(6, host, error, heldBack);

    [Event(7, Level = EventLevel.Warning, Message = "'{0}' has several series, which the profile {1} cannot tell apart because it writes no tags: counters add up, of gauges the last one stays.")]
    private void SeriesMerged(string metric, string profile) => WriteEvent(7, metric, profile);

    [Event(8, Level = EventLevel.Error, Message = "An export failed inside the exporter: {0}. Held back since the last such event: {1}.")]
    private void ExportFailed(string exception, long heldBack) => WriteEvent(8, exception, heldBack);

    [Event(9, Level = EventLevel.Warning, Message = "The receiver at '{0}' is away ({1}); metrics are kept for it. Held back since the last such event: {2}.")]
    private void ReceiverAway(string endpoint, string error, long heldBack) => WriteEvent(9, endpoint, error, heldBack);

    [Event(10, Level = EventLevel.Informational, Message = "The receiver at '{0}' is back. Held back since the last such event: {1}.")]
    private void ReceiverBack(string endpoint, long heldBack) => WriteEvent(10, endpoint, heldBack);

    [Event(11, Level = EventLevel.Informational, Message = "The name '{0}' now stands for {1}. Held back since the last such event: {2}.")]
    private void AddressChanged(string host, string addresses, long heldBack) => WriteEvent(11, host, addresses, heldBack);

    [Event(12, Level = EventLevel.Informational, Message = "{1} packets to '{0}', {2} bytes, could not be delivered now and are kept. Held back since the last such event: {3}.")]
    private void PacketsKept(string endpoint, int packets, int bytes, long heldBack) => WriteEvent(12, endpoint, packets, bytes, heldBack);

    [Event(13, Level = EventLevel.Verbose, Message = "{1} packets to '{0}' were sent once more, since they had not arrived. Held back since the last such event: {2}.")]
    private void PacketsResent(string endpoint, int packets, long heldBack) => WriteEvent(13, endpoint, packets, heldBack);

    [Event(14, Level = EventLevel.Warning, Message = "A value below zero of the histogram '{0}' was not sent, since the receiver rejects it. Held back since the last such event: {1}.")]
    private void NegativeValue(string metric, long heldBack) => WriteEvent(14, metric, heldBack);

    [Event(15, Level = EventLevel.Warning, Message = "Quantiles of '{0}' are as approximate as its explicit buckets are wide: AddExponentialHistograms, or a view with a Base2ExponentialBucketHistogramConfiguration, makes them exact within a few percent.")]
    private void ApproximateQuantiles(string metric) => WriteEvent(15, metric);

    [Event(16, Level = EventLevel.Warning, Message = "{1} measurements of {2} priority were not taken into the stream of the exporter '{0}': {3}. Held back since the last such event: {4}.")]
    private void MeasurementsRefused(string exporter, long measurements, string priority, string reason, long heldBack) =>
        WriteEvent(16, exporter, measurements, priority, reason, heldBack);
}
