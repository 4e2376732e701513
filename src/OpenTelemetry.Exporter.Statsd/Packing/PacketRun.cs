namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Packets that lie back to back in a <see cref="PacketRing"/>.</summary>
/// <param name="Bytes">The packets; valid until one of them is removed from the ring.</param>
/// <param name="Count">How many they are, the first perhaps only in part.</param>
internal readonly record struct PacketRun(ReadOnlyMemory<byte> Bytes, int Count);
