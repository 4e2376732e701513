using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace TestSupport.Tests;

public class UnixStreamReceiverTests
{
    [Theory]
    [InlineData(1_432)]
    [InlineData(300_000)]
    public void Over_restarts_exactly_what_was_accepted_is_received(int payloadLength)
    {
        using var receiver = new UnixStreamReceiver();
        using var load = new StreamLoad(new UnixDomainSocketEndPoint(receiver.Path), NewSocket, Frame, payloadLength);

        load.RunOverRestarts(receiver, restarts: 10, payloads: 5);

        Assert.Equal(load.Accepted, Load.Text(receiver.Payloads));
        Assert.Equal(load.Torn.Select(Convert.ToHexString), receiver.Torn.Select(Convert.ToHexString));
    }

    [Fact]
    public void Connections_that_come_as_it_stops_are_refused_or_read()
    {
        using var receiver = new UnixStreamReceiver();
        using var load = new ConnectingLoad(receiver, new UnixDomainSocketEndPoint(receiver.Path), NewSocket, Frame);

        load.RunOverRestarts(receiver, restarts: 20);

        Assert.Equal(load.Accepted.Order(), Load.Text(receiver.Payloads).Order());
        Assert.Empty(receiver.Torn);
    }

    [Fact]
    public void Frames_are_cut_by_their_lengths_however_they_come()
    {
        using var receiver = new UnixStreamReceiver(new ReceiverOptions { SkipsEmptyLines = false });
        using var sender = Connect(receiver);
        var large = new byte[200_000];
        Random.Shared.NextBytes(large);
        byte[] stream = [2, 0, 0, 0, (byte)'a', (byte)'\n', 0, 0, 0, 0, 0x40, 0x0D, 3, 0, .. large, 1, 0, 0, 0, (byte)'z'];
        sender.Blocking = true;
        sender.Send(stream.AsSpan(..3));
        sender.Send(stream.AsSpan(3..7));
        sender.Send(stream.AsSpan(7..));

        Assert.Equal(["610A", "", Convert.ToHexString(large), "7A"], receiver.WaitFor(4).Select(Convert.ToHexString));
    }

    [Fact]
    public void An_unfinished_frame_is_kept_apart()
    {
        using var receiver = new UnixStreamReceiver();
        using (var sender = Connect(receiver))
        {
            sender.Send([.. Frame("whole"), .. Frame("torn")[..^1]]);
        }

        receiver.WaitUntil(() => receiver.Torn.Count == 1);

        Assert.Equal(["whole"], Load.Text(receiver.Payloads));
        Assert.Equal(Frame("torn")[..^1], receiver.Torn[0]);
    }

    [Fact]
    public void A_stream_out_of_step_is_ended()
    {
        using var receiver = new UnixStreamReceiver();
        using var sender = Connect(receiver);

        sender.Send([.. Frame("a:1|c"), .. "b:2|c"u8]);
        receiver.WaitUntil(() => receiver.Torn.Count == 1);

        Assert.Equal(["a:1|c"], Load.Text(receiver.Payloads));
        Assert.Equal("b:2|c"u8.ToArray(), receiver.Torn[0]);
        Assert.Equal(SocketError.Shutdown, Send(sender, "x"u8, out _));
    }

    [Fact]
    public void A_stalled_receiver_accepts_connections_and_data_until_the_buffer_is_full()
    {
        using var receiver = new UnixStreamReceiver();
        receiver.Pause();
        using var sender = Connect(receiver);
        receiver.WaitUntil(() => receiver.Accepted == 1);
        var frame = Frame(new string('.', 1432));
        var whole = 0;
        while (Send(sender, frame, out var sent) == SocketError.Success)
        {
            Assert.Equal(frame.Length, sent);
            whole++;
        }

        Assert.Equal(SocketError.WouldBlock, Send(sender, frame, out _));
        Assert.Empty(receiver.Payloads);
        receiver.Resume();
        Assert.Equal(whole, receiver.WaitFor(whole).Count);
        Assert.True(sender.Poll(Load.Deadline, SelectMode.SelectWrite));
    }

    [Fact]
    public void A_kill_loses_what_is_unread_and_its_senders_see_that()
    {
        using var receiver = new UnixStreamReceiver();
        using var sender = Connect(receiver);
        receiver.WaitUntil(() => receiver.Accepted == 1);
        receiver.Pause();
        sender.Send(Frame("lost"));
        receiver.Kill();

        Assert.Equal(SocketError.Shutdown, Send(sender, "x"u8, out _));
        sender.Receive(new byte[1], SocketFlags.None, out var error);
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => Connect(receiver)).SocketErrorCode);
        receiver.Start();
        using var second = Connect(receiver);
        second.Send(Frame("found"));
        Assert.Equal(["found"], Load.Text(receiver.WaitFor(1)));
    }

    [Fact]
    public async Task It_refuses_from_the_first_moment_of_a_stop_and_a_kill_cuts_the_stop_short()
    {
        using var receiver = new UnixStreamReceiver(new ReceiverOptions { TimePerPayload = TimeSpan.FromHours(1) });
        using var sender = Connect(receiver);
        receiver.Pause();
        sender.Send([.. Frame("1"), .. Frame("2")]);
        var stop = Task.Run(() => receiver.StopGracefully(), TestContext.Current.CancellationToken);
        receiver.WaitFor(1);

        Assert.True(sender.Poll(TimeSpan.Zero, SelectMode.SelectRead));
        Assert.Equal(SocketError.Shutdown, Send(sender, "refused"u8, out _));
        Assert.Equal(SocketError.AddressNotAvailable, Assert.Throws<SocketException>(() => Connect(receiver)).SocketErrorCode);
        receiver.Kill();
        await Assert.ThrowsAsync<OperationCanceledException>(() => stop);
    }

    [Fact]
    public void A_stop_takes_the_path_away()
    {
        using var receiver = new UnixStreamReceiver();
        using var sender = Connect(receiver);
        receiver.StopGracefully();

        Assert.Equal(1, receiver.Accepted);
        Assert.Equal(SocketError.Shutdown, Send(sender, "x"u8, out _));
        Assert.Equal(SocketError.AddressNotAvailable, Assert.Throws<SocketException>(() => Connect(receiver)).SocketErrorCode);
    }

    private static byte[] Frame(string payload)
    {
        var frame = new byte[sizeof(uint) + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        Encoding.ASCII.GetBytes(payload, frame.AsSpan(sizeof(uint)));
        return frame;
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static Socket Connect(UnixStreamReceiver receiver)
    {
        var socket = NewSocket();
        socket.Blocking = false;
        socket.Connect(new UnixDomainSocketEndPoint(receiver.Path));
        return socket;
    }

    private static SocketError Send(Socket socket, ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error;
    }
}
