using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Names, addresses and ports; the name server is a function.</summary>
public sealed class TcpTransportTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", AddressFamily.InterNetwork)]
    [InlineData("::1", "::1", AddressFamily.InterNetworkV6)]
    [InlineData("localhost", "127.0.0.1", AddressFamily.InterNetwork)]
    public void It_connects_to_addresses_of_both_families_and_to_names(string host, string address, AddressFamily family)
    {
        using var receiver = new StreamReceiver(family, address);
        using var transport = new TcpTransport(host, receiver.Port);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var peer = receiver.Accept();
    }

    [Fact]
    public void Where_one_address_refuses_the_next_one_is_tried_and_kept()
    {
        using var receiver = new StreamReceiver(AddressFamily.InterNetwork);
        using var names = new Names("127.0.0.2", "127.0.0.1");
        using var transport = new TcpTransport("receiver.test", receiver.Port, names.Resolver);
        Assert.Empty(Observed.Exceptions(() => Assert.Equal(SocketError.Success, transport.Probe(Soon))));

        // What worked is tried first the next time.
        using var other = new StreamReceiver(AddressFamily.InterNetwork, "127.0.0.2", receiver.Port);
        receiver.Close(receiver.Accept());
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var peer = receiver.Accept();
        Assert.False(other.HasCaller());
    }

    [Fact]
    public void An_address_that_does_not_answer_gives_way_to_the_next_even_if_that_one_had_no_time_left()
    {
        using var first = new StreamReceiver(AddressFamily.InterNetwork, backlog: 0);
        using var second = new StreamReceiver(AddressFamily.InterNetwork, "127.0.0.2", first.Port, backlog: 0);
        using var firstQueue = new TcpTransport("127.0.0.1", first.Port);
        using var secondQueue = new TcpTransport("127.0.0.2", first.Port);
        Assert.Equal(SocketError.Success, firstQueue.Probe(Soon));
        Assert.Equal(SocketError.Success, secondQueue.Probe(Soon));

        using var names = new Names("127.0.0.1", "127.0.0.2");
        using var transport = new TcpTransport("receiver.test", first.Port, names.Resolver);
        Assert.Equal(SocketError.TimedOut, transport.Probe(TimeSpan.Zero));
        using var oneBefore = first.Accept();
        using var otherBefore = second.Accept();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var peer = second.Accept();
        Assert.False(first.HasCaller());
    }

    [Fact]
    public void A_changed_address_is_taken_over_by_a_probe_unless_the_current_one_is_still_listed()
    {
        using var first = new StreamReceiver(AddressFamily.InterNetwork);
        using var second = new StreamReceiver(AddressFamily.InterNetwork, "127.0.0.2", first.Port);
        using var names = new Names("127.0.0.1");
        using var transport = new TcpTransport("receiver.test", first.Port, names.Resolver);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var peer = first.Accept();

        names.Become("127.0.0.2", "127.0.0.1");
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.False(first.HasCaller() || second.HasCaller());

        // Never in the middle of a packet.
        names.Become("127.0.0.2");
        Assert.Equal(SocketError.Success, transport.Send("1\n"u8.ToArray(), 2, out _));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, transport.Send("2\n"u8.ToArray(), 2, out _));
        using var successor = second.Accept();
        Assert.Equal("1\n"u8, StreamReceiver.ReadToEnd(peer));
        Assert.Equal("2\n"u8, StreamReceiver.Read(successor, 2));
    }

    [Fact]
    public void A_name_is_looked_up_again_after_thirty_seconds_and_a_second_after_an_error()
    {
        using var receiver = new StreamReceiver(AddressFamily.InterNetwork);
        using var names = new Names("127.0.0.1");
        using var transport = new TcpTransport("receiver.test", receiver.Port, names.Resolver);
        int LookUps(double seconds)
        {
            names.Clock.Advance(TimeSpan.FromSeconds(seconds));
            transport.Probe(Soon);
            names.Resolver.Wait(Soon);
            return names.LookUps;
        }

        Assert.Equal(1, LookUps(0));
        Assert.Equal(1, LookUps(29));
        Assert.Equal(2, LookUps(1));
        var peer = receiver.Accept();
        receiver.Stop();
        receiver.Close(peer);
        Assert.Equal(2, LookUps(0.9));
        Assert.Equal(3, LookUps(0.1));
    }

    [Fact]
    public void A_name_that_resolves_later_is_used_from_then_on()
    {
        using var receiver = new StreamReceiver(AddressFamily.InterNetwork);
        using var names = new Names();
        using var transport = new TcpTransport("receiver.test", receiver.Port, names.Resolver);
        Assert.Equal(SocketError.HostNotFound, transport.Probe(Soon));
        names.Answer = [IPAddress.Loopback];
        Assert.Equal(SocketError.HostNotFound, transport.Probe(Soon));
        names.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SocketError.HostNotFound, transport.Probe(Soon));
        names.Resolver.Wait(Soon);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
    }

    [Fact]
    public void Its_end_is_the_end_of_looking_up()
    {
        using var names = new Names("127.0.0.1");
        var transport = new TcpTransport("receiver.test", 1, names.Resolver);
        Assert.False(names.Cancelled.IsCancellationRequested);
        transport.Dispose();
        Assert.True(names.Cancelled.IsCancellationRequested);
    }

    [Fact]
    public async Task A_name_that_nobody_answers_for_is_waited_for_once()
    {
        using var transport = new TcpTransport("silent.test", 8125, new NameResolver("silent.test", (_, disposed) => Never(disposed)));
        Assert.Equal(SocketError.HostNotFound, transport.Probe(TimeSpan.FromMilliseconds(1)));
        var cancelled = TestContext.Current.CancellationToken;
        var second = Task.Run(() => transport.Probe(TimeSpan.FromHours(1)), cancelled);
        Assert.Equal(SocketError.HostNotFound, await second.WaitAsync(TimeSpan.FromSeconds(60), cancelled));

        static async Task<IPAddress[]> Never(CancellationToken disposed)
        {
            await Task.Delay(Timeout.Infinite, disposed);
            return [];
        }
    }

    [Fact]
    public void A_socket_that_is_connected_to_itself_is_no_receiver()
    {
        // With a port that the kernel gives to clients, sooner or later to this one; it goes through the even ones first.
        using var closed = new StreamReceiver(AddressFamily.InterNetwork, port: EvenClientPort(), keepsPort: false);
        closed.Stop();
        using var transport = closed.NewTransport();
        for (var i = 0; i < 30_000; i++)
        {
            Assert.Equal(SocketError.ConnectionRefused, transport.Probe(Soon));
        }
    }

    [Fact]
    public void An_idle_connection_is_kept_alive_by_the_kernel()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        using var receiver = new StreamReceiver(AddressFamily.InterNetwork);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var peer = receiver.Accept();

        // Local port, its peer's, established; then the timer that runs: 02 is keep-alive, and when, in hundredths of a second.
        var client = ((IPEndPoint)peer.RemoteEndPoint!).Port;
        string? connection = null;

        // The table is read in pieces, between which a connection that ends may hide another one.
        Observed.Until(() => (connection = File.ReadLines("/proc/net/tcp")
            .FirstOrDefault(line => line.Contains($":{client:X4} 0100007F:{receiver.Port:X4} 01 ", StringComparison.Ordinal))) is not null);
        var timer = connection!.Split(' ', StringSplitOptions.RemoveEmptyEntries)[5].Split(':');
        Assert.Equal("02", timer[0]);
        Assert.InRange(int.Parse(timer[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), 1, 3_000);
    }

    private static int EvenClientPort()
    {
        var range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t', StringSplitOptions.TrimEntries);
        var first = int.Parse(range[0], CultureInfo.InvariantCulture);
        for (var port = first + 1_000; ; port += 2)
        {
            try
            {
                using var free = new StreamReceiver(AddressFamily.InterNetwork, port: port, keepsPort: false);
                return port;
            }
            catch (SocketException)
            {
                // In use.
            }
        }
    }

    /// <summary>A name server, and the clock that says when it is asked again.</summary>
    private sealed class Names : IDisposable
    {
        public Names(params string[] addresses)
        {
            Answer = [.. addresses.Select(IPAddress.Parse)];
            Resolver = new NameResolver("receiver.test", LookUpAsync, Clock);
            Resolver.Wait(Soon);
        }

        public ManualClock Clock { get; } = new();

        public NameResolver Resolver { get; }

        public IPAddress[] Answer { get; set; }

        public int LookUps { get; private set; }

        public CancellationToken Cancelled { get; private set; }

        /// <summary>Stands for other addresses, and makes that known.</summary>
        public void Become(params string[] addresses)
        {
            Answer = [.. addresses.Select(IPAddress.Parse)];
            Resolver.RefreshIfOlderThan(TimeSpan.Zero);
            Resolver.Wait(Soon);
        }

        public void Dispose() => Resolver.Dispose();

        private Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancelled)
        {
            LookUps++;
            Cancelled = cancelled;
            return Answer.Length > 0
                ? Task.FromResult(Answer)
                : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(TimeSpan time) => ticks += time.Ticks;
    }
}
