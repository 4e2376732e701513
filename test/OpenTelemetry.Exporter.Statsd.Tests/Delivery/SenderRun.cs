using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>Packs entries, sends them to a <see cref="SimulatedPeer"/>, and compares what arrived with what was counted.</summary>
internal sealed class SenderRun : IPacketSink
{
    private readonly DeliverySettings settings;
    private readonly SimulatedPeer peer;
    private readonly ManualClock clock;
    private readonly PacketBuilder builder;
    private readonly List<byte[]> packets = [];

    /// <summary>In which packets the lines of an entry are, and where.</summary>
    private readonly List<List<(int Packet, int Line)>> entries = [];

    private int linesInPacket;

    public SenderRun(DeliverySettings settings, SimulatedPeer peer, ManualClock clock)
    {
        this.settings = settings;
        this.peer = peer;
        this.clock = clock;
        Sender = new PacketSender(settings, peer, Tally, clock, peer.Wait);
        builder = new PacketBuilder(settings.MaxPacketBytes, this, Tally);
    }

    public ExportTally Tally { get; } = new(new ExporterEvents("test"));

    public PacketSender Sender { get; }

    public long PacketsDropped => Sum(Tally.PacketsDropped);

    /// <summary>Exports entries, given by the lengths of their lines, within a budget, and compares.</summary>
    public bool Export(IEnumerable<int[]> given, TimeSpan budget)
    {
        var began = clock.GetTimestamp();
        var waited = peer.Waits;
        peer.ResetCalls();
        Sender.Begin(budget);
        foreach (var lines in given)
        {
            Write(lines);
        }

        builder.Flush();
        var isDone = Sender.Complete();
        Assert.Equal(Sender.QueuedPackets == 0, isDone);
        Assert.True(
            isDone || Sender.State == StatsdBreakerState.Open || clock.GetElapsedTime(began) >= budget,
            "Packets were left although the receiver takes some, and there was time.");
        AssertTime(began, budget);
        AssertPace(began, budget);
        AssertCounts();
        return isDone;
    }

    /// <summary>Asks whether the receiver is there, and compares.</summary>
    public bool Ask(TimeSpan budget)
    {
        var began = clock.GetTimestamp();
        peer.ResetCalls();
        Sender.Begin(budget);
        var isThere = Sender.IsReceiverThere();
        if (isThere)
        {
            Assert.Equal(0, Sender.QueuedPackets);
            Assert.NotEqual(StatsdBreakerState.Open, Sender.State);
            Assert.True(peer is not DatagramPeer { AnswersProbes: true, WasThere: false }, "The receiver was away.");
        }
        else
        {
            Assert.True(Sender.State == StatsdBreakerState.Open || clock.GetElapsedTime(began) >= budget, "The receiver was taken for away.");
        }

        AssertTime(began, budget);
        AssertPace(began, budget);
        AssertCounts();
        return isThere;
    }

    /// <summary>Shuts down.</summary>
    public void DropAll()
    {
        var running = Tally.PacketsDropped.ToArray();
        var queued = Sender.QueuedPackets;
        Sender.DropAll();
        Assert.Equal((0, 0), (Sender.QueuedPackets, Sender.QueuedBytes));
        Assert.Equal(queued, DroppedFor(DropReason.ReceiverAway) + DroppedFor(DropReason.TimedOut));
        AssertCounts();
        Assert.Equal(entries.Count, Tally.PointsExported + Sum(Tally.PointsDropped));

        long DroppedFor(DropReason reason) => Tally.PacketsDropped[(int)reason] - running[(int)reason];
    }

    /// <inheritdoc/>
    void IPacketSink.Add(ReadOnlySpan<byte> packet, PacketEntries packetEntries)
    {
        packets.Add(packet.ToArray());
        linesInPacket = 0;
        Sender.Add(packet, packetEntries);
        Assert.InRange(Sender.QueuedBytes, 0, settings.MaxBufferBytes);
    }

