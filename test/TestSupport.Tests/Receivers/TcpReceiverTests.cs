using System.Net.Sockets;
using System.Text;

namespace TestSupport.Tests;

public class TcpReceiverTests
{
    [Theory]
    [InlineData(AddressFamily.InterNetwork, 1_432)]
    [InlineData(AddressFamily.InterNetworkV6, 1_432)]
    [InlineData(AddressFamily.InterNetwork, 300_000)]
    public void Over_restarts_exactly_what_was_accepted_is_received(AddressFamily family, int payloadLength)
    {
        using var receiver = new TcpReceiver(family);
        using var load = new StreamLoad(receiver.EndPoint, () => NewSocket(family), Line, payloadLength);

        load.RunOverRestarts(receiver, restarts: 10, payloads: 5);

        Assert.Equal(load.Accepted, Load.Text(receiver.Payloads));
        Assert.Empty(load.Torn);
        Assert.Empty(receiver.Torn);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void Connections_that_come_as_it_stops_are_refused_or_read(AddressFamily family)
    {
        using var receiver = new TcpReceiver(family);
        using var load = new ConnectingLoad(receiver, receiver.EndPoint, () => NewSocket(family), Line);

        load.RunOverRestarts(receiver, restarts: 10);

        Assert.Equal(load.Accepted.Order(), Load.Text(receiver.Payloads).Order());
        Assert.Empty(receiver.Torn);
    }

    [Fact]
    public void Lines_are_kept_without_their_line_feed_and_an_unfinished_one_apart()
    {
        using var receiver = new TcpReceiver(options: new ReceiverOptions { SkipsEmptyLines = false });
        using (var sender = Connect(receiver))
        {
            Send(sender, "a:1|c\n\nb:2"u8);
            Send(sender, "|c\nc:3"u8);
        }

        receiver.WaitUntil(() => receiver.Torn.Count == 1);

        Assert.Equal(["a:1|c", "", "b:2|c"], Load.Text(receiver.Payloads));
        Assert.Equal("c:3"u8.ToArray(), receiver.Torn[0]);
    }

    [Fact]
    public void A_stalled_receiver_accepts_connections_and_data_until_the_buffers_are_full()
    {
        using var receiver = new TcpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = 8192 });
        receiver.Pause();
        using var sender = Connect(receiver);
        receiver.WaitUntil(() => receiver.Accepted == 1);
        sender.SendBufferSize = 8192;
        var line = Line(new string('.', 1432));
        long accepted = 0;
        SocketError error;
        while ((error = Send(sender, line.AsSpan((int)(accepted % line.Length)), out var sent)) == SocketError.Success)
        {
            accepted += sent;
        }

        Assert.Equal(SocketError.WouldBlock, error);
        Assert.Empty(receiver.Payloads);
        receiver.Resume();
        Assert.Equal(accepted / line.Length, receiver.WaitFor((int)(accepted / line.Length)).Count);
        Assert.True(sender.Poll(Load.Deadline, SelectMode.SelectWrite));
    }

    [Fact]
    public void A_kill_resets_its_senders_and_refuses_until_the_restart()
    {
        using var receiver = new TcpReceiver();
        using var sender = Connect(receiver);
        Send(sender, "read\ntorn"u8);
        receiver.WaitFor(1);
        receiver.Kill();

        Assert.Equal(SocketError.ConnectionReset, Send(sender, "x"u8));
        Assert.Equal(SocketError.Shutdown, Send(sender, "x"u8));
        Assert.Equal("torn"u8.ToArray(), Assert.Single(receiver.Torn));
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => Connect(receiver)).SocketErrorCode);
        receiver.Start();
        using var second = Connect(receiver);
        Send(second, "found\n"u8);
        Assert.Equal(["read", "found"], Load.Text(receiver.WaitFor(2)));
    }

    [Fact]
    public async Task A_stop_tells_the_sender_refuses_others_and_reads_until_the_sender_closes()
    {
        using var receiver = new TcpReceiver();
        using var sender = Connect(receiver);
        var stop = Task.Run(() => receiver.StopGracefully(), TestContext.Current.CancellationToken);
        Assert.True(sender.Poll(Load.Deadline, SelectMode.SelectRead));
        Assert.Equal(0, sender.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => Connect(receiver)).SocketErrorCode);
        Assert.Equal(SocketError.Success, Send(sender, "late\n"u8));
        sender.Dispose();
        await stop;

        Assert.Equal(["late"], Load.Text(receiver.Payloads));
    }

    [Fact]
    public void A_sender_that_does_not_close_is_reset_when_the_stop_takes_too_long()
    {
        using var receiver = new TcpReceiver();
        using var sender = Connect(receiver);
        receiver.WaitUntil(() => receiver.Accepted == 1);
        Assert.Throws<TimeoutException>(() => receiver.StopGracefully(TimeSpan.FromMilliseconds(50)));

        // Not a reset: this side was told before that the other had nothing more to say.
        Assert.Equal(SocketError.Shutdown, Send(sender, "x"u8));
        Assert.Throws<InvalidOperationException>(receiver.Pause);
    }

    private static byte[] Line(string payload) => Encoding.ASCII.GetBytes($"{payload}\n");

    private static Socket NewSocket(AddressFamily family) => new(family, SocketType.Stream, ProtocolType.Tcp);

    private static Socket Connect(TcpReceiver receiver)
    {
        var socket = NewSocket(receiver.EndPoint.AddressFamily);
        socket.Connect(receiver.EndPoint);
        socket.Blocking = false;
        return socket;
    }

    private static SocketError Send(Socket socket, ReadOnlySpan<byte> bytes) => Send(socket, bytes, out _);

    private static SocketError Send(Socket socket, ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error;
    }
}
