namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>What one export did, counted while it runs and published when it ends.</summary>
/// <remarks>Owned by the thread that exports; nothing else reads it.</remarks>
internal sealed class ExportTally
{
    private readonly long[] pointsDropped = new long[DropReasons.Count];
    private readonly long[] packetsDropped = new long[DropReasons.Count];

    public long PointsExported { get; private set; }

    public long PacketsSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>Points lost, indexed by <see cref="DropReason"/>.</summary>
    public ReadOnlySpan<long> PointsDropped => pointsDropped;

    /// <summary>Packets lost, indexed by <see cref="DropReason"/>.</summary>
    public ReadOnlySpan<long> PacketsDropped => packetsDropped;

    public void Reset()
    {
        PointsExported = PacketsSent = BytesSent = 0;
        Array.Clear(pointsDropped);
        Array.Clear(packetsDropped);
    }

    public void CountExportedPoints(int points) => PointsExported += points;

    public void CountDroppedPoints(DropReason reason, int points) => pointsDropped[(int)reason] += points;

    public void CountSentPacket(int bytes)
    {
        PacketsSent++;
        BytesSent += bytes;
    }

    public void CountDroppedPacket(DropReason reason) => packetsDropped[(int)reason]++;
}
