using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>
/// The sender alone, over every transport, against a loop of calls on a bare socket with the same packets to the same receiver: as
/// many packets as an export of 10,000 points makes over UDP, one pass of each in turn and in another order each round.
/// </summary>
/// <remarks>
/// Packets are full of lines of 83 bytes and made beforehand, for the bare socket with their framing. The sender copies each,
/// counts it and its points, and over UDP asks whether it was refused; the bare loop does none of that, but sends again
/// what did not fit. Nothing is paced (<see cref="Unpaced"/>). Left out: formatting and packing, which <see cref="Ratios"/> has.
/// </remarks>
internal static class SenderCosts
{
    private const int Packets = 600;
    private const int LineBytes = 83;

    public static void Run(LoopOptions options)
    {
        using var udp = new LoopbackReceiver(EndpointKind.Udp);
        using var datagram = new LoopbackReceiver(EndpointKind.UnixDatagram);
        using var stream = new LoopbackReceiver(EndpointKind.UnixStream);
        using var tcp = new LoopbackReceiver(EndpointKind.Tcp);
        using var bareUdp = new Bare("bare, UDP", udp.Endpoint);
        using var bareDatagram = new Bare("bare, Unix datagram", datagram.Endpoint);
        using var bareStream = new Bare("bare, Unix stream", stream.Endpoint);
        using var bareTcp = new Bare("bare, TCP", tcp.Endpoint);
        using var nowhere = new Ours("ours, nothing sent", bareUdp, udp.Endpoint, new NullTransport());
        using var offload = new Ours("ours, UDP with offload", bareUdp, udp.Endpoint, Unpaced.Transport(udp.Endpoint));
        using var burstOf16 = new Ours("ours, UDP with offload, 16 packets a call", bareUdp, udp.Endpoint, Unpaced.Transport(udp.Endpoint), Unpaced.DefaultPacketsPerBurst);
        using var without = new Ours("ours, UDP without", bareUdp, udp.Endpoint, Unpaced.UdpWithoutOffload(udp.Endpoint));
        using var oursDatagram = new Ours("ours, Unix datagram", bareDatagram, datagram.Endpoint, Unpaced.Transport(datagram.Endpoint));
        using var oursStream = new Ours("ours, Unix stream", bareStream, stream.Endpoint, Unpaced.Transport(stream.Endpoint));
        using var oursTcp = new Ours("ours, TCP", bareTcp, tcp.Endpoint, Unpaced.Transport(tcp.Endpoint));
        Contender[] contenders =
        [
            nowhere, bareUdp, without, offload, burstOf16, bareDatagram, oursDatagram, bareStream, oursStream, bareTcp, oursTcp,
        ];
        for (var round = 0; round < options.WarmUpRounds; round++)
        {
            Array.ForEach(contenders, contender => contender.Send());
        }

        var random = new Random(20100);
        for (var round = 0; round < options.Rounds; round++)
        {
            random.Shuffle(contenders);
            foreach (var contender in contenders)
            {
                var started = Stopwatch.GetTimestamp();
                contender.Send();
                contender.Times.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / Packets);
                udp.WaitUntilEmpty();
            }
        }

        Print(contenders, options.Rounds);
    }

    private static void Print(Contender[] contenders, int rounds)
    {
        Console.WriteLine($"\n### {Packets} packets of lines of {LineBytes} bytes, {rounds} rounds, {Report.Load()}\n");
        Console.WriteLine("| sender | packet | lines | ns/packet, median | min | p90 | ns/line, median | bare ÷ it | bare ÷ it, of minima |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
        foreach (var contender in contenders.OrderBy(contender => contender.Rival.Name, StringComparer.Ordinal).ThenBy(contender => contender.Name, StringComparer.Ordinal))
        {
            var median = Report.Median(contender.Times);
            var rival = contender.Rival.Times;
            Report.WriteLine($"| {contender.Name} | {contender.PacketBytes} B | {contender.Lines} | {median:F0} | {contender.Times.Min():F0} | {Report.Quantile(contender.Times, 0.9):F0} | {median / contender.Lines:F1} | {Report.Median(rival) / median:F2} | {rival.Min() / contender.Times.Min():F2} |");
        }
    }

    /// <summary>Something that sends one packet again and again.</summary>
    private abstract class Contender(string name, Endpoint endpoint) : IDisposable
    {
        public string Name => name;

        public int PacketBytes => endpoint.DefaultMaxPacketBytes;

        /// <summary>How many lines a packet has.</summary>
        public int Lines => (PacketBytes + 1) / (LineBytes + 1);

        public List<double> Times { get; } = [];

        public abstract Contender Rival { get; }

        protected byte[] Packet => Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Repeat(new string('x', LineBytes), Lines)));

        /// <summary>Sends <see cref="Packets"/> packets.</summary>
        public abstract void Send();

        public abstract void Dispose();
    }

    private sealed class Bare : Contender
    {
        private readonly Socket socket;
        private readonly byte[] framed;

        public Bare(string name, Endpoint endpoint)
            : base(name, endpoint)
        {
            socket = BareSocket.Connect(endpoint);
            framed = endpoint.Framing switch
            {
                PacketFraming.LengthPrefix => [.. new byte[sizeof(int)], .. Packet],
                PacketFraming.LineFeed => [.. Packet, (byte)'\n'],
                _ => Packet,
            };
            if (endpoint.Framing == PacketFraming.LengthPrefix)
            {
                BinaryPrimitives.WriteInt32LittleEndian(framed, Packet.Length);
            }
        }

        public override Contender Rival => this;

        public override void Send()
        {
            for (var i = 0; i < Packets; i++)
            {
                BareSocket.Send(socket, framed);
            }
        }

        public override void Dispose() => socket.Dispose();
    }

    private sealed class Ours : Contender
    {
        private readonly ExportTally tally = new(new ExporterEvents("test"));
        private readonly PacketSender sender;
        private readonly byte[] packet;
        private readonly PacketEntries entries;

        public Ours(string name, Bare rival, Endpoint endpoint, ITransport transport, int packetsPerBurst = Unpaced.PacketsPerCall)
            : base(name, endpoint)
        {
            Rival = rival;
            sender = new PacketSender(Unpaced.Settings(endpoint, packetsPerBurst).Delivery, transport, tally);
            packet = Packet;
            entries = new PacketEntries(Lines, Spanning: 0, OpenSpans: false);
        }

        public override Contender Rival { get; }

        public override void Send()
        {
            sender.Begin(TimeSpan.FromSeconds(30));
            for (var i = 0; i < Packets; i++)
            {
                sender.Add(packet, entries);
            }

            if (!sender.Complete() || tally.PacketsSent != Packets)
            {
                throw new InvalidOperationException($"'{Name}' has not sent every packet.");
            }

            tally.Reset();
        }

        public override void Dispose() => sender.Dispose();
    }
}
