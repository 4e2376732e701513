using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>A sender and real UDP sockets: whatever befalls them, each line arrives once. Only the time is a test's.</summary>
/// <remarks>Alone for the same reason as <see cref="UdpNetworkTests"/>.</remarks>
[Collection(Alone.Name)]
public sealed class UdpDeliveryTests
{
    private const int PacketBytes = 100;
    private const int Port = 8125;

    private readonly ManualClock clock = new();
    private readonly ExportTally tally = new(new ExporterEvents("test"));
    private int number;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_receiver_that_comes_back_gets_what_was_sent_while_it_was_away(bool skipsEmptyLines)
    {
        List<string> sent = [];
        using var receiver = new UdpReceiver();
        using var sender = NewSender("127.0.0.1", receiver.Port, skipsEmptyLines);
        for (var round = 0; round < 5; round++)
        {
            Assert.True(IsReceiverThere(sender));
            Assert.True(Export(sender, sent, packets: 50));
            receiver.WaitFor(datagrams => Lines(datagrams).Count == sent.Count);
            receiver.Kill();

            // Nobody has said so yet.
            Assert.False(Export(sender, sent, packets: 50));
            Assert.Equal(50, sender.QueuedPackets);
            clock.Advance(CircuitBreaker.MinBackOff);
            Assert.False(IsReceiverThere(sender));
            receiver.Start();
            clock.Advance(CircuitBreaker.MaxBackOff);
        }

        Assert.True(IsReceiverThere(sender));
        receiver.StopGracefully();
        Assert.Equal(sent, Lines(receiver.Datagrams));
        Assert.Equal(500, tally.PacketsSent);
        Assert.Equal(500, tally.PointsExported);
        Assert.Equal(0, tally.PacketsDropped.ToArray().Sum());
    }

    [Fact]
    public void Where_the_path_takes_no_runs_each_packet_goes_by_itself_and_once()
    {
        using var here = new NetworkNamespace();
        here.Ip("link set lo mtu 120");
        here.Do(() =>
        {
            List<string> sent = [];
            using var receiver = new UdpReceiver();
            using var sender = NewSender("127.0.0.1", receiver.Port, skipsEmptyLines: true);
            Assert.True(Export(sender, sent, packets: 50));
            var arrived = receiver.WaitFor(datagrams => Lines(datagrams).Count >= 50);
            Assert.Equal(sent, Lines(arrived));
            Assert.Equal(50, tally.PacketsSent);
        });
    }

    [Fact]
    public void A_route_that_is_taken_away_and_given_back_costs_nothing_and_sends_nothing_twice()
    {
        using var here = new NetworkNamespace();
        using var there = new NetworkNamespace();
        here.Link(there);
        List<string> sent = [];
        List<string> arrived = [];
        Socket? receiver = null;
        there.Do(() =>
        {
            receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 60_000 };
            receiver.Bind(new IPEndPoint(IPAddress.Parse("10.9.0.2"), Port));
        });
        using (receiver)
        {
            using var sender = NewSender("10.9.0.2", Port, skipsEmptyLines: true);
            here.Do(() =>
            {
                Assert.True(IsReceiverThere(sender));

                // One call goes out at once; the rest of the series finds no route.
                sender.Begin(TimeSpan.FromSeconds(1));
                Add(sender, sent, packets: 20);
            });
            Assert.Equal(20, sender.QueuedPackets);
            here.Ip("route add prohibit 10.9.0.2");
            here.Do(() => Assert.False(sender.Complete()));
            Assert.Equal(4, sender.QueuedPackets);
            here.Ip("route del prohibit 10.9.0.2");
            clock.Advance(CircuitBreaker.MaxBackOff);
            here.Do(() => Assert.True(IsReceiverThere(sender)));
            var buffer = new byte[PacketBytes];
            while (arrived.Count < 20)
            {
                arrived.AddRange(Lines([buffer[..receiver!.Receive(buffer)]]));
            }

            Assert.Equal(0, receiver!.Available);
        }

        Assert.Equal(sent, arrived);
        Assert.Equal(20, tally.PacketsSent);
        Assert.Equal(0, tally.PacketsResent);
    }

    [Fact]
    public void A_receiver_with_the_default_buffer_that_stalls_again_and_again_loses_nothing()
    {
        const int Packets = 4000;
        List<string> sent = [];
        using var receiver = new UdpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = null });
        using var queue = new ReceiverQueue(receiver.EndPoint.Address, receiver.Port);
        var stalls = 0;
        var asked = 0;
        long longest = 0;
        receiver.Pause();

        // Whoever waits while the queue is long waits for the receiver, not for the pace, and finds the queue as long as before.
        void Wait(TimeSpan time)
        {
            clock.Advance(time);
            var queued = queue.Read();
            asked = queued > 40_960 && queued == longest ? asked + 1 : 0;
            longest = queued;
            if (asked < 20)
            {
                return;
            }

            stalls++;
            receiver.Resume();
            receiver.WaitForDatagrams((int)tally.PacketsSent);
            if (tally.PacketsSent < Packets / 2)
            {
                receiver.Pause();
            }
        }

        using var sender = NewSender("127.0.0.1", receiver.Port, skipsEmptyLines: true, Wait);
        sender.Begin(TimeSpan.FromHours(1));
        Add(sender, sent, Packets);
        Assert.True(sender.Complete());
        Assert.Equal(sent, Lines(receiver.WaitForDatagrams(Packets)));
        Assert.InRange(stalls, 5, Packets);
    }

    private static List<string> Lines(IEnumerable<byte[]> datagrams) =>
        [.. datagrams.SelectMany(datagram => Encoding.ASCII.GetString(datagram).Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    private PacketSender NewSender(string host, int port, bool skipsEmptyLines, Action<TimeSpan>? pause = null)
    {
        var endpoint = new Endpoint(host, port);
        var settings = new DeliverySettings
        {
            Endpoint = endpoint,
            MaxPacketBytes = PacketBytes,
            MaxBufferBytes = 65_536,
            MaxPacketsPerBurst = 16,
            MaxPacketsPerSecond = 1000,
            SkipsEmptyLines = skipsEmptyLines,
        };
        return new PacketSender(settings, new UdpTransport(endpoint, PacketBytes, skipsEmptyLines), tally, clock, pause ?? clock.Advance);
    }

    private static bool IsReceiverThere(PacketSender sender)
    {
        sender.Begin(TimeSpan.FromSeconds(1));
        return sender.IsReceiverThere();
    }

    private bool Export(PacketSender sender, List<string> sent, int packets)
    {
        sender.Begin(TimeSpan.FromSeconds(1));
        Add(sender, sent, packets);
        return sender.Complete();
    }

    private void Add(PacketSender sender, List<string> sent, int packets)
    {
        for (var i = 0; i < packets; i++)
        {
            var line = $"line {number++}".PadRight(80 + (number % 20), 'x');
            sent.Add(line);
            sender.Add(Encoding.ASCII.GetBytes(line), new PacketEntries(1, Spanning: 0, OpenSpans: false));
        }
    }
}
