using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What a receiver has not read is known, wherever it is bound; all with real sockets that read only when told.</summary>
/// <remarks>Alone: the sockets that other tests close while the kernel's table is read can hide the receiver.</remarks>
[Collection(Alone.Name)]
public sealed class ReceiverQueueTests
{
    private const int PacketBytes = 1000;

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "0.0.0.0")]
    [InlineData("127.0.0.1", "::")]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("127.1.2.3", "127.1.2.3")]
    [InlineData("::1", "::1")]
    [InlineData("::1", "::")]
    public void What_comes_makes_it_longer_and_reading_empties_it(string peer, string bound)
    {
        using var receiver = Bind(bound);
        using var queue = new ReceiverQueue(IPAddress.Parse(peer), Port(receiver));
        using var sender = Connect(peer, Port(receiver));
        Assert.Equal(0, queue.Read());
        long before = 0;
        for (var i = 1; i <= 10; i++)
        {
            sender.Send(new byte[PacketBytes]);
            var queued = queue.Read();
            Assert.InRange(queued, before + PacketBytes, 100_000);
            before = queued;
        }

        for (var i = 0; i < 10; i++)
        {
            receiver.Receive(new byte[PacketBytes]);
        }

        Assert.Equal(0, queue.Read());
    }

    [Fact]
    public void Of_several_sockets_the_longest_queue_counts()
    {
        using var exact = Bind("127.0.0.1", shares: true);
        using var other = Bind("0.0.0.0", Port(exact), shares: true);
        using var queue = new ReceiverQueue(IPAddress.Loopback, Port(exact));
        using var toExact = Connect("127.0.0.1", Port(exact));
        using var toOther = Connect("127.0.0.2", Port(exact));
        toExact.Send(new byte[PacketBytes]);
        var one = queue.Read();
        Assert.InRange(one, PacketBytes, 100_000);
        toOther.Send(new byte[PacketBytes]);
        toOther.Send(new byte[PacketBytes]);
        Assert.InRange(queue.Read(), one + 1, 100_000);
    }

    [Fact]
    public void It_is_found_among_more_sockets_than_one_read_tells_of()
    {
        var others = Enumerable.Range(0, 200).Select(_ => Bind("127.0.0.1")).ToArray();
        try
        {
            foreach (var receiver in others)
            {
                using var queue = new ReceiverQueue(IPAddress.Loopback, Port(receiver));
                using var sender = Connect("127.0.0.1", Port(receiver));
                sender.Send(new byte[PacketBytes]);
                Assert.InRange(queue.Read(), PacketBytes, 100_000);
            }
        }
        finally
        {
            Array.ForEach(others, receiver => receiver.Dispose());
        }
    }

    [Fact]
    public void Another_address_another_port_and_a_socket_with_a_peer_are_not_the_receiver()
    {
        using var receiver = Bind("127.0.0.2");
        using var sender = Connect("127.0.0.2", Port(receiver));
        sender.Send(new byte[PacketBytes]);
        using var otherAddress = new ReceiverQueue(IPAddress.Loopback, Port(receiver));
        Assert.Equal(0, otherAddress.Read());
        receiver.Connect(sender.LocalEndPoint!);
        using var withPeer = new ReceiverQueue(IPAddress.Parse("127.0.0.2"), Port(receiver));
        Assert.Equal(0, withPeer.Read());
        receiver.Dispose();
        using var nobody = new ReceiverQueue(IPAddress.Parse("127.0.0.2"), 1);
        Assert.Equal(0, nobody.Read());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_read_allocates_nothing_and_none_follows_the_end(string address)
    {
        using var receiver = Bind(address);
        using var sender = Connect(address, Port(receiver));
        sender.Send(new byte[PacketBytes]);
        using var queue = new ReceiverQueue(IPAddress.Parse(address), Port(receiver));
        Assert.InRange(queue.Read(), PacketBytes, 100_000);
        Assert.Equal(0, Observed.Allocations(() => queue.Read()));
        queue.Dispose();
        Assert.Empty(Observed.Exceptions(() => Assert.Equal(0, queue.Read())));
    }

    [Fact]
    public void A_transport_tells_that_its_receiver_is_behind_above_40_KiB()
    {
        using var receiver = Bind("127.0.0.1");
        using var transport = new UdpTransport(new Endpoint("127.0.0.1", Port(receiver)), PacketBytes, asksWithEmptyLine: false);
        using var queue = new ReceiverQueue(IPAddress.Loopback, Port(receiver));
        Assert.False(transport.IsReceiverBehind);
        Assert.Equal(SocketError.Success, transport.Probe(TimeSpan.FromSeconds(60)));
        var packets = 0;
        while (queue.Read() <= 40_960)
        {
            Assert.False(transport.IsReceiverBehind);
            Assert.Equal(SocketError.Success, transport.Send(new byte[PacketBytes], PacketBytes, out _));
            packets++;
        }

        Assert.True(transport.IsReceiverBehind);
        for (; packets > 0; packets--)
        {
            receiver.Receive(new byte[PacketBytes]);
        }

        Assert.False(transport.IsReceiverBehind);
        transport.Disconnect();
        Assert.False(transport.IsReceiverBehind);
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static Socket Bind(string address, int port = 0, bool shares = false)
    {
        var parsed = IPAddress.Parse(address);
        var socket = new Socket(parsed.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 60_000 };
        if (parsed.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        if (shares)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }

        socket.Bind(new IPEndPoint(parsed, port));
        return socket;
    }

    private static Socket Connect(string address, int port)
    {
        var peer = IPAddress.Parse(address);
        var socket = new Socket(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (peer.IsIPv4MappedToIPv6)
        {
            socket.DualMode = true;
        }

        socket.Connect(peer, port);
        return socket;
    }
}
