using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Transport;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The socket follows its peer's name; all with real sockets on loopback, and a name server made of a function.</summary>
public sealed class UdpTransportTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("127.0.0.1", AddressFamily.InterNetwork)]
    [InlineData("::1", AddressFamily.InterNetworkV6)]
    [InlineData("localhost", AddressFamily.InterNetwork)]
    public void It_sends_to_addresses_of_both_families_and_to_names(string host, AddressFamily family)
    {
        using var receiver = new UdpReceiver(family);
        using var transport = new UdpTransport(new Endpoint(host, receiver.Port));
        Assert.Equal(SocketError.Success, Send(transport, "hello"u8));
        Assert.Equal("hello"u8.ToArray(), Assert.Single(receiver.WaitForDatagrams(1)));
    }

    [Fact]
    public void A_name_is_looked_up_again_after_thirty_seconds_and_a_changed_address_is_taken_over()
    {
        using var first = new UdpReceiver();
        using var second = new SecondAddress(first.Port);
        using var names = new Names("127.0.0.1");
        using var transport = new UdpTransport(new Endpoint("receiver.test", first.Port), names.NewResolver());
        Send(transport, "1"u8);

        names.Current = [IPAddress.Parse("127.0.0.2")];
        names.Clock.Advance(TimeSpan.FromSeconds(29));
        Send(transport, "2"u8);
        names.Clock.Advance(TimeSpan.FromSeconds(1));
        Send(transport, "3"u8);
        names.WaitForLookUps(2);
        Send(transport, "4"u8);

        Assert.Equal(["1", "2", "3"], first.WaitForDatagrams(3).Select(Encoding.ASCII.GetString));
        Assert.Equal("4", second.Receive());
    }

    [Fact]
    public void A_name_that_bears_the_address_still_keeps_the_socket()
    {
        using var receiver = new UdpReceiver();
        using var names = new Names("127.0.0.1");
        using var transport = new UdpTransport(new Endpoint("receiver.test", receiver.Port), names.NewResolver());
        Send(transport, "1"u8);
        names.Current = [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback];
        names.Clock.Advance(TimeSpan.FromSeconds(30));
        Send(transport, "2"u8);
        names.WaitForLookUps(2);
        Send(transport, "3"u8);
        Assert.Equal(["1", "2", "3"], receiver.WaitForDatagrams(3).Select(Encoding.ASCII.GetString));
    }

    [Fact]
    public void Where_one_address_refuses_the_next_one_is_tried()
    {
        // Nobody listens on IPv4, which is tried first.
        using var receiver = new UdpReceiver(AddressFamily.InterNetworkV6);
        using var names = new Names("127.0.0.1", "::1");
        using var transport = new UdpTransport(new Endpoint("receiver.test", receiver.Port), names.NewResolver());
        Assert.Equal(SocketError.Success, Send(transport, "lost"u8));
        Assert.Equal(SocketError.ConnectionRefused, transport.TakePendingError());
        Assert.Equal(SocketError.Success, Send(transport, "found"u8));
        Assert.Equal("found"u8.ToArray(), Assert.Single(receiver.WaitForDatagrams(1)));
    }

    [Fact]
    public void A_closed_port_is_reported_by_error_code_and_sending_goes_on()
    {
        using var closed = new ClosedPort();
        using var transport = new UdpTransport(new Endpoint("127.0.0.1", closed.EndPoint.Port));
        Assert.Equal(SocketError.Success, transport.Send("1"u8, out var previous));
        Assert.Equal(SocketError.Success, previous);
        Assert.Equal(SocketError.Success, transport.Send("2"u8, out previous));
        Assert.Equal(SocketError.ConnectionRefused, previous);
        Assert.Equal(SocketError.ConnectionRefused, transport.TakePendingError());
        Assert.Equal(SocketError.Success, transport.TakePendingError());
        Assert.Equal(SocketError.Success, transport.Send("3"u8, out previous));
        Assert.Equal(SocketError.Success, previous);
    }

    [Fact]
    public void An_address_that_refused_has_its_turn_again_where_the_others_are_of_no_use()
    {
        var receiver = new UdpReceiver();
        using var names = new Names("127.0.0.1", "255.255.255.255");
        using var transport = new UdpTransport(new Endpoint("receiver.test", receiver.Port), names.NewResolver());
        receiver.Dispose();
        Assert.Equal(SocketError.Success, transport.Send("lost"u8, out _));
        using var restarted = new UdpReceiver(port: receiver.Port);
        Assert.Equal(SocketError.Success, transport.Send("found"u8, out var previous));
        Assert.Equal(SocketError.ConnectionRefused, previous);
        Assert.Equal(SocketError.Success, transport.Send("again"u8, out previous));
        Assert.Equal(SocketError.Success, previous);
        Assert.Equal(["found", "again"], restarted.WaitForDatagrams(2).Select(Encoding.ASCII.GetString));
    }

    [Fact]
    public void A_report_that_waits_when_the_address_changes_is_not_lost()
    {
        using var closed = new ClosedPort();
        using var second = new SecondAddress(closed.EndPoint.Port);
        using var names = new Names("127.0.0.1");
        using var transport = new UdpTransport(new Endpoint("receiver.test", closed.EndPoint.Port), names.NewResolver());
        Assert.Equal(SocketError.Success, transport.Send("lost"u8, out _));
        names.Current = [IPAddress.Parse("127.0.0.2")];
        names.Clock.Advance(TimeSpan.FromSeconds(30));
        names.Refresh();
        names.WaitForLookUps(2);
        Assert.Equal(SocketError.Success, transport.Send("found"u8, out var previous));
        Assert.Equal(SocketError.ConnectionRefused, previous);
        Assert.Equal("found", second.Receive());
    }

    [Fact]
    public void A_refusal_sends_the_next_packet_to_the_next_address()
    {
        using var receiver = new UdpReceiver(AddressFamily.InterNetworkV6);
        using var names = new Names("127.0.0.1", "::1");
        using var transport = new UdpTransport(new Endpoint("receiver.test", receiver.Port), names.NewResolver());
        Assert.Equal(SocketError.Success, transport.Send("lost"u8, out _));
        Assert.Equal(SocketError.Success, transport.Send("found"u8, out var previous));
        Assert.Equal(SocketError.ConnectionRefused, previous);
        Assert.Equal("found"u8.ToArray(), Assert.Single(receiver.WaitForDatagrams(1)));
    }

    [Fact]
    public void An_address_that_cannot_be_reached_does_not_keep_the_others_from_their_turn()
    {
        // No socket may broadcast unless it asked for it.
        using var receiver = new UdpReceiver();
        using var names = new Names("255.255.255.255", "127.0.0.1");
        using var transport = new UdpTransport(new Endpoint("receiver.test", receiver.Port), names.NewResolver());
        Assert.Equal(SocketError.Success, Send(transport, "found"u8));
        Assert.Equal("found"u8.ToArray(), Assert.Single(receiver.WaitForDatagrams(1)));
    }

    [Fact]
    public void Where_no_address_can_be_reached_the_error_is_returned_and_nothing_thrown()
    {
        using var transport = new UdpTransport(new Endpoint("255.255.255.255", 8125));
        Assert.Equal(SocketError.AccessDenied, Send(transport, "1"u8));
        Assert.Equal(SocketError.AccessDenied, Send(transport, "2"u8));
        Assert.Equal(SocketError.Success, transport.TakePendingError());
    }

    [Fact]
    public void A_name_is_looked_up_again_after_a_refusal()
    {
        using var first = new UdpReceiver();
        using var second = new SecondAddress(first.Port);
        using var names = new Names("127.0.0.1");
        using var transport = new UdpTransport(new Endpoint("receiver.test", first.Port), names.NewResolver());
        first.Dispose();
        Send(transport, "lost"u8);
        names.Current = [IPAddress.Parse("127.0.0.2")];
        names.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SocketError.ConnectionRefused, transport.TakePendingError());
        names.WaitForLookUps(2);
        Send(transport, "found"u8);
        Assert.Equal("found", second.Receive());
    }

    [Fact]
    public void After_its_end_it_sends_nothing()
    {
        using var receiver = new UdpReceiver();
        var transport = new UdpTransport(new Endpoint("127.0.0.1", receiver.Port));
        transport.Dispose();
        transport.Dispose();
        Assert.Equal(SocketError.OperationAborted, Send(transport, "late"u8));
        Assert.Equal(SocketError.Success, transport.TakePendingError());
    }

    [Fact]
    public void A_packet_beyond_what_UDP_carries_is_refused_by_error_code()
    {
        using var receiver = new UdpReceiver();
        using var transport = new UdpTransport(new Endpoint("127.0.0.1", receiver.Port));
        Assert.Equal(SocketError.MessageSize, Send(transport, new byte[65_508]));
        Assert.Equal(SocketError.Success, Send(transport, new byte[65_507]));
        Assert.Equal(65_507, Assert.Single(receiver.WaitForDatagrams(1)).Length);
    }

    [Fact]
    public void A_failed_lookup_keeps_the_address_that_is_known()
    {
        using var receiver = new UdpReceiver();
        using var names = new Names("127.0.0.1");
        using var transport = new UdpTransport(new Endpoint("receiver.test", receiver.Port), names.NewResolver());
        Send(transport, "1"u8);
        names.Current = null;
        names.Clock.Advance(TimeSpan.FromSeconds(30));
        Send(transport, "2"u8);
        names.WaitForLookUps(2);
        Send(transport, "3"u8);
        Assert.Equal(3, receiver.WaitForDatagrams(3).Count);
    }

    [Fact]
    public void A_name_that_resolves_later_is_used_from_then_on()
    {
        using var receiver = new UdpReceiver();
        using var names = new Names { Current = null };
        using var transport = new UdpTransport(new Endpoint("receiver.test", receiver.Port), names.NewResolver());
        Assert.Equal(SocketError.HostNotFound, Send(transport, "lost"u8));
        names.Current = [IPAddress.Loopback];
        names.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SocketError.HostNotFound, Send(transport, "lost too"u8));
        names.WaitForLookUps(2);
        Assert.Equal(SocketError.Success, Send(transport, "found"u8));
        Assert.Equal("found"u8.ToArray(), Assert.Single(receiver.WaitForDatagrams(1)));
    }

    private static SocketError Send(UdpTransport transport, ReadOnlySpan<byte> packet) => transport.Send(packet, out _);

    /// <summary>A name server that answers when a test waits for it, and the clock that says when it is asked again.</summary>
    private sealed class Names(params string[] addresses) : IDisposable
    {
        private readonly SemaphoreSlim allowed = new(0);
        private readonly SemaphoreSlim answered = new(0);
        private int waited;
        private NameResolver? resolver;

        public ManualClock Clock { get; } = new();

        /// <summary>What the name stands for; null for an unknown name.</summary>
        public IPAddress[]? Current { get; set; } = [.. addresses.Select(IPAddress.Parse)];

        public NameResolver NewResolver()
        {
            resolver = new NameResolver("receiver.test", AnswerAsync, Clock);
            WaitForLookUps(1);
            return resolver;
        }

        public void Refresh() => resolver!.RefreshIfOlderThan(TimeSpan.Zero);

        /// <summary>Answers until so many lookups have been made since the start and the last one has been handed over.</summary>
        public void WaitForLookUps(int count)
        {
            for (; waited < count; waited++)
            {
                allowed.Release();
                Assert.True(answered.Wait(Soon), "The name was not looked up.");
            }

            resolver!.Wait(Soon);
        }

        public void Dispose()
        {
            resolver?.Dispose();
            allowed.Dispose();
            answered.Dispose();
        }

        private async Task<IPAddress[]> AnswerAsync(string host, CancellationToken cancelled)
        {
            await allowed.WaitAsync(cancelled);
            answered.Release();
            return Current ?? throw new SocketException((int)SocketError.HostNotFound);
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(TimeSpan time) => ticks += time.Ticks;
    }

    /// <summary>A receiver on 127.0.0.2, which Linux has without being told.</summary>
    private sealed class SecondAddress : IDisposable
    {
        private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };

        public SecondAddress(int port) => socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));

        public string Receive()
        {
            var buffer = new byte[64];
            return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
        }

        public void Dispose() => socket.Dispose();
    }
}
