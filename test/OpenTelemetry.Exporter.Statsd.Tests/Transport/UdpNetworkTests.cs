using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Transport;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What only another host, or a network that is not loopback, does to a packet.</summary>
[Collection(Alone.Name)]
public sealed class UdpNetworkTests : IDisposable
{
    private const int PacketBytes = 1432;
    private const int Port = 8125;
    private const string Neighbour = "10.9.0.2";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly NetworkNamespace here = new();

    public void Dispose() => here.Dispose();

    [Fact]
    public void Segmentation_is_given_up_for_good_where_a_packet_is_longer_than_the_path_takes_in_one_piece()
    {
        here.Ip("link set lo mtu 1300");
        here.Do(() =>
        {
            using var receiver = new UdpReceiver();
            using var transport = new UdpTransport(new Endpoint("127.0.0.1", receiver.Port), PacketBytes, asksWithEmptyLine: false);
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(45, transport.MaxPacketsPerSend);

            // Nothing was taken, and the call is worth repeating with fewer packets.
            Assert.Equal(SocketError.Success, transport.Send(new byte[3 * PacketBytes], PacketBytes, out var taken));
            Assert.Equal(0, taken);
            Assert.Equal(1, transport.MaxPacketsPerSend);
            Assert.Equal(SocketError.Success, transport.Send(new byte[PacketBytes], PacketBytes, out taken));
            Assert.Equal(PacketBytes, taken);
            Assert.Equal(PacketBytes, Assert.Single(receiver.WaitForDatagrams(1)).Length);

            transport.Disconnect();
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(1, transport.MaxPacketsPerSend);
        });
    }

