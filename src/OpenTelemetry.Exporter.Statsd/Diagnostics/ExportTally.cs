namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>What an exporter has done since the last publication, counted as it happens and published when an export ends.</summary>
/// <param name="events">Of the exporter.</param>
/// <remarks>One owner at a time: the thread that exports, or that streams. What is called a point here is an entry of a packet: in a stream, a measurement.</remarks>
internal sealed class ExportTally(ExporterEvents events)
{
    private readonly long[] pointsDropped = new long[DropReasons.Count];
    private readonly long[] pointsAltered = new long[AlterReasons.Count];
    private readonly long[] packetsDropped = new long[DropReasons.Count];
    private readonly long[] bytesDropped = new long[DropReasons.Count];

    /// <summary>Tells what counting alone does not.</summary>
    public ExporterEvents Events { get; } = events;

    public long PointsExported { get; private set; }

    public long PacketsSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>Packets that were sent once more, because the first time did not arrive.</summary>
    public long PacketsResent { get; private set; }

    /// <summary>How often the receiver's name came to stand for other addresses.</summary>
    public long AddressChanges { get; private set; }

    /// <summary>Points lost, indexed by <see cref="DropReason"/>.</summary>
    public ReadOnlySpan<long> PointsDropped => pointsDropped;

    /// <summary>Points that were not written quite as they were recorded, indexed by <see cref="AlterReason"/>; one may count for several.</summary>
    public ReadOnlySpan<long> PointsAltered => pointsAltered;

    /// <summary>Packets lost, indexed by <see cref="DropReason"/>.</summary>
    public ReadOnlySpan<long> PacketsDropped => packetsDropped;

    /// <summary>Bytes of packets lost, indexed by <see cref="DropReason"/>.</summary>
    public ReadOnlySpan<long> BytesDropped => bytesDropped;

    public void Reset()
    {
        PointsExported = PacketsSent = BytesSent = PacketsResent = AddressChanges = 0;
        Array.Clear(pointsDropped);
        Array.Clear(pointsAltered);
        Array.Clear(packetsDropped);
        Array.Clear(bytesDropped);
    }

    public void CountExportedPoints(long points) => PointsExported += points;

    public void CountDroppedPoints(DropReason reason, long points) => pointsDropped[(int)reason] += points;

    public void CountAlteredPoint(AlterReason reason) => pointsAltered[(int)reason]++;

    public void CountSentPacket(int bytes)
    {
        PacketsSent++;
        BytesSent += bytes;
    }

    public void CountResentPackets(int packets) => PacketsResent += packets;

    public void CountAddressChanges(int changes) => AddressChanges += changes;

    public void CountDroppedPacket(DropReason reason, int bytes)
    {
        packetsDropped[(int)reason]++;
        bytesDropped[(int)reason] += bytes;
    }
}
