using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>
/// Takes datagrams, several of equal length a call. A lossy one is like a UDP socket on loopback: it takes a call while nobody
/// listens, loses it as a whole, and reports that once, with <see cref="TakeReport"/> or the next call. One that is not is like
/// a Unix domain socket.
/// </summary>
internal sealed class DatagramPeer(bool isLossy, int packetsPerSend, int pathBytes, bool canBeAsked, Weather weather, ManualClock clock, int seed)
    : SimulatedPeer(weather, clock, seed)
{
    private int packetsPerSend = packetsPerSend;
    private readonly HashSet<string> known = [];
    private SocketError report;

    public override bool IsLossy => isLossy;

    public override int MaxPacketsPerSend => packetsPerSend;

    /// <summary>What has arrived, without the line feeds that filled it up.</summary>
    public List<byte[]> Arrived { get; } = [];

    /// <summary>When packets were taken, and how many, arrived or not.</summary>
    public List<(long Time, int Packets)> Takes { get; } = [];

    /// <summary>How many packets were taken that had been taken before, in vain.</summary>
    public int TakenAgain { get; private set; }

    /// <summary>Whether the last probe or call reached the peer.</summary>
    public bool WasThere { get; private set; }

    public override SocketError Probe(TimeSpan timeout)
    {
        Call();
        Demand(timeout >= TimeSpan.Zero, "There is no negative time.");
        TakePending();
        WasThere = IsThere;
        IsConnected = IsThere || (isLossy && !canBeAsked);
        return IsConnected ? SocketError.Success : Note(SocketError.ConnectionRefused);
    }

    public override SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        Call();
        taken = 0;
        if (!IsConnected)
        {
            return SocketError.NotConnected;
        }

        if (TakePending() is var pending and not SocketError.Success)
        {
            Seen.Add("refused by the next call");
            return pending;
        }

        if (Trouble() is var trouble and not SocketError.Success)
        {
            IsConnected &= trouble != SocketError.AccessDenied;
            return trouble;
        }

        var datagrams = packets.ToArray().Chunk(packetBytes).ToArray();
        Demand(datagrams.Length >= 1 && datagrams.Length <= packetsPerSend, "Too many packets at once.");
        if (datagrams.Any(datagram => datagram.Length > pathBytes))
        {
            if (datagrams.Length == 1)
            {
                return Note(SocketError.MessageSize);
            }

            Seen.Add("no more runs");
            packetsPerSend = 1;
            return SocketError.Success;
        }

        WasThere = IsThere;
        if (IsThere)
        {
            Arrived.AddRange(datagrams.Select(datagram => datagram.AsSpan().TrimEnd((byte)'\n').ToArray()));
            Seen.Add(datagrams.Length > 1 ? "run" : "datagram");
        }
        else if (isLossy)
        {
            report = SocketError.ConnectionRefused;
        }
        else
        {
            IsConnected = false;
            return Note(SocketError.ConnectionRefused);
        }

        taken = packets.Length;
        TakenAgain += datagrams.Count(datagram => !known.Add(Convert.ToHexString(datagram.AsSpan().TrimEnd((byte)'\n'))));
        Takes.Add((Clock.GetTimestamp(), datagrams.Length));
        return SocketError.Success;
    }

    public override SocketError TakeReport()
    {
        Call();
        var pending = TakePending();
        if (pending != SocketError.Success)
        {
            Seen.Add("refused by a report");
        }

        return pending;
    }

    public override void Disconnect()
    {
        base.Disconnect();
        report = SocketError.Success;
    }

    private SocketError TakePending()
    {
        var pending = report;
        report = SocketError.Success;
        IsConnected &= pending == SocketError.Success;
        return pending;
    }
}
