using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Connections come and go without leaving anything behind in the process.</summary>
[Collection(Alone.Name)]
public sealed class TransportResourceTests
{
    private const int Cycles = 10_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private static readonly byte[] Line = "a:1|c\n"u8.ToArray();
    private static readonly byte[] Packet = new byte[8192];

    [Theory]
    [InlineData(AddressFamily.Unix)]
    [InlineData(AddressFamily.InterNetwork)]
    public void Ten_thousand_connections_that_die_leave_nothing_behind(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        AssertNothingStays(i =>
        {
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, transport.Send(Line, Line.Length, out _));
            var peer = receiver.Accept();
            switch (i % 3)
            {
                case 0:
                    peer.Dispose();
                    break;
                case 1:
                    receiver.Reset(peer);
                    break;
                default:
                    transport.Disconnect();
                    peer.Dispose();
                    break;
            }
        });
    }

    [Theory]
    [InlineData(AddressFamily.Unix)]
    [InlineData(AddressFamily.InterNetwork)]
    public void Ten_thousand_refusals_leave_nothing_behind(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        receiver.Stop();
        using var transport = receiver.NewTransport();
        AssertNothingStays(_ => Assert.NotEqual(SocketError.Success, transport.Probe(Soon)));
    }

    [Fact]
    public void Connections_that_are_never_made_leave_nothing_behind()
    {
        using var silent = new StreamReceiver(AddressFamily.InterNetwork, backlog: 0);
        using var queued = silent.NewTransport();
        Assert.Equal(SocketError.Success, queued.Probe(Soon));
        using var transport = silent.NewTransport();
        AssertNothingStays(_ => Assert.Equal(SocketError.TimedOut, transport.Probe(TimeSpan.Zero)));
    }

    [Fact]
    public void Ten_thousand_receivers_of_datagrams_that_die_leave_nothing_behind()
    {
        using var folder = new SocketFolder();
        using var transport = new UnixDatagramTransport(folder.Path, asksWithEmptyLine: true);
        AssertNothingStays(i =>
        {
            using var receiver = folder.Bind(SocketType.Dgram);
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, transport.Send(Line, Line.Length, out _));
            if (i % 2 == 0)
            {
                receiver.Dispose();
                Assert.Equal(SocketError.ConnectionRefused, transport.Send(Line, Line.Length, out _));
            }
        });
    }

    [Fact]
    public void Transports_that_come_and_go_leave_nothing_behind()
    {
        using var receiver = new StreamReceiver(AddressFamily.InterNetwork);
        AssertNothingStays(_ =>
        {
            using var transport = new TcpTransport("127.0.0.1", receiver.Port);
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            receiver.Accept().Dispose();
        });
    }

    [Theory]
    [InlineData(AddressFamily.Unix)]
    [InlineData(AddressFamily.InterNetwork)]
    public void A_stream_allocates_nothing_to_send_to_ask_and_to_wait(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var peer = receiver.Accept();
        var buffer = new byte[Packet.Length];
        var unexpected = 0;
        Assert.Equal(0, Observed.Allocations(() =>
        {
            unexpected += transport.Send(Packet, Packet.Length, out _) == SocketError.Success ? 0 : 1;
            unexpected += transport.Probe(Soon) == SocketError.Success ? 0 : 1;
            transport.WaitUntilWritable(Soon);
            for (var read = 0; read < Packet.Length;)
            {
                read += peer.Receive(buffer.AsSpan(read));
            }
        }));
        Assert.Equal(0, unexpected);
        AssertRefusingAllocatesNothing(transport);
    }

    [Fact]
    public void Datagrams_allocate_nothing_to_send_to_ask_and_to_wait()
    {
        using var folder = new SocketFolder();
        using var receiver = folder.Bind(SocketType.Dgram);
        using var transport = new UnixDatagramTransport(folder.Path, asksWithEmptyLine: true);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        var buffer = new byte[Packet.Length];
        var unexpected = 0;
        Assert.Equal(0, Observed.Allocations(() =>
        {
            unexpected += transport.Send(Packet, Packet.Length, out _) == SocketError.Success ? 0 : 1;
            unexpected += transport.Probe(Soon) == SocketError.Success ? 0 : 1;
            transport.WaitUntilWritable(Soon);
            unexpected += receiver.Receive(buffer) == Packet.Length ? 0 : 1;
            unexpected += receiver.Receive(buffer) == 1 ? 0 : 1;
        }));
        Assert.Equal(0, unexpected);
        AssertRefusingAllocatesNothing(transport);
    }

    private static void AssertRefusingAllocatesNothing(ITransport transport)
    {
        var refused = 0;
        Assert.Equal(0, Observed.Allocations(() =>
        {
            refused += transport.Send(Packet, Packet.Length, out _) == SocketError.WouldBlock ? 1 : 0;
            transport.Probe(Soon);
            transport.WaitUntilWritable(TimeSpan.Zero);
        }));
        Assert.True(refused > 1_000);
    }

    private static void AssertNothingStays(Action<int> cycle)
    {
        for (var i = 0; i < Cycles / 10; i++)
        {
            cycle(i);
        }

        // The collection in between: what it has to clean up must count as left behind.
        var memory = Observed.Memory();
        var (handles, threads) = (Observed.Handles(), Observed.Threads());
        for (var i = 0; i < Cycles; i++)
        {
            cycle(i);
        }

        // The thread pool has its own mind about a few threads, and the runtime about some memory, but not about that much a cycle.
        Observed.Until(() => Observed.Handles() <= handles);
        Observed.Until(() => Observed.Threads() <= threads + (Cycles / 500));
        Observed.Until(() => Observed.Memory() <= memory + (Cycles * 20));
    }
}
