using System.Globalization;
using System.Net.Sockets;

namespace TestSupport.Tests;

public class UnixDatagramReceiverTests
{
    [Fact]
    public void Over_restarts_exactly_what_was_accepted_is_received()
    {
        using var receiver = new UnixDatagramReceiver();
        using var load = new UnixDatagramLoad(receiver);

        load.RunOverRestarts(receiver, restarts: 50);

        Assert.Equal(load.Accepted, Load.Text(receiver.Payloads));
    }

    [Fact]
    public void A_stalled_receiver_takes_one_more_than_its_queue_and_then_blocks()
    {
        var queue = int.Parse(File.ReadAllText("/proc/sys/net/unix/max_dgram_qlen"), CultureInfo.InvariantCulture);
        using var receiver = new UnixDatagramReceiver();
        using var sender = Connect(receiver);
        receiver.Pause();

        for (var i = 0; i <= queue; i++)
        {
            Assert.Equal(SocketError.Success, Send(sender, "1"u8));
        }

        Assert.Equal(SocketError.WouldBlock, Send(sender, "1"u8));
        receiver.Resume();
        Assert.True(sender.Poll(Load.Deadline, SelectMode.SelectWrite));
        Assert.Equal(SocketError.Success, Send(sender, "1"u8));
        Assert.Equal(queue + 2, receiver.WaitFor(queue + 2).Count);
    }

    [Fact]
    public void A_stop_takes_the_path_away_and_a_kill_leaves_it_refusing()
    {
        using var receiver = new UnixDatagramReceiver();
        using var sender = Connect(receiver);
        receiver.StopGracefully();
        Assert.Equal([SocketError.ConnectionRefused, SocketError.NotConnected], [Send(sender, "1"u8), Send(sender, "1"u8)]);
        Assert.Equal(SocketError.AddressNotAvailable, Assert.Throws<SocketException>(() => Connect(receiver)).SocketErrorCode);

        receiver.Start();
        using var second = Connect(receiver);
        receiver.Pause();
        Assert.Equal(SocketError.Success, Send(second, "lost"u8));
        receiver.Kill();
        Assert.Equal([SocketError.ConnectionRefused, SocketError.NotConnected], [Send(second, "1"u8), Send(second, "1"u8)]);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => Connect(receiver)).SocketErrorCode);

        receiver.Start();
        using var third = Connect(receiver);
        Assert.Equal(SocketError.Success, Send(third, "found"u8));
        Assert.Equal(["found"], Load.Text(receiver.WaitFor(1)));
    }

    [Fact]
    public async Task It_refuses_from_the_first_moment_of_a_stop_and_a_kill_cuts_the_stop_short()
    {
        using var receiver = new UnixDatagramReceiver(new ReceiverOptions { TimePerPayload = TimeSpan.FromHours(1) });
        using var sender = Connect(receiver);
        receiver.Pause();
        Send(sender, "1"u8);
        Send(sender, "2"u8);
        var stop = Task.Run(() => receiver.StopGracefully(), TestContext.Current.CancellationToken);
        receiver.WaitFor(1);

        Assert.Equal([SocketError.Shutdown, SocketError.Shutdown], [Send(sender, "refused"u8), Send(sender, "refused"u8)]);
        Assert.Equal(SocketError.AddressNotAvailable, Assert.Throws<SocketException>(() => Connect(receiver)).SocketErrorCode);
        receiver.Kill();
        await Assert.ThrowsAsync<OperationCanceledException>(() => stop);
        Assert.Equal(["1"], Load.Text(receiver.Payloads));
    }

    [Fact]
    public void Nothing_is_left_of_it_in_the_file_system()
    {
        var receiver = new UnixDatagramReceiver();
        var directory = Path.GetDirectoryName(receiver.Path);
        Assert.True(File.Exists(receiver.Path));
        receiver.Kill();
        Assert.True(File.Exists(receiver.Path));
        receiver.Dispose();
        Assert.False(Directory.Exists(directory));
    }

    private static Socket Connect(UnixDatagramReceiver receiver)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        socket.Connect(new UnixDomainSocketEndPoint(receiver.Path));
        return socket;
    }

    private static SocketError Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        socket.Send(bytes, SocketFlags.None, out var error);
        return error;
    }
}
