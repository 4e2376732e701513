using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Transport;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>
/// The socket follows its peer's name, tells what the network reports, and sends several packets a call; all with real sockets on loopback,
/// and a name server made of a function.
/// </summary>
public sealed class UdpTransportTests
{
    private const int PacketBytes = 1432;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    /// <summary>Each datagram as it comes.</summary>
    private static readonly ReceiverOptions Raw = new() { SkipsEmptyLines = false };

    [Theory]
    [InlineData("127.0.0.1", AddressFamily.InterNetwork)]
    [InlineData("::1", AddressFamily.InterNetworkV6)]
    [InlineData("localhost", AddressFamily.InterNetwork)]
    public void It_sends_to_addresses_of_both_families_and_to_names(string host, AddressFamily family)
    {
        using var receiver = new UdpReceiver(family, options: Raw);
        using var transport = NewTransport(host, receiver.Port);
        Assert.True(transport.IsLossy);
        Assert.Equal(SocketError.NotConnected, Send(transport, "too early"));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "hello"));
        Assert.Equal(["hello"], Texts(receiver.WaitForDatagrams(1)));
    }

    [Fact]
    public void A_name_is_looked_up_again_after_thirty_seconds_and_a_changed_address_is_taken_over()
    {
        using var first = new UdpReceiver(options: Raw);
        using var second = new OneAddress("127.0.0.2", first.Port);
        using var names = new Names("127.0.0.1");
        using var transport = NewTransport(names, first.Port);
        Deliver(transport, "1");
        names.Current = [IPAddress.Parse("127.0.0.2")];
        names.Clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Deliver(transport, "2");
        Assert.Equal(1, names.Asked);
        names.Clock.Advance(TimeSpan.FromTicks(1));
        Deliver(transport, "3");
        names.WaitForLookUps(2);
        Deliver(transport, "4");
        Assert.Equal(["1", "2", "3"], Texts(first.WaitForDatagrams(3)));
        Assert.Equal("4", second.Receive());
    }

    [Fact]
    public void A_name_that_bears_the_address_still_keeps_the_socket_and_goes_on_from_there()
    {
        using var first = new OneAddress("127.0.0.1");
        using var second = new OneAddress("127.0.0.2", first.Port);
        using var names = new Names("127.0.0.1");
        using var transport = NewTransport(names, first.Port);
        Deliver(transport, "1");
        names.Current = [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback];
        names.Clock.Advance(TimeSpan.FromSeconds(30));
        Deliver(transport, "2");
        names.WaitForLookUps(2);
        Deliver(transport, "3");
        Assert.Equal(["1", "2", "3"], [first.Receive(), first.Receive(), first.Receive()]);
        Assert.Single(first.Senders);

        first.Refuse();
        Deliver(transport, "lost");
        Assert.Equal(SocketError.ConnectionRefused, transport.TakeReport());
        Deliver(transport, "4");
        Assert.Equal("4", second.Receive());
    }

    [Fact]
    public void A_closed_port_is_reported_once_by_a_report()
    {
        using var closed = new ClosedPort();
        using var transport = NewTransport("127.0.0.1", closed.EndPoint.Port);
        Deliver(transport, "1");
        Assert.Equal(SocketError.ConnectionRefused, transport.TakeReport());
        Assert.Equal(SocketError.Success, transport.TakeReport());
        Assert.Equal(SocketError.NotConnected, Send(transport, "2"));
    }

    [Fact]
    public void A_closed_port_is_reported_by_the_next_call_which_takes_nothing()
    {
        using var closed = new ClosedPort();
        using var transport = NewTransport("127.0.0.1", closed.EndPoint.Port);
        Deliver(transport, "1");
        Assert.Equal(SocketError.ConnectionRefused, Send(transport, "2"));
        Assert.Equal(SocketError.Success, transport.TakeReport());
        Assert.Equal(SocketError.NotConnected, Send(transport, "3"));
    }

    [Fact]
    public void A_report_that_waits_is_told_by_the_next_probe_and_that_one_connects_again()
    {
        using var closed = new ClosedPort();
        using var transport = NewTransport("127.0.0.1", closed.EndPoint.Port);
        Deliver(transport, "1");
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, transport.TakeReport());
        Assert.Equal(SocketError.Success, Send(transport, "2"));
    }

    [Fact]
    public void Who_may_be_asked_is_asked_by_an_empty_line_and_its_answer_told()
    {
        using var receiver = new UdpReceiver(options: Raw);
        using var transport = NewTransport("127.0.0.1", receiver.Port, asksWithEmptyLine: true);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "1"));
        Assert.Equal(["\n", "1"], Texts(receiver.WaitForDatagrams(2)));
        receiver.StopGracefully();
        Assert.Equal(SocketError.ConnectionRefused, transport.Probe(Soon));
        Assert.Equal(SocketError.ConnectionRefused, transport.Probe(Soon));
        Assert.Equal(SocketError.NotConnected, Send(transport, "2"));
        receiver.Start();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "3"));
        Assert.Equal(["\n", "1", "\n", "3"], Texts(receiver.WaitForDatagrams(4)));
    }

    [Fact]
    public void Who_may_not_be_asked_gets_packets_and_nothing_else()
    {
        using var receiver = new UdpReceiver(options: Raw);
        using var transport = NewTransport("127.0.0.1", receiver.Port);
        Deliver(transport, "1");
        Deliver(transport, "2");
        Assert.Equal(["1", "2"], Texts(receiver.WaitForDatagrams(2)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_one_address_refuses_the_next_one_has_its_turn(bool asksWithEmptyLine)
    {
        // Nobody listens on IPv4, which is tried first.
        var (closed, receiver) = OnePort.Take(
            () => new ClosedPort(), closed => new UdpReceiver(AddressFamily.InterNetworkV6, closed.EndPoint.Port, Raw));
        using var ofClosed = closed;
        using var ofReceiver = receiver;
        using var names = new Names("127.0.0.1", "::1");
        using var transport = NewTransport(names, receiver.Port, asksWithEmptyLine);
        if (!asksWithEmptyLine)
        {
            Deliver(transport, "lost");
            Assert.Equal(SocketError.ConnectionRefused, transport.TakeReport());
        }

        Deliver(transport, "found");
        Assert.Equal("found", Texts(receiver.WaitForDatagrams(asksWithEmptyLine ? 2 : 1))[^1]);
    }

    [Fact]
    public void An_address_that_refused_has_its_turn_again_where_the_others_are_of_no_use()
    {
        // No socket may broadcast unless it asked for it.
        using var receiver = new UdpReceiver(options: Raw);
        using var names = new Names("127.0.0.1", "255.255.255.255");
        using var transport = NewTransport(names, receiver.Port);
        receiver.StopGracefully();
        Deliver(transport, "lost");
        Assert.Equal(SocketError.ConnectionRefused, transport.TakeReport());
        receiver.Start();
        Deliver(transport, "found");
        Deliver(transport, "again");
        Assert.Equal(["found", "again"], Texts(receiver.WaitForDatagrams(2)));
    }

    [Fact]
    public void An_address_that_cannot_be_reached_does_not_keep_the_others_from_their_turn()
    {
        using var receiver = new UdpReceiver(options: Raw);
        using var names = new Names("255.255.255.255", "127.0.0.1");
        using var transport = NewTransport(names, receiver.Port);
        Deliver(transport, "found");
        Assert.Equal(["found"], Texts(receiver.WaitForDatagrams(1)));
    }

    [Fact]
    public void Where_no_address_can_be_reached_the_error_is_returned_and_nothing_thrown()
    {
        using var transport = NewTransport("255.255.255.255", 8125);
        Assert.Equal(SocketError.AccessDenied, transport.Probe(Soon));
        Assert.Equal(SocketError.AccessDenied, transport.Probe(Soon));
        Assert.Equal(SocketError.NotConnected, Send(transport, "1"));
        Assert.Equal(SocketError.Success, transport.TakeReport());
    }

    [Fact]
    public void A_name_is_looked_up_again_after_a_refusal()
    {
        using var first = new UdpReceiver(options: Raw);
        using var second = new OneAddress("127.0.0.2", first.Port);
        using var names = new Names("127.0.0.1");
        using var transport = NewTransport(names, first.Port);
        first.StopGracefully();
        Deliver(transport, "lost");
        names.Current = [IPAddress.Parse("127.0.0.2")];
        names.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SocketError.ConnectionRefused, transport.TakeReport());
        names.WaitForLookUps(2);
        Deliver(transport, "found");
        Assert.Equal("found", second.Receive());
    }

    [Fact]
    public void A_failed_lookup_keeps_the_address_that_is_known()
    {
        using var receiver = new UdpReceiver(options: Raw);
        using var names = new Names("127.0.0.1");
        using var transport = NewTransport(names, receiver.Port);
        Deliver(transport, "1");
        names.Current = null;
        names.Clock.Advance(TimeSpan.FromSeconds(30));
        Deliver(transport, "2");
        names.WaitForLookUps(2);
        Deliver(transport, "3");
        Assert.Equal(["1", "2", "3"], Texts(receiver.WaitForDatagrams(3)));
    }

    [Fact]
    public void A_name_that_resolves_later_is_used_from_then_on()
    {
        using var receiver = new UdpReceiver(options: Raw);
        using var names = new Names { Current = null };
        using var transport = NewTransport(names, receiver.Port);
        Assert.Equal(SocketError.HostNotFound, transport.Probe(Soon));
        Assert.Equal(SocketError.NotConnected, Send(transport, "lost"));
        names.Current = [IPAddress.Loopback];
        names.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SocketError.HostNotFound, transport.Probe(Soon));
        names.WaitForLookUps(2);
        Deliver(transport, "found");
        Assert.Equal(["found"], Texts(receiver.WaitForDatagrams(1)));
    }

    [Fact]
    public void The_first_probe_waits_for_the_name_and_no_other_does()
    {
        using var receiver = new UdpReceiver(options: Raw);
        using var answered = new ManualResetEventSlim();
        var isWaitedFor = false;
        var clock = new ManualClock();
        using var resolver = new NameResolver("receiver.test", AnswerOnceWaitedForAsync(Thread.CurrentThread), clock);
        using var transport = new UdpTransport(new Endpoint("receiver.test", receiver.Port), PacketBytes, asksWithEmptyLine: false, resolver);

        // The first lookup fails, as it is waited for.
        Assert.Equal(SocketError.HostNotFound, transport.Probe(Soon));
        Assert.True(isWaitedFor);

        // The second one would succeed if it was waited for, and is asked for by the end of this probe.
        isWaitedFor = false;
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SocketError.HostNotFound, transport.Probe(Soon));
        Assert.Equal(SocketError.HostNotFound, transport.Probe(Soon));
        Assert.False(Volatile.Read(ref isWaitedFor));
        answered.Set();

        Func<string, CancellationToken, Task<IPAddress[]>> AnswerOnceWaitedForAsync(Thread asking)
        {
            var isFirst = true;
            return (_, cancelled) => Task.Run(
                () =>
                {
                    var fails = isFirst;
                    isFirst = false;
                    while (!answered.IsSet && !cancelled.IsCancellationRequested)
                    {
                        if (asking.ThreadState.HasFlag(ThreadState.WaitSleepJoin))
                        {
                            Volatile.Write(ref isWaitedFor, true);
                            return fails ? throw new SocketException((int)SocketError.HostNotFound) : new[] { IPAddress.Loopback };
                        }

                        Thread.Yield();
                    }

                    return [];
                },
                CancellationToken.None);
        }
    }

    [Fact]
    public void Sixteen_packets_go_out_with_one_call()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has segmentation offload.");
        using var receiver = new UdpReceiver(options: Raw);
        using var transport = NewTransport("127.0.0.1", receiver.Port);
        Assert.Equal(45, transport.MaxPacketsPerSend);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(45, transport.MaxPacketsPerSend);
        var run = Run(packets: 16, lastBytes: 100);
        Assert.Equal(SocketError.Success, transport.Send(run, PacketBytes, out var taken));
        Assert.Equal(run.Length, taken);
        Assert.Equal(run.Chunk(PacketBytes), receiver.WaitForDatagrams(16));
        Assert.Equal(SocketError.Success, transport.TakeReport());
    }

    [Fact]
    public void A_run_that_is_refused_is_refused_as_a_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has segmentation offload.");
        using var closed = new ClosedPort();
        using var transport = NewTransport("127.0.0.1", closed.EndPoint.Port);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, transport.Send(Run(packets: 16, lastBytes: 100), PacketBytes, out _));
        Assert.Equal(SocketError.ConnectionRefused, transport.TakeReport());
        Assert.Equal(45, transport.MaxPacketsPerSend);
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(1432, 45)]
    [InlineData(8192, 7)]
    [InlineData(32_753, 2)]
    [InlineData(32_754, 1)]
    [InlineData(65_507, 1)]
    public void As_many_packets_go_together_as_a_datagram_could_hold_and_at_most_64(int bytes, int packets)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has segmentation offload.");
        using var receiver = new UdpReceiver(options: Raw);
        using var transport = new UdpTransport(new Endpoint("127.0.0.1", receiver.Port), bytes, asksWithEmptyLine: false);
        Assert.Equal(packets, transport.MaxPacketsPerSend);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        var run = Enumerable.Range(0, packets * bytes).Select(index => (byte)index).ToArray();
        Assert.Equal(SocketError.Success, transport.Send(run, bytes, out var taken));
        Assert.Equal(run.Length, taken);
        Assert.Equal(run.Chunk(bytes), receiver.WaitForDatagrams(packets));
    }

    [Fact]
    public void A_packet_beyond_what_UDP_carries_is_refused_by_error_code()
    {
        using var receiver = new UdpReceiver(options: Raw);
        using var transport = new UdpTransport(new Endpoint("127.0.0.1", receiver.Port), packetBytes: 65_508, asksWithEmptyLine: false);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.MessageSize, transport.Send(new byte[65_508], 65_508, out var taken));
        Assert.Equal(0, taken);
        Assert.Equal(SocketError.Success, transport.Send(new byte[65_507], 65_508, out taken));
        Assert.Equal(65_507, taken);
        Assert.Equal(65_507, Assert.Single(receiver.WaitForDatagrams(1)).Length);
    }

    [Fact]
    public void A_connection_given_up_is_made_again_by_a_probe()
    {
        using var receiver = new UdpReceiver(options: Raw);
        using var transport = NewTransport("127.0.0.1", receiver.Port);
        Deliver(transport, "1");
        transport.Disconnect();
        transport.WaitUntilWritable(Soon);
        Assert.Equal(SocketError.NotConnected, Send(transport, "lost"));
        Deliver(transport, "2");
        Assert.Equal(["1", "2"], Texts(receiver.WaitForDatagrams(2)));
    }

    [Fact]
    public void After_its_end_it_sends_nothing()
    {
        using var receiver = new UdpReceiver(options: Raw);
        var transport = new GuardedTransport(NewTransport("127.0.0.1", receiver.Port), new ExporterEvents("test"));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        transport.Dispose();
        transport.Dispose();
        Assert.Equal(SocketError.OperationAborted, Send(transport, "late"));
        Assert.Equal(SocketError.OperationAborted, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, transport.TakeReport());
    }

    [Theory]
    [InlineData("0.0.0.0", AddressFamily.InterNetwork)]
    [InlineData("::", AddressFamily.InterNetworkV6)]
    public void An_address_that_stands_for_all_of_this_host_is_asked_like_any_other_of_it(string host, AddressFamily family)
    {
        using var closed = new ClosedPort(family);
        using var transport = NewTransport(host, closed.EndPoint.Port, asksWithEmptyLine: true);
        Assert.Equal(SocketError.ConnectionRefused, transport.Probe(Soon));
    }

    [Fact]
    public void It_may_be_ended_by_another_thread_at_any_time()
    {
        using var receiver = new UdpReceiver(options: Raw);
        for (var round = 0; round < 300; round++)
        {
            var transport = new GuardedTransport(NewTransport("127.0.0.1", receiver.Port, asksWithEmptyLine: true), new ExporterEvents("test"));
            var calls = 0;
            List<Exception>? thrown = null;
            var sender = new OtherThread(() => thrown = Observed.Exceptions(() =>
            {
                while (transport.Probe(Soon) != SocketError.OperationAborted)
                {
                    transport.TakeReport();
                    transport.Send("1"u8.ToArray(), PacketBytes, out _);
                    transport.Disconnect();
                    Volatile.Write(ref calls, calls + 1);
                }
            }));
            var enough = round % 7;
            Observed.Until(() => Volatile.Read(ref calls) > enough);
            transport.Dispose();
            sender.Join();
            Assert.Empty(thrown!);
        }
    }

    private static UdpTransport NewTransport(string host, int port, bool asksWithEmptyLine = false) =>
        new(new Endpoint(host, port), PacketBytes, asksWithEmptyLine);

    private static UdpTransport NewTransport(Names names, int port, bool asksWithEmptyLine = false) =>
        new(new Endpoint("receiver.test", port), PacketBytes, asksWithEmptyLine, names.NewResolver());

    private static SocketError Send(ITransport transport, string packet)
    {
        var error = transport.Send(Encoding.ASCII.GetBytes(packet), PacketBytes, out var taken);
        Assert.Equal(error == SocketError.Success ? packet.Length : 0, taken);
        return error;
    }

    private static void Deliver(UdpTransport transport, string packet)
    {
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, packet));
    }

    private static byte[] Run(int packets, int lastBytes) =>
        [.. Enumerable.Range(0, ((packets - 1) * PacketBytes) + lastBytes).Select(index => (byte)(index / PacketBytes))];

    private static string[] Texts(IEnumerable<byte[]> datagrams) => [.. datagrams.Select(Encoding.ASCII.GetString)];

    /// <summary>A receiver on an address of 127.0.0.0/8, all of which Linux has without being told.</summary>
    private sealed class OneAddress : IDisposable
    {
        private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 60_000 };

        public OneAddress(string address, int port = 0) => socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));

        public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;

        /// <summary>Whence something has come.</summary>
        public HashSet<EndPoint> Senders { get; } = [];

        public string Receive()
        {
            var buffer = new byte[64];
            EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
            var length = socket.ReceiveFrom(buffer, ref sender);
            Senders.Add(sender);
            return Encoding.ASCII.GetString(buffer, 0, length);
        }

        /// <summary>Refuses all from now on: connected to itself, it is nobody else's peer, and nobody else can be given the port.</summary>
        public void Refuse() => socket.Connect(socket.LocalEndPoint!);

        public void Dispose() => socket.Dispose();
    }
}
