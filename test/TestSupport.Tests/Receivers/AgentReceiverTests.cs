using System.Net.Sockets;
using System.Text;

namespace TestSupport.Tests;

/// <summary>Receivers that cut payloads out as the CloudWatch agent does.</summary>
public class AgentReceiverTests
{
    private const int LongestLine = (1 << 20) - 1;

    private static readonly ReceiverOptions Agent = new() { ReadsAsCloudWatchAgent = true };

    [Fact]
    public void Lines_lose_a_carriage_return_and_the_last_one_needs_no_end()
    {
        using var receiver = new TcpReceiver(options: Agent);
        using (var sender = Connect(receiver))
        {
            sender.Send("one\r\n\n\r\ntwo \t\nthr"u8);
            sender.Send("ee"u8);
        }

        Assert.Equal(["one", "two \t", "three"], Load.Text(receiver.WaitFor(3)));
        receiver.StopGracefully();
        Assert.Equal(3, receiver.Payloads.Count);
    }

    [Fact]
    public void A_line_may_be_just_short_of_the_limit()
    {
        using var receiver = new TcpReceiver(options: Agent);
        using var sender = Connect(receiver);

        sender.Send(Encoding.ASCII.GetBytes($"{new string('x', LongestLine)}\nnext\n"));

        Assert.Equal([LongestLine, 4], receiver.WaitFor(2).Select(payload => payload.Length));
    }

    [Theory]
    [InlineData("\nnext\n")]
    [InlineData("")]
    public void A_line_as_long_as_the_limit_ends_the_connection(string rest)
    {
        using var receiver = new TcpReceiver(options: Agent);
        using var sender = Connect(receiver);

        sender.Send(Encoding.ASCII.GetBytes($"first\n{new string('x', LongestLine + 1)}{rest}"));
        receiver.WaitUntil(() => receiver.Torn.Count == 1);

        Assert.Equal(["first"], Load.Text(receiver.Payloads));
        Assert.Throws<SocketException>(() => sender.Receive(new byte[1]));
    }

    [Fact]
    public void Of_a_datagram_control_characters_at_the_end_are_trimmed_and_no_others()
    {
        using var receiver = new UdpReceiver(options: Agent);
        using var sender = new UdpClient();
        foreach (var datagram in new[] { "{\n} \r\n\0\t", "\n", "\u0001x" })
        {
            sender.Send(Encoding.ASCII.GetBytes(datagram), receiver.EndPoint);
        }

        Assert.Equal(["{\n} ", "\u0001x"], Load.Text(receiver.WaitForDatagrams(2)));
    }

    private static Socket Connect(TcpReceiver receiver)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(receiver.EndPoint);
        return socket;
    }
}
