using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A named pipe against .NET's own server, which elsewhere than on Windows is a Unix domain socket.</summary>
public sealed class NamedPipeTransportTests : IDisposable
{
    /// <summary>More than any pipe holds.</summary>
    private const int TooManySends = 1000;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);

    /// <summary>By then whatever does not return has blocked.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string name = $"statsd-{Guid.NewGuid():N}";
    private readonly NamedPipeTransport transport;

    public NamedPipeTransportTests()
    {
        transport = new NamedPipeTransport(new Endpoint(EndpointKind.NamedPipe, string.Empty, 0, name));
    }

    public void Dispose() => transport.Dispose();

    [Fact]
    public async Task Packets_arrive_in_order()
    {
        await using var server = await ConnectAsync();
        Assert.Equal(SocketError.Success, Send("a:1|c\nb:2|c\n"));
        Assert.Equal(SocketError.Success, Send("c:3|c\n"));
        Assert.Equal("a:1|c\nb:2|c\nc:3|c\n", await ReadAsync(server, 18));
        Assert.Equal(SocketError.Success, transport.Probe(TimeSpan.Zero));
    }

    [Fact]
    public void Without_a_server_nothing_is_taken()
    {
        Assert.Equal(SocketError.ConnectionRefused, transport.Probe(TimeSpan.Zero));
        Assert.Equal(SocketError.NotConnected, Send("a:1|c\n"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_not_waited_for()
    {
        var cancelled = TestContext.Current.CancellationToken;
        Assert.Equal(SocketError.ConnectionRefused, await Task.Run(() => transport.Probe(TimeSpan.FromHours(1)), cancelled).WaitAsync(Deadline, cancelled));
    }

    [Fact]
    public void A_name_that_the_system_has_no_room_for_is_an_error()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has room for every name that is an endpoint.");
        using var unreachable = new NamedPipeTransport(new Endpoint(EndpointKind.NamedPipe, string.Empty, 0, new string('p', 247)));
        Assert.Equal(SocketError.AddressNotAvailable, unreachable.Probe(TimeSpan.Zero));
    }

    [Fact]
    public async Task A_packet_that_a_stalled_reader_has_no_room_for_goes_out_whole_on_a_new_connection()
    {
        var packet = Encoding.ASCII.GetBytes(new string('x', 50_000) + ":1|c\n");
        await using (var stalled = await ConnectAsync())
        {
            var error = await Task.Run(() => SendUntilError(packet), TestContext.Current.CancellationToken)
                .WaitAsync(Deadline, TestContext.Current.CancellationToken);
            Assert.Equal(SocketError.TimedOut, error);
            Assert.Equal(SocketError.NotConnected, Send("never"));
        }

        await using var server = await ConnectAsync();
        var read = ReadAsync(server, packet.Length);
        Assert.Equal(SocketError.Success, transport.Send(packet, packet.Length, out _));
        Assert.Equal(Encoding.ASCII.GetString(packet), await read);
    }

    [Fact]
    public async Task A_server_that_has_gone_is_noticed_with_the_next_packet_and_one_that_is_back_is_found()
    {
        await using (var first = await ConnectAsync())
        {
            Assert.Equal(SocketError.Success, Send("a:1|c\n"));
            Assert.Equal("a:1|c\n", await ReadAsync(first, 6));
        }

        Assert.Equal(SocketError.ConnectionReset, Send("b:2|c\n"));
        Assert.Equal(SocketError.NotConnected, Send("b:2|c\n"));
        Assert.Equal(SocketError.ConnectionRefused, transport.Probe(TimeSpan.Zero));

        await using var second = await ConnectAsync();
        Assert.Equal(SocketError.Success, Send("b:2|c\n"));
        Assert.Equal("b:2|c\n", await ReadAsync(second, 6));
    }

    [Fact]
    public async Task A_connection_that_was_given_up_ends()
    {
        await using var server = await ConnectAsync();
        transport.Disconnect();
        Assert.Equal(0, await server.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal(SocketError.NotConnected, Send("a:1|c\n"));
    }

    private async Task<NamedPipeServerStream> ConnectAsync()
    {
        var server = new NamedPipeServerStream(name, PipeDirection.In, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        var connected = server.WaitForConnectionAsync(TestContext.Current.CancellationToken);
        Assert.Equal(SocketError.Success, transport.Probe(ConnectTimeout));
        await connected;
        return server;
    }

    private SocketError SendUntilError(byte[] packet)
    {
        var error = SocketError.Success;
        for (var i = 0; error == SocketError.Success && i < TooManySends; i++)
        {
            error = transport.Send(packet, packet.Length, out var taken);
            Assert.Equal(error == SocketError.Success ? packet.Length : 0, taken);
        }

        return error;
    }

    private SocketError Send(string packet)
    {
        var error = transport.Send(Encoding.ASCII.GetBytes(packet), packet.Length, out var taken);
        Assert.Equal(error == SocketError.Success ? packet.Length : 0, taken);
        return error;
    }

    private static async Task<string> ReadAsync(NamedPipeServerStream server, int length)
    {
        var bytes = new byte[length];
        await server.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(bytes);
    }
}
