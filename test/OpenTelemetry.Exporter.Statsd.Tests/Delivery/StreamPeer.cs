using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>Takes any number of bytes a call, on one connection after another; of a packet that a connection ends in it keeps nothing.</summary>
internal sealed class StreamPeer(int packetsPerSend, Weather weather, ManualClock clock, int seed) : SimulatedPeer(weather, clock, seed)
{
    public override bool IsLossy => false;

    public override int MaxPacketsPerSend => packetsPerSend;

    /// <summary>The bytes of each connection.</summary>
    public List<List<byte>> Connections { get; } = [];

    public override SocketError Probe(TimeSpan timeout)
    {
        Call();
        Demand(timeout >= TimeSpan.Zero, "There is no negative time.");
        if (!IsThere)
        {
            IsConnected = false;
            return Note(SocketError.ConnectionRefused);
        }

        if (!IsConnected)
        {
            IsConnected = true;
            Connections.Add([]);
        }

        return SocketError.Success;
    }

    public override SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        Call();
        taken = 0;
        if (!IsConnected)
        {
            return SocketError.NotConnected;
        }

        if (!IsThere || Happens(Weather.Resets))
        {
            IsConnected = false;
            return Note(SocketError.ConnectionReset);
        }

        if (Trouble() is var trouble and not SocketError.Success)
        {
            IsConnected &= trouble != SocketError.AccessDenied;
            return trouble;
        }

        taken = Happens(Weather.Parts) ? UpTo(packets.Length) : packets.Length;
        Connections[^1].AddRange(packets.Span[..taken]);
        Seen.Add(taken < packets.Length ? "part" : "whole");
        return SocketError.Success;
    }
}
