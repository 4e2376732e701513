using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes values of one series as lines: as many a line as the receiver and the packet allow, each line within one packet.</summary>
/// <remarks>One owner at a time: the one of the packets.</remarks>
internal sealed class ValueLineWriter(ReceiverProfile profile, PacketBuilder packets)
{
    /// <summary>Writes values, each of them an entry.</summary>
    /// <param name="parts">What surrounds a value: <c>Tail</c> is the type with its bar, <c>|d</c>.</param>
    /// <param name="weight">How many recorded values each one stands for; 1 or more.</param>
    /// <param name="values">Finite.</param>
    /// <returns>How many were written; the others' lines fit no packet.</returns>
    public int WriteEntries(in LineParts parts, long weight, ReadOnlySpan<double> values) =>
        throw new NotImplementedException($"{profile.Name} {packets.MaxPacketBytes} {parts.Head.Length} {weight} {values.Length}");

    /// <summary>Writes values as lines of the entry that is open.</summary>
    /// <param name="parts">What surrounds a value: <c>Tail</c> is the type with its bar, <c>|d</c>.</param>
    /// <param name="values">Neighbours of the same weight share a line where the receiver takes that.</param>
    /// <returns>Whether all were written; else a line fits no packet.</returns>
    public bool TryWrite(in LineParts parts, ReadOnlySpan<WeightedValue> values) =>
        throw new NotImplementedException($"{profile.Name} {packets.MaxPacketBytes} {parts.Head.Length} {values.Length}");
}
