using System.Collections.ObjectModel;
using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter;

/// <summary>What a StatsD exporter has done since it was made, and what it held, when this was read.</summary>
/// <remarks>
/// <para>Never changes; may be used by any thread. Reading takes no lock, a few microseconds and some hundred bytes, more where something was dropped or refused, and the exporter does not notice. The
/// counts are those of the last export that ended: each is exact and never falls, but while an export is just ending one may be
/// ahead of another. They are the same that the meter <c>OpenTelemetry.Exporter.Statsd</c> has, for this one exporter.</para>
/// <para>Every point is counted once, as exported or as dropped, except a counter that did not change, and a histogram without a value,
/// which have nothing to say. Until its packet is delivered or dropped it is neither.</para>
/// </remarks>
public sealed class StatsdExporterStatistics
{
    internal StatsdExporterStatistics(ExporterStatistics statistics)
    {
        ExporterName = statistics.Exporter;
        PointsExported = statistics.PointsExported;
        PointsDroppedByReason = ReasonCounts.Dropped(statistics.PointsDropped);
        MeasurementsExported = statistics.MeasurementsExported;
        MeasurementsDroppedByReason = ReasonCounts.Dropped(statistics.MeasurementsDropped);
        MeasurementsDropped = MeasurementsDroppedByReason.Values.Sum();
        var refused = statistics.MeasurementsRefused;
        MeasurementsRefusedByReason = SumBy(refused, each => each.Reason);
        MeasurementsRefusedByPriority = SumBy(refused, each => each.Priority);
        MeasurementsRefused = MeasurementsRefusedByReason.Values.Sum();
        PacketsSent = statistics.PacketsSent;
        BytesSent = statistics.BytesSent;
        PacketsDroppedByReason = ReasonCounts.Dropped(statistics.PacketsDropped);
        BytesDroppedByReason = ReasonCounts.Dropped(statistics.BytesDropped);
        PointsDropped = PointsDroppedByReason.Values.Sum();
        PacketsDropped = PacketsDroppedByReason.Values.Sum();
        BytesDropped = BytesDroppedByReason.Values.Sum();
        PacketsResent = statistics.PacketsResent;
        AddressChanges = statistics.AddressChanges;
        QueuedPackets = statistics.Delivery.QueuedPackets;
        QueuedBytes = statistics.Delivery.QueuedBytes;
        MemoryBytes = statistics.MemoryBytes;
        BreakerState = statistics.Delivery.State;
    }

    /// <summary>The exporter's name, as in the tag <c>exporter</c> of its own metrics: <c>default</c> if it was added without one.</summary>
    public string ExporterName { get; }

    /// <summary>Points whose every line was delivered, as far as can be told: a network may lose what it was given.</summary>
    public long PointsExported { get; }

    /// <summary>Points lost in whole or in part, for any reason.</summary>
    public long PointsDropped { get; }

    /// <summary>
    /// <see cref="PointsDropped"/> by reason, in the words of the tag <c>reason</c>: <c>invalid_value</c>, <c>negative_counter</c>,
    /// <c>negative_value</c>, <c>line_too_long</c>, <c>unsupported_type</c>, <c>packet_too_large</c>, <c>buffer_full</c>, <c>receiver_away</c>,
    /// <c>timed_out</c>, <c>internal_error</c>. A reason that there was not is missing.
    /// </summary>
    public IReadOnlyDictionary<string, long> PointsDroppedByReason { get; }

    /// <summary>
    /// Measurements of streamed instruments whose line was delivered, as far as can be told; of a counter's line, all that it is the sum of. Of a
    /// gauge, values that were replaced before they were sent count nowhere.
    /// </summary>
    /// <value>0 unless something is streamed; see <see cref="StatsdExporterOptions.Stream"/>.</value>
    public long MeasurementsExported { get; }

    /// <summary>Measurements of streamed instruments that were lost after they were taken in, for any reason.</summary>
    public long MeasurementsDropped { get; }

    /// <summary><see cref="MeasurementsDropped"/> by reason, as in <see cref="PointsDroppedByReason"/>.</summary>
    public IReadOnlyDictionary<string, long> MeasurementsDroppedByReason { get; }

    /// <summary>Measurements of streamed instruments that were not taken in. With those exported and dropped, all that were recorded once the provider is shut down.</summary>
    public long MeasurementsRefused { get; }

    /// <summary>
    /// <see cref="MeasurementsRefused"/> by reason, in the words of the tag <c>reason</c>: <c>buffer_full</c> (too many at once),
    /// <c>contended</c> (more threads at once than lanes), <c>no_series</c> (a tag's own code threw, or there are too many series), <c>closed</c>
    /// (recorded while the provider was shut down). A reason that there was not is missing.
    /// </summary>
    public IReadOnlyDictionary<string, long> MeasurementsRefusedByReason { get; }

    /// <summary><see cref="MeasurementsRefused"/> by <see cref="StatsdStreamOptions.Priority"/>: <c>low</c>, <c>normal</c>, <c>high</c>. One that there was not is missing.</summary>
    public IReadOnlyDictionary<string, long> MeasurementsRefusedByPriority { get; }

    /// <summary>Packets delivered.</summary>
    public long PacketsSent { get; }

    /// <summary>Bytes of packets delivered, with what a stream needs to tell packets apart, without the headers of any protocol and without empty lines that fill a packet up.</summary>
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

    /// <summary>The bytes that these took of <see cref="StatsdExporterOptions.MaxBufferBytes"/>.</summary>
    public long QueuedBytes { get; }

    /// <summary>
    /// Memory of the exporter, in bytes: what is set aside for packets and, with a stream, for measurements, which does not change; what it keeps encoded of
    /// each series; and what a stream keeps of each of its own. These follow the number of series; what a stream takes is exact within a tenth.
    /// Names and what the SDK keeps come on top.
    /// </summary>
    public long MemoryBytes { get; }

    /// <summary>Whether the exporter took its receiver for reachable.</summary>
    public StatsdBreakerState BreakerState { get; }

    private static ReadOnlyDictionary<string, long> SumBy(IReadOnlyCollection<RefusedMeasurements> refused, Func<RefusedMeasurements, string> key) =>
        refused.Count == 0
            ? ReadOnlyDictionary<string, long>.Empty
            : refused.GroupBy(key).ToDictionary(group => group.Key, group => group.Sum(each => each.Count)).AsReadOnly();
}
