using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Connections come and go without leaving anything behind in the process.</summary>
[Collection(Alone.Name)]
public sealed class TransportResourceTests
{
    private const int Cycles = 10_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly byte[] Line = "a:1|c\n"u8.ToArray();

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

    private static void AssertNothingStays(Action<int> cycle)
    {
        for (var i = 0; i < Cycles / 10; i++)
        {
            cycle(i);
        }

        var (handles, threads, memory) = (Observed.Handles(), Observed.Threads(), Observed.Memory());
        for (var i = 0; i < Cycles; i++)
        {
            cycle(i);
        }

        // The thread pool has its own mind about a few threads, and the runtime about some memory, but not about ten bytes a cycle.
        Observed.Until(() => Observed.Handles() <= handles);
        Assert.InRange(Observed.Threads(), 1, threads + 4);
        Assert.InRange(Observed.Memory() - memory, long.MinValue, Cycles * 10);
    }
}
