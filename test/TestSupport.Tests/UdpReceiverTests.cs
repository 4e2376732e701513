using System.Net.Sockets;

namespace TestSupport.Tests;

public class UdpReceiverTests
{
    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void Datagrams_are_kept_whole_and_in_order(AddressFamily family)
    {
        using var receiver = new UdpReceiver(family);
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
}
