using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Takes finished packets off a <see cref="PacketBuilder"/>.</summary>
internal interface IPacketSink
{
    /// <summary>Delivers a packet and counts it.</summary>
    /// <param name="packet">Valid until the call returns.</param>
    /// <param name="previousLoss">
    /// Why the packet before this one was lost after all, which a network may tell only now; <see langword="null"/> if it was not,
    /// or if its loss was returned already.
    /// </param>
    /// <returns>Why this packet was lost, or <see langword="null"/> if it was handed over.</returns>
    DropReason? Send(ReadOnlySpan<byte> packet, out DropReason? previousLoss);

    /// <summary>Ends a series of packets.</summary>
    /// <returns>Why the last one was lost after all, or <see langword="null"/>.</returns>
    DropReason? Settle();
}