    [Fact]
    public void A_single_packet_longer_than_the_path_takes_in_one_piece_goes_out_without_segmentation()
    {
        here.Ip("link set lo mtu 1300");
        here.Do(() =>
        {
            using var receiver = new UdpReceiver();
            using var transport = new UdpTransport(new Endpoint("127.0.0.1", receiver.Port), PacketBytes, asksWithEmptyLine: false);
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, transport.Send(new byte[PacketBytes], PacketBytes, out var taken));
            Assert.Equal(0, taken);
            Assert.Equal(SocketError.Success, transport.Send(new byte[PacketBytes], PacketBytes, out taken));
            Assert.Equal(PacketBytes, taken);
            Assert.Equal(PacketBytes, Assert.Single(receiver.WaitForDatagrams(1)).Length);
        });
    }

    [Fact]
    public void A_socket_that_is_connected_to_itself_is_no_receiver()
    {
        // Two ports for clients, of which one is the receiver's.
        const int ClientPort = 40_000;
        here.Do(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_local_port_range", $"{ClientPort} {ClientPort + 1}");
            using var transport = new UdpTransport(new Endpoint("127.0.0.1", ClientPort), PacketBytes, asksWithEmptyLine: true);
            for (var i = 0; i < 1000; i++)
            {
                Assert.Equal(SocketError.ConnectionRefused, transport.Probe(Soon));
            }

            File.WriteAllText("/proc/sys/net/ipv4/ip_local_port_range", "50000 60000");
            using var receiver = new UdpReceiver(port: ClientPort);
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, transport.Send("1"u8.ToArray(), PacketBytes, out _));
            Assert.Equal("1"u8, Assert.Single(receiver.WaitForDatagrams(1)));
        });
    }

    [Fact]
    public void A_host_elsewhere_is_not_asked_until_it_has_refused()
    {
        using var there = new NetworkNamespace();
        here.Link(there);
        using var transport = new UdpTransport(new Endpoint(Neighbour, Port), PacketBytes, asksWithEmptyLine: true);
        using (var receiver = new Receiver(there))
        {
            Deliver(transport, "1");
            Assert.Equal("1", receiver.Receive());
        }

        Deliver(transport, "2");
        Assert.Equal(SocketError.ConnectionRefused, WaitForReport(transport));
        Assert.Equal(SocketError.ConnectionRefused, Probe(transport));
        Assert.Equal(SocketError.ConnectionRefused, Probe(transport));

        using var restarted = new Receiver(there);
        Deliver(transport, "3");
        Deliver(transport, "4");
        Assert.Equal(["\n", "3", "4"], [restarted.Receive(), restarted.Receive(), restarted.Receive()]);
    }

    [Fact]
    public void A_router_that_rejects_packets_reports_it_late_and_by_its_own_code()
    {
        using var there = new NetworkNamespace();
        here.Link(there);
        BeRouter(there);
        there.Ip("route add prohibit 10.50.0.0/16");
        here.Ip($"route add 10.50.0.0/16 via {Neighbour}");
        using var transport = new UdpTransport(new Endpoint("10.50.0.1", Port), PacketBytes, asksWithEmptyLine: true);
        Deliver(transport, "1");
        Assert.Equal(SocketError.HostUnreachable, WaitForReport(transport));
        Assert.Equal(SocketError.Success, Probe(transport));
    }

    [Fact]
    public void A_path_that_becomes_narrow_costs_the_packet_that_finds_out_and_reports_it()
    {
        using var there = new NetworkNamespace();
        here.Link(there);
        BeRouter(there);
        there.Ip("link add narrow mtu 1280 type veth peer name end mtu 1280");
        there.Ip("link set narrow up");
        there.Ip("link set end up");
        there.Ip("route add 10.60.0.0/16 dev narrow");
        here.Ip($"route add 10.60.0.0/16 via {Neighbour}");
        using var transport = new UdpTransport(new Endpoint("10.60.0.1", Port), PacketBytes, asksWithEmptyLine: false);
        Deliver(transport, new string('x', PacketBytes));
        Assert.Equal(SocketError.MessageSize, WaitForReport(transport));

        // From now on the kernel cuts it, though not for a socket that does so itself.
        Assert.Equal(SocketError.Success, Probe(transport));
        here.Do(() =>
        {
            var packet = new byte[PacketBytes];
            Assert.Equal(SocketError.Success, transport.Send(packet, PacketBytes, out var taken));
            Assert.Equal(0, taken);
            Assert.Equal(SocketError.Success, transport.Send(packet, PacketBytes, out taken));
            Assert.Equal(PacketBytes, taken);
        });
    }

    [Fact]
    public void A_route_that_is_taken_away_fails_the_call_itself_and_reports_nothing_of_the_one_before()
    {
        using var there = new NetworkNamespace();
        here.Link(there);
        using var receiver = new Receiver(there);
        using var transport = new UdpTransport(new Endpoint(Neighbour, Port), PacketBytes, asksWithEmptyLine: false);
        Deliver(transport, "1");
        Assert.Equal("1", receiver.Receive());
        here.Ip($"route add prohibit {Neighbour}");
        here.Do(() =>
        {
            Assert.Equal(SocketError.Success, transport.TakeReport());
            Assert.Equal(SocketError.AccessDenied, transport.Send("2"u8.ToArray(), PacketBytes, out var taken));
            Assert.Equal(0, taken);
            Assert.Equal(SocketError.AccessDenied, transport.Probe(Soon));
        });
        here.Ip($"route del prohibit {Neighbour}");
        Deliver(transport, "3");
        Assert.Equal("3", receiver.Receive());
    }

    private static void BeRouter(NetworkNamespace network) =>
        network.Do(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));

    private SocketError Probe(UdpTransport transport)
    {
        var error = SocketError.SocketError;
        here.Do(() => error = transport.Probe(Soon));
        return error;
    }

    private void Deliver(UdpTransport transport, string packet)
    {
        Assert.Equal(SocketError.Success, Probe(transport));
        here.Do(() => Assert.Equal(SocketError.Success, transport.Send(Encoding.ASCII.GetBytes(packet), PacketBytes, out _)));
    }

    /// <summary>The report takes its way back through the other network.</summary>
    private static SocketError WaitForReport(UdpTransport transport)
    {
        var report = SocketError.Success;
        Assert.True(SpinWait.SpinUntil(() => (report = transport.TakeReport()) != SocketError.Success, Soon), "Nothing was reported.");
        return report;
    }

    /// <summary>A receiver on another host.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly byte[] buffer = new byte[65_536];
        private Socket? socket;

        public Receiver(NetworkNamespace network) => network.Do(() =>
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 60_000 };
            socket.Bind(new IPEndPoint(IPAddress.Parse(Neighbour), Port));
        });

        public string Receive() => Encoding.ASCII.GetString(buffer, 0, socket!.Receive(buffer));

        public void Dispose() => socket!.Dispose();
    }
}
