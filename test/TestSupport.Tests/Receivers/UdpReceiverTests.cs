using System.Diagnostics;
using System.Net.Sockets;

namespace TestSupport.Tests;

public class UdpReceiverTests
{
    [Fact]
    public void Empty_lines_are_no_payload()
    {
        using var receiver = new UdpReceiver();
        using var sender = new UdpClient();
        foreach (var datagram in new[] { "\n", "a:1|c\nb:2|c\n\n\n", "\n\n", "c:3|c" })
        {
            sender.Send(System.Text.Encoding.ASCII.GetBytes(datagram), receiver.EndPoint);
        }

        Assert.Equal(["a:1|c\nb:2|c", "c:3|c"], Load.Text(receiver.WaitForDatagrams(2)));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void Datagrams_are_kept_whole_and_in_order(AddressFamily family)
    {
        using var receiver = new UdpReceiver(family, options: new ReceiverOptions { SkipsEmptyLines = false });
        using var sender = new UdpClient(family);
        var largest = new byte[60_000];
        Random.Shared.NextBytes(largest);

        sender.Send("a:1|c\nb:2|c"u8, receiver.EndPoint);
        sender.Send([], receiver.EndPoint);
        sender.Send(largest, receiver.EndPoint);

        Assert.Equal(["a:1|c\nb:2|c"u8.ToArray(), [], largest], receiver.WaitForDatagrams(3));
    }

    [Fact]
    public void A_receiver_comes_back_on_its_port()
    {
        var first = new UdpReceiver();
        first.Dispose();
        using var second = new UdpReceiver(port: first.Port);
        using var sender = new UdpClient();

        sender.Send("a:1|c"u8, second.EndPoint);

        Assert.Equal(first.Port, second.Port);
        Assert.Single(second.WaitForDatagrams(1));
        Assert.Empty(first.Datagrams);
    }

    [Fact]
    public void Waiting_ends_at_its_deadline()
    {
        using var receiver = new UdpReceiver();

        Assert.Throws<TimeoutException>(() => receiver.WaitForDatagrams(1, TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void Waiting_sees_what_comes_while_it_waits()
    {
        using var receiver = new UdpReceiver();
        using var sender = new UdpClient();

        // Sent from inside the condition, so that waiting has certainly begun.
        var received = receiver.WaitFor(datagrams =>
        {
            if (datagrams.Count < 3)
            {
                sender.Send("a:1|c"u8, receiver.EndPoint);
            }

            return datagrams.Count >= 3;
        });

        Assert.Equal(3, received.Count);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, 1)]
    [InlineData(AddressFamily.InterNetwork, 16)]
    [InlineData(AddressFamily.InterNetworkV6, 1)]
    [InlineData(AddressFamily.InterNetworkV6, 16)]
    public void Over_restarts_exactly_what_was_accepted_is_received_and_no_batch_is_split(AddressFamily family, int segments)
    {
        using var receiver = new UdpReceiver(family);
        using var load = new UdpLoad(receiver, segments);

        load.RunOverRestarts(receiver, restarts: 20);

        Assert.Equal(load.Accepted, Load.Text(receiver.Payloads));
    }

    [Fact]
    public void A_refusal_is_told_by_the_next_call_which_sends_nothing()
    {
        using var receiver = new UdpReceiver();
        using var sender = Connect(receiver);
        receiver.StopGracefully();

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(SocketError.Success, SendInVain(sender));
            Assert.Equal(SocketError.ConnectionRefused, Send(sender, "not sent"u8));
        }

        SendInVain(sender);
        receiver.Start();
        Assert.Equal(SocketError.ConnectionRefused, Send(sender, "not sent"u8));
        Assert.Equal(SocketError.Success, Send(sender, "found"u8));
        Assert.Equal(["found"], Load.Text(receiver.WaitFor(1)));
    }

    [Fact]
    public void A_stop_reads_what_is_queued_and_a_kill_does_not()
    {
        using var receiver = new UdpReceiver();
        using var sender = Connect(receiver);
        receiver.Pause();
        Send(sender, "1"u8);
        Send(sender, "2"u8);
        receiver.StopGracefully();
        receiver.Start();
        receiver.Pause();
        Send(sender, "lost"u8);
        receiver.Kill();
        Assert.Equal(SocketError.Success, SendInVain(sender));
        Assert.Equal(SocketError.ConnectionRefused, Send(sender, "not sent"u8));
        receiver.Start();
        Send(sender, "3"u8);

        Assert.Equal(["1", "2", "3"], Load.Text(receiver.WaitFor(3)));
    }

    [Fact]
    public async Task It_refuses_from_the_first_moment_of_a_stop_and_a_kill_cuts_the_stop_short()
    {
        using var receiver = new UdpReceiver(options: new ReceiverOptions { TimePerPayload = TimeSpan.FromHours(1) });
        using var sender = Connect(receiver);
        receiver.Pause();
        Send(sender, "1"u8);
        Send(sender, "2"u8);
        var stop = Task.Run(() => receiver.StopGracefully(), TestContext.Current.CancellationToken);
        receiver.WaitFor(1);

        Assert.Equal([SocketError.Success, SocketError.ConnectionRefused], [SendInVain(sender), Send(sender, "not sent"u8)]);
        receiver.Kill();
        await Assert.ThrowsAsync<OperationCanceledException>(() => stop);
        Assert.Equal(["1"], Load.Text(receiver.Payloads));
    }

    [Fact]
    public void A_stalled_receiver_keeps_what_its_buffer_holds_and_the_sender_sees_no_difference()
    {
        using var receiver = new UdpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = null });
        using var sender = Connect(receiver);
        receiver.Pause();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(SocketError.Success, Send(sender, new byte[1432]));
        }

