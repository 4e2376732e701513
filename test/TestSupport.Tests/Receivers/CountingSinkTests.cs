using System.Net.Sockets;

namespace TestSupport.Tests;

public class CountingSinkTests
{
    [Fact]
    public void Counters_are_added_up_and_everything_else_is_counted()
    {
        var sink = new CountingSink();
        sink.Add("a:1|c\nb;x=y:2.5|c\nc:3:4|c|#k:v,l:m|c:id\nd:100|g\ne:-1|c|@0.5"u8);
        sink.Add("f:9007199254740993|c\n\n"u8);
        sink.Add([]);

        Assert.Equal(new SinkTotals(3, 81, 6, 9007199254741002.5m, 0), sink.Totals);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("a:1")]
    [InlineData("a|c")]
    [InlineData("a|c:1")]
    [InlineData("a:|c")]
    [InlineData("a:1:|c")]
    [InlineData("a:1x|c")]
    [InlineData("a:NaN|c")]
    public void A_line_that_cannot_be_added_is_counted_as_such(string line)
    {
        var sink = new CountingSink();
        sink.Add(System.Text.Encoding.ASCII.GetBytes(line));

        Assert.Equal(new SinkTotals(1, line.Length, 1, 0, 1), sink.Totals);
    }

    [Fact]
    public void Adding_allocates_nothing()
    {
        var sink = new CountingSink();
        sink.Add("a:1|c\nb:2:3|c|#k:v"u8);
        Assert.Equal(0, Allocated.AtLeastBy(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                sink.Add("a:1|c\nb:2:3|c|#k:v"u8);
            }
        }));
        Assert.Equal(6 * 5_001, sink.Totals.Counted);
    }

    [Fact]
    public void A_receiver_with_a_sink_keeps_nothing_and_wakes_who_waits_for_the_totals()
    {
        var sink = new CountingSink();
        using var receiver = new UdpReceiver(options: new ReceiverOptions { Sink = sink });
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo("a:1|c\nb:2|c"u8, receiver.EndPoint);
        sender.SendTo("a:3|c"u8, receiver.EndPoint);
        receiver.WaitUntil(() => sink.Totals.Counted == 6);

        Assert.Equal(new SinkTotals(2, 16, 3, 6, 0), sink.Totals);
        Assert.Empty(receiver.Payloads);
    }
}
