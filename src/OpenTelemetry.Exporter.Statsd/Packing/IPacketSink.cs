namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Takes finished packets off a <see cref="PacketBuilder"/>.</summary>
internal interface IPacketSink
{
    /// <summary>Takes a packet over, to deliver it and to count its entries.</summary>
    /// <param name="packet">Its lines, with a line feed between two of them and none after the last. Valid until the call returns.</param>
    /// <param name="entries">What it holds.</param>
    void Add(ReadOnlySpan<byte> packet, PacketEntries entries);
}