        receiver.StopGracefully();

        Assert.InRange(receiver.Payloads.Count, 1, 999);
    }

    [Fact]
    public void A_stopped_receiver_keeps_its_port_until_it_is_disposed_of()
    {
        using var receiver = new UdpReceiver();
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Kill();
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => stranger.Bind(receiver.EndPoint)).SocketErrorCode);
        receiver.Dispose();
        stranger.Bind(receiver.EndPoint);
    }

    [Fact]
    public void A_slow_receiver_spends_its_time_on_every_datagram()
    {
        var each = TimeSpan.FromMilliseconds(20);
        using var receiver = new UdpReceiver(options: new ReceiverOptions { TimePerPayload = each });
        using var sender = Connect(receiver);
        var clock = Stopwatch.StartNew();
        Send(sender, "1"u8);
        Send(sender, "2"u8);
        receiver.WaitFor(2);
        receiver.StopGracefully();

        // At least: however slow the machine, it cannot have been quicker.
        Assert.Equal(2, receiver.Payloads.Count);
        Assert.True(clock.Elapsed >= 2 * each);
    }

    [Fact]
    public void Starting_twice_and_ordering_a_stopped_receiver_about_are_mistakes()
    {
        using var receiver = new UdpReceiver();
        Assert.Throws<InvalidOperationException>(receiver.Start);
        receiver.StopGracefully();
        receiver.StopGracefully();
        receiver.Kill();
        Assert.Throws<InvalidOperationException>(receiver.Pause);
        Assert.Throws<InvalidOperationException>(receiver.Resume);
        receiver.Dispose();
        Assert.Throws<ObjectDisposedException>(receiver.Start);
    }

    private static Socket Connect(UdpReceiver receiver)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Connect(receiver.EndPoint);
        return socket;
    }

    /// <summary>Sends to a receiver that refuses, and waits until that is known: on a busy machine the kernel may put it off.</summary>
    private static SocketError SendInVain(Socket socket)
    {
        var error = Send(socket, "refused"u8);
        Assert.True(socket.Poll(Load.Deadline, SelectMode.SelectError), "Nothing was refused.");
        return error;
    }

    private static SocketError Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        socket.Send(bytes, SocketFlags.None, out var error);
        return error;
    }
}
