using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Each packet and each entry counts once, whatever the network says and however late.</summary>
public sealed class DeliveryTests : IDisposable
{
    private readonly ScriptedTransport transport = new();
    private readonly ExportTally tally = new();
    private readonly PacketBuilder packets;

    public DeliveryTests() => packets = new PacketBuilder(64, new PacketSender(transport, "udp://scripted:1", tally), tally);

    public void Dispose() => transport.Dispose();

    [Theory]
    [InlineData(SocketError.ConnectionRefused, nameof(DropReason.ConnectionRefused))]
    [InlineData(SocketError.HostUnreachable, nameof(DropReason.NetworkError))]
    public void A_report_on_the_packet_before_takes_that_one_back(SocketError report, string reason)
    {
        transport.Answer(SocketError.Success).Answer(SocketError.Success, report);
        Entry("first");
        packets.Flush();
        Entry("second");
        packets.Settle();
        AssertCounts(exported: 1, sent: 1, reason, dropped: 1, droppedPackets: 1);
    }

    [Fact]
    public void A_report_at_the_end_takes_the_last_packet_back()
    {
        transport.Pending = SocketError.ConnectionRefused;
        Entry("first");
        packets.Flush();
        Entry("second");
        packets.Settle();
        AssertCounts(exported: 1, sent: 1, nameof(DropReason.ConnectionRefused), dropped: 1, droppedPackets: 1);
    }

    [Fact]
    public void An_entry_is_lost_with_its_first_packet_although_the_last_one_arrives()
    {
        transport.Answer(SocketError.Success).Answer(SocketError.Success, SocketError.ConnectionRefused);
        Entry("whole");
        Line("first half");
        packets.Flush();
        Line("second half");
        packets.CompleteEntry();
        Entry("another");
        packets.Settle();
        AssertCounts(exported: 1, sent: 1, nameof(DropReason.ConnectionRefused), dropped: 2, droppedPackets: 1);
    }

    [Fact]
    public void An_entry_is_lost_with_its_middle_packet_and_counted_once()
    {
        transport.Answer(SocketError.Success).Answer(SocketError.Success).Answer(SocketError.Success, SocketError.ConnectionRefused);
        Line("begin");
        packets.Flush();
        Line("middle");
        packets.Flush();
        Line("end");
        packets.CompleteEntry();
        packets.Settle();
        AssertCounts(exported: 0, sent: 2, nameof(DropReason.ConnectionRefused), dropped: 1, droppedPackets: 1);
    }

    [Fact]
    public void An_entry_that_failed_by_itself_is_not_counted_again_with_its_packet()
    {
        transport.Answer(SocketError.Success).Answer(SocketError.Success, SocketError.ConnectionRefused);
        Line("first half");
        packets.Flush();
        packets.FailEntry(DropReason.InvalidValue);
        packets.CompleteEntry();
        Entry("another");
        packets.Settle();
        Assert.Equal(1, tally.PointsDropped[(int)DropReason.InvalidValue]);
        Assert.Equal(0, tally.PointsDropped[(int)DropReason.ConnectionRefused]);
        Assert.Equal(1, tally.PointsExported);
    }

    [Fact]
    public void A_full_send_buffer_is_waited_for()
    {
        transport.Answer(SocketError.WouldBlock).Answer(SocketError.Success);
        Entry("patient");
        packets.Settle();
        Assert.Equal(["patient"], transport.Taken);
        Assert.Single(transport.Waits);
        Assert.Equal(1, tally.PointsExported);
    }

    [Fact]
    public void A_report_that_comes_while_waiting_for_the_buffer_takes_the_packet_before_back()
    {
        transport.Answer(SocketError.Success).Answer(SocketError.WouldBlock).Answer(SocketError.Success, SocketError.ConnectionRefused);
        Entry("first");
        packets.Flush();
        Entry("second");
        packets.Settle();
        AssertCounts(exported: 1, sent: 1, nameof(DropReason.ConnectionRefused), dropped: 1, droppedPackets: 1);
    }

    [Fact]
    public void A_send_buffer_that_stays_full_costs_the_packet_and_a_bounded_time()
    {
        for (var i = 0; i < 10; i++)
        {
            transport.Answer(SocketError.WouldBlock);
        }

        for (var i = 0; i < 5; i++)
        {
            Entry($"packet {i}");
            packets.Flush();
        }

        packets.Settle();
        Assert.All(transport.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromMilliseconds(500)));
        AssertCounts(exported: 0, sent: 0, nameof(DropReason.SendBufferFull), dropped: 5, droppedPackets: 5);
    }

    [Fact]
    public void A_transport_that_throws_costs_the_packet()
    {
        Entry("first");
        packets.Flush();
        transport.Throws = new ObjectDisposedException("socket");
        Entry("second");
        packets.Settle();
        AssertCounts(exported: 1, sent: 1, nameof(DropReason.InternalError), dropped: 1, droppedPackets: 1);
    }

    [Fact]
    public void A_transport_that_throws_at_the_end_costs_the_last_packet()
    {
        Entry("first");
        packets.Flush();
        Entry("second");
        packets.Flush();
        transport.Throws = new ObjectDisposedException("socket");
        packets.Settle();
        AssertCounts(exported: 1, sent: 1, nameof(DropReason.InternalError), dropped: 1, droppedPackets: 1);
    }

    private void Line(string text) => packets.Commit(System.Text.Encoding.UTF8.GetBytes(text, packets.Free));

    private void Entry(string text)
    {
        Line(text);
        packets.CompleteEntry();
    }

    private void AssertCounts(int exported, int sent, string reason, int dropped, int droppedPackets)
    {
        var index = (int)Enum.Parse<DropReason>(reason);
        Assert.Equal(exported, tally.PointsExported);
        Assert.Equal(sent, tally.PacketsSent);
        Assert.Equal(dropped, tally.PointsDropped[index]);
        Assert.Equal(droppedPackets, tally.PacketsDropped[index]);
    }
}
