using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Takes finished packets off a <see cref="PacketBuilder"/>.</summary>
internal interface IPacketSink
{
    /// <summary>Delivers a packet and counts it and the entries that end in it.</summary>
    /// <param name="packet">Valid until the call returns.</param>
    /// <param name="entries">How many entries end in this packet and have lost nothing before.</param>
    /// <returns>Why the packet was lost, or <see langword="null"/> if it was handed over.</returns>
    DropReason? Send(ReadOnlySpan<byte> packet, int entries);
}
