namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>A packet in a <see cref="PacketRing"/>.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Its length on the wire, framing included.</param>
/// <param name="Extent">How much of the ring it takes: its length and, where packets are padded, the line feeds after it.</param>
/// <param name="Entries">What it holds.</param>
internal readonly record struct StoredPacket(int Offset, int Length, int Extent, PacketEntries Entries);
