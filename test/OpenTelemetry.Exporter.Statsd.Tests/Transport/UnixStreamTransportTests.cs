using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What may be the matter with the socket file of a stream.</summary>
public sealed class UnixStreamTransportTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_path_that_belongs_to_another_socket_is_followed_after_a_disconnect()
    {
        using var receiver = new StreamReceiver(AddressFamily.Unix);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var old = receiver.Accept();
        receiver.Restart();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.False(receiver.HasCaller());
        transport.Disconnect();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, transport.Send("1\n"u8.ToArray(), 2, out _));
        using var current = receiver.Accept();
        Assert.Equal("1\n"u8, StreamReceiver.Read(current, 2));
        Assert.Empty(StreamReceiver.ReadToEnd(old));
    }

    [Fact]
    public void What_is_the_matter_with_a_file_is_told_by_error_code()
    {
        using var folder = new SocketFolder();
        using var transport = new UnixStreamTransport(folder.Path);
        Assert.Empty(Observed.Exceptions(() => Assert.Equal(SocketError.AddressNotAvailable, transport.Probe(Soon))));

        folder.Kill(folder.Bind(SocketType.Stream));
        Assert.Empty(Observed.Exceptions(() => Assert.Equal(SocketError.ConnectionRefused, transport.Probe(Soon))));

        using (folder.Bind(SocketType.Dgram))
        {
            Assert.Empty(Observed.Exceptions(() => Assert.Equal(SocketError.ProtocolType, transport.Probe(Soon))));
        }

        using var receiver = folder.Bind(SocketType.Stream);
        receiver.Listen(1);
        Assert.Equal(SocketError.AccessDenied, folder.AsStranger(() => transport.Probe(Soon)));
    }

    [Fact]
    public void A_receiver_that_accepts_nobody_is_reported_and_found_once_it_does()
    {
        using var receiver = new StreamReceiver(AddressFamily.Unix, backlog: 0);
        using var first = receiver.NewTransport();
        using var second = receiver.NewTransport();
        Assert.Equal(SocketError.Success, first.Probe(Soon));
        Assert.Equal(SocketError.TimedOut, second.Probe(Soon));
        using var peer = receiver.Accept();
        Assert.Equal(SocketError.Success, second.Probe(Soon));
    }
}