    private static long Sum(ReadOnlySpan<long> values)
    {
        var sum = 0L;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    private void Write(int[] lines)
    {
        List<(int Packet, int Line)> places = [];
        entries.Add(places);
        for (var line = 0; line < lines.Length; line++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{entries.Count:x}.{line:x}:");
            var bytes = Encoding.ASCII.GetBytes(text.PadRight(Math.Min(lines[line], settings.MaxPacketBytes), 'x'));
            if (bytes.Length > builder.Free.Length)
            {
                builder.Flush();
            }

            bytes.CopyTo(builder.Free);
            places.Add((packets.Count, linesInPacket++));
            builder.Commit(bytes.Length);
        }

        builder.CompleteEntry();
    }

    /// <summary>A budget is kept, but for the last millisecond of a wait that is made of whole ones.</summary>
    private void AssertTime(long began, TimeSpan budget)
    {
        Assert.Null(peer.Fault);
        Assert.InRange(clock.GetElapsedTime(began), TimeSpan.Zero, budget + TimeSpan.FromMilliseconds(1));
    }

    /// <summary>Until the budget is used up, no more goes out than a burst and what the rate allows.</summary>
    private void AssertPace(long began, TimeSpan budget)
    {
        if (peer is DatagramPeer { IsLossy: true } lossy)
        {
            foreach (var until in lossy.Takes.Select(take => take.Time).Where(time => time >= began && time < began + budget.Ticks).Distinct())
            {
                var taken = lossy.Takes.Where(take => take.Time >= began && take.Time <= until).Sum(take => take.Packets);
                var earned = clock.GetElapsedTime(began, until).TotalSeconds * settings.MaxPacketsPerSecond;
                Assert.InRange(taken, 0, settings.MaxPacketsPerBurst + earned + 0.001);
            }

            lossy.Takes.Clear();
        }
    }

    /// <summary>Each packet and each entry is what became of it, once.</summary>
    private void AssertCounts()
    {
        Assert.Null(peer.Fault);
        var parts = new Dictionary<int, int>();
        var arrived = ArrivedPackets(parts);
        var queuedFrom = packets.Count - Sender.QueuedPackets;
        Assert.All(arrived.Zip(arrived.Skip(1)), pair => Assert.True(pair.First < pair.Second, "A packet came twice or too early."));
        Assert.All(arrived, packet => Assert.True(packet < queuedFrom, "A packet has arrived and is kept all the same."));
        Assert.Equal(arrived.Count, Tally.PacketsSent);
        Assert.Equal(arrived.Sum(packet => WireBytes(packets[packet])), Tally.BytesSent);
        Assert.Equal(queuedFrom - arrived.Count, PacketsDropped);
        var lost = Enumerable.Range(0, queuedFrom).Except(arrived).Sum(packet => WireBytes(packets[packet]));
        Assert.Equal(lost, Sum(Tally.BytesDropped));

        var known = arrived.ToHashSet();
        var settled = entries.Where(places => places[^1].Packet < queuedFrom).ToArray();
        var multiple = entries.Where(places => places.Count > 1).SelectMany(places => places).Select(place => place.Packet).ToHashSet();
        var whole = settled.Count(places => places.TrueForAll(place =>
            known.Contains(place.Packet)
            || (!multiple.Contains(place.Packet) && parts.TryGetValue(place.Packet, out var lines) && place.Line < lines)));
        Assert.Equal(whole, Tally.PointsExported);
        Assert.Equal(settled.Length - whole, Sum(Tally.PointsDropped));
        if (peer is DatagramPeer datagrams)
        {
            Assert.Equal(datagrams.TakenAgain, Tally.PacketsResent);
        }
    }

    /// <param name="parts">How many lines arrived of packets that did not arrive whole.</param>
    private List<int> ArrivedPackets(Dictionary<int, int> parts) => peer is StreamPeer stream
        ? settings.Endpoint.Framing == PacketFraming.LineFeed ? ReadLines(stream.Connections, parts) : ReadStream(stream.Connections)
        : ((DatagramPeer)peer).Arrived.ConvertAll(datagram => packets.FindIndex(packet => packet.AsSpan().SequenceEqual(datagram)));

    /// <summary>All connections together carry the lines of packets, in order; each may end within a line, and the next begins with that line.</summary>
    private List<int> ReadLines(List<List<byte>> connections, Dictionary<int, int> parts)
    {
        List<int> arrived = [];
        var packet = 0;
        foreach (var line in connections.SelectMany(connection => Encoding.ASCII.GetString([.. connection]).Split('\n').SkipLast(1)))
        {
            while (true)
            {
                Assert.True(packet < packets.Count, "What arrived is no line, or one that had arrived before.");
                var lines = Encoding.ASCII.GetString(packets[packet]).Split('\n');
                var next = parts.GetValueOrDefault(packet);
                if (next < lines.Length && lines[next] == line)
                {
                    parts[packet] = next + 1;
                    if (next + 1 == lines.Length)
                    {
                        arrived.Add(packet);
                        parts.Remove(packet);
                        packet++;
                    }

                    break;
                }

                packet++;
            }
        }

        return arrived;
    }

    /// <summary>Each connection carries whole packets, and perhaps the beginning of one at its end.</summary>
    private List<int> ReadStream(List<List<byte>> connections)
    {
        List<int> arrived = [];
        foreach (var connection in connections)
        {
            var bytes = connection.ToArray().AsSpan();
            for (var packet = arrived.Count == 0 ? 0 : arrived[^1] + 1; bytes.Length > 0; packet++)
            {
                Assert.True(packet < packets.Count, "What arrived is no packet, or one that had arrived before.");
                var wire = Framed(packets[packet]);
                if (bytes.StartsWith(wire))
                {
                    arrived.Add(packet);
                    bytes = bytes[wire.Length..];
                }
                else if (wire.AsSpan().StartsWith(bytes))
                {
                    break;
                }
            }
        }

        return arrived;
    }

    private int WireBytes(byte[] packet) => Framed(packet).Length;

    private byte[] Framed(byte[] packet)
    {
        switch (settings.Endpoint.Framing)
        {
            case PacketFraming.LengthPrefix:
                var prefix = new byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(prefix, packet.Length);
                return [.. prefix, .. packet];
            case PacketFraming.LineFeed:
                return [.. packet, (byte)'\n'];
            default:
                return packet;
        }
    }
}
