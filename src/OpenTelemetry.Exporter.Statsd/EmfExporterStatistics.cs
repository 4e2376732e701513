using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter;

/// <summary>What an EMF exporter has done since it was made, and what it held, when this was read.</summary>
/// <remarks>
/// <para>Never changes; may be used by any thread. Reading takes no lock, a few microseconds and some hundred bytes, more where something was dropped or altered, and
/// the exporter does not notice. The counts are those of the last export that ended: each is exact and never falls, but while an export is just ending one may
/// be ahead of another. They are the same that the meter <c>OpenTelemetry.Exporter.Statsd</c> has, for this one exporter.</para>
/// <para>Every point is counted once, as exported or as dropped, except a histogram without a value, which has nothing to say. Until its packet is delivered or
/// dropped it is neither. One that was altered is counted as such besides.</para>
/// </remarks>
public sealed class EmfExporterStatistics
{
    internal EmfExporterStatistics(ExporterStatistics statistics)
    {
        ExporterName = statistics.Exporter;
        PointsExported = statistics.PointsExported;
        PointsDroppedByReason = ReasonCounts.Dropped(statistics.PointsDropped);
        PointsDropped = PointsDroppedByReason.Values.Sum();
        PointsAlteredByReason = ReasonCounts.Altered(statistics.PointsAltered);
        PointsAltered = PointsAlteredByReason.Values.Sum();
        PacketsSent = statistics.PacketsSent;
        BytesSent = statistics.BytesSent;
        PacketsDroppedByReason = ReasonCounts.Dropped(statistics.PacketsDropped);
        PacketsDropped = PacketsDroppedByReason.Values.Sum();
        BytesDroppedByReason = ReasonCounts.Dropped(statistics.BytesDropped);
        BytesDropped = BytesDroppedByReason.Values.Sum();
        PacketsResent = statistics.PacketsResent;
        AddressChanges = statistics.AddressChanges;
        QueuedPackets = statistics.Delivery.QueuedPackets;
        QueuedBytes = statistics.Delivery.QueuedBytes;
        MemoryBytes = statistics.MemoryBytes;
        BreakerState = statistics.Delivery.State;
    }

    /// <summary>The exporter's name, as in the tag <c>exporter</c> of its own metrics: <c>emf</c> if it was added without one.</summary>
    public string ExporterName { get; }

    /// <summary>Points whose every document was delivered, as far as can be told: a network, and an agent, may lose what they were given.</summary>
    public long PointsExported { get; }

    /// <summary>Points lost in whole or in part, for any reason.</summary>
    public long PointsDropped { get; }

    /// <summary>
    /// <see cref="PointsDropped"/> by reason, in the words of the tag <c>reason</c>: <c>invalid_value</c>, <c>line_too_long</c>, <c>unsupported_type</c>,
    /// <c>packet_too_large</c>, <c>buffer_full</c>, <c>receiver_away</c>, <c>timed_out</c>, <c>internal_error</c>. A reason that there was not is missing.
    /// </summary>
    public IReadOnlyDictionary<string, long> PointsDroppedByReason { get; }

    /// <summary>How often something of a point was not written quite as it was recorded, for any reason; a point may count for several reasons.</summary>
    public long PointsAltered { get; }

    /// <summary>
    /// <see cref="PointsAltered"/> by reason, in the words of the tag <c>reason</c>: <c>blank_dimension</c> (a dimension without a value was left out of the sets), <c>non_ascii</c>
    /// (percent-encoded), <c>too_long</c> (cut), <c>too_many_dimensions</c> (the rest stayed members), <c>renamed</c> (a name that was taken got a suffix),
    /// <c>non_finite</c> (NaN or infinite members of a histogram were left out). A reason that there was not is missing.
    /// </summary>
    public IReadOnlyDictionary<string, long> PointsAlteredByReason { get; }

    /// <summary>Packets delivered: datagrams of one document, or as many documents as fit.</summary>
    public long PacketsSent { get; }

    /// <summary>Bytes of packets delivered, with what a stream needs to tell packets apart, without the headers of any protocol.</summary>
    public long BytesSent { get; }

    /// <summary>Packets lost, for any reason.</summary>
    public long PacketsDropped { get; }

    /// <summary><see cref="PacketsDropped"/> by reason, as in <see cref="PointsDroppedByReason"/>.</summary>
    public IReadOnlyDictionary<string, long> PacketsDroppedByReason { get; }

    /// <summary>Bytes of packets lost, for any reason.</summary>
    public long BytesDropped { get; }

    /// <summary><see cref="BytesDropped"/> by reason, as in <see cref="PointsDroppedByReason"/>.</summary>
    public IReadOnlyDictionary<string, long> BytesDroppedByReason { get; }

    /// <summary>How often a packet had to be sent once more, because it was refused or its connection was lost.</summary>
    public long PacketsResent { get; }

    /// <summary>How often the receiver's name came to stand for other addresses.</summary>
    public long AddressChanges { get; }

    /// <summary>Packets that waited to be sent, were kept while the receiver was away, or could still have to be sent again.</summary>
    public int QueuedPackets { get; }

    /// <summary>The bytes that these took of <see cref="EmfExporterOptions.MaxBufferBytes"/>.</summary>
    public long QueuedBytes { get; }

    /// <summary>
    /// Memory of the exporter, in bytes: what is set aside for packets, which does not change, and what it keeps encoded of each series, which follows their number.
    /// What the SDK keeps comes on top.
    /// </summary>
    public long MemoryBytes { get; }

    /// <summary>Whether the exporter took its receiver for reachable.</summary>
    public StatsdBreakerState BreakerState { get; }
}
