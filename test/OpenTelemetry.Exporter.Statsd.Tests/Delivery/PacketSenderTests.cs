using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>What a sender does in each case, to the millisecond; what holds in all cases is for <see cref="PacketSenderProperties"/>.</summary>
public sealed class PacketSenderTests : IDisposable
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    /// <summary>Of real time: by then whatever does not come about will not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Endpoint Udp = new("127.0.0.1", 8125);

    private readonly ManualClock clock = new();
    private readonly ScriptedTransport transport = new();
    private readonly ExportTally tally = new(new ExporterEvents("test"));
    private readonly List<TimeSpan> pauses = [];
    private readonly List<(TimeSpan Time, string Packets)> sent = [];
    private readonly long began;
    private PacketSender sender;
    private int packets;

    public PacketSenderTests()
    {
        began = clock.GetTimestamp();
        transport.Wait = clock.Advance;
        sender = NewSender();
    }

    private TimeSpan Elapsed => clock.GetElapsedTime(began);

    public void Dispose() => transport.Dispose();

    [Fact]
    public void Packets_go_out_in_order_and_count_once_nothing_is_reported()
    {
        Assert.True(Export("a", "b", "c"));
        Assert.Equal(["a", "b", "c"], transport.Taken);
        AssertCounts(sent: 3, resent: 0);
        Assert.Equal(StatsdBreakerState.Closed, sender.State);
    }

    [Fact]
    public void A_report_at_the_end_sends_the_last_call_again()
    {
        transport.Reports.Enqueue(SocketError.Success);
        transport.Reports.Enqueue(SocketError.ConnectionRefused);
        Assert.True(Export("a", "b"));
        Assert.Equal(["a", "b", "b"], transport.Taken);
        AssertCounts(sent: 2, resent: 1);
    }

    [Fact]
    public void A_report_in_the_middle_sends_what_is_not_confirmed_again_before_the_next_packet()
    {
        transport.Reports.Enqueue(SocketError.ConnectionRefused);
        Assert.True(Export("a", "b"));
        Assert.Equal(["a", "a", "b"], transport.Taken);
        AssertCounts(sent: 2, resent: 1);
    }

    [Fact]
    public void A_call_that_fails_without_a_report_sends_only_its_own_packets_again()
    {
        transport.Answer(SocketError.Success).Answer(SocketError.AccessDenied);
        Assert.True(Export("a", "b"));
        Assert.Equal(["a", "b"], transport.Taken);
        AssertCounts(sent: 2, resent: 0);
    }

    [Fact]
    public void A_receiver_that_refuses_three_times_in_a_row_is_away_and_the_packet_kept()
    {
        for (var i = 0; i < 3; i++)
        {
            transport.Reports.Enqueue(SocketError.ConnectionRefused);
        }

        Assert.False(Export("a"));
        Assert.Equal(["a", "a", "a"], transport.Taken);
        Assert.Equal(StatsdBreakerState.Open, sender.State);
        Assert.Equal(1, sender.QueuedPackets);
        Assert.Empty(pauses);
        clock.Advance(2 * CircuitBreaker.MinBackOff);
        sender.Begin(Budget);
        Assert.True(sender.IsReceiverThere());
        Assert.Equal(StatsdBreakerState.Closed, sender.State);
        AssertCounts(sent: 1, resent: 3);
    }

    [Fact]
    public void A_receiver_that_is_gone_when_asked_after_a_refusal_is_away_at_once()
    {
        transport.Reports.Enqueue(SocketError.ConnectionRefused);
        transport.Probes.Enqueue(SocketError.ConnectionRefused);
        Assert.False(Export("a", "b"));
        Assert.Equal(["a"], transport.Taken);
        Assert.Equal(StatsdBreakerState.Open, sender.State);
        Assert.Equal(2, sender.QueuedPackets);
        sender.DropAll();
        AssertDropped(DropReason.ReceiverAway, packets: 2);
    }

    [Fact]
    public void While_the_receiver_is_away_an_export_neither_calls_nor_waits_and_the_oldest_packets_give_way()
    {
        sender = NewSender(bufferBytes: 64 + (3 * 64));
        transport.Probes.Enqueue(SocketError.ConnectionRefused);
        sender.Begin(Budget);
        Assert.False(sender.IsReceiverThere());
        var calls = transport.Calls;
        var full = Enumerable.Range(0, 10).Select(number => $"{number}".PadRight(64, 'x')).ToArray();
        Assert.False(Export(full));
        Assert.False(sender.IsReceiverThere());
        Assert.Equal(calls, transport.Calls);
        Assert.Empty(pauses);
        Assert.Equal(4, sender.QueuedPackets);
        AssertDropped(DropReason.BufferFull, packets: 6);
        clock.Advance(2 * CircuitBreaker.MinBackOff);
        Assert.True(Export("last"));
        Assert.Equal([.. full[6..], "last"], transport.Taken);
    }

    [Fact]
    public void What_does_not_fit_the_buffer_waits_for_a_receiver_that_went_away_during_the_export()
    {
        sender = NewSender(bufferBytes: 64 + 4);
        sender.Begin(Budget);
        Assert.True(sender.IsReceiverThere());
        for (var i = 0; i < 2; i++)
        {
            transport.Reports.Enqueue(SocketError.ConnectionRefused);
            transport.Probes.Enqueue(SocketError.ConnectionRefused);
        }

        var full = new[] { "a".PadRight(64), "b".PadRight(64) };
        Assert.True(Export(full));
        Assert.Equal([full[0], full[0], full[0], full[1]], transport.Taken);
        Assert.Equal(2, pauses.Count);
        Assert.InRange(pauses[0], TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
        Assert.InRange(pauses[1], TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
        AssertCounts(sent: 2, resent: 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nobody_waits_for_a_receiver_that_was_never_there_or_at_the_end(bool wasThere)
    {
        sender = NewSender(bufferBytes: 64 + 4);
        sender.Begin(Budget);
        if (wasThere)
        {
            Assert.True(sender.IsReceiverThere());
            sender.Hurry(Budget);
        }

        for (var i = 0; i < 10; i++)
        {
            transport.Answer(SocketError.NotConnected);
            transport.Probes.Enqueue(SocketError.ConnectionRefused);
        }

        Assert.False(Export("a".PadRight(64), "b".PadRight(64)));
        Assert.Empty(pauses);
        AssertDropped(DropReason.BufferFull, packets: 1);
    }

    [Fact]
    public void The_end_of_the_budget_is_no_outage()
    {
        transport.Wait = time => clock.Advance(time);
        AnswerAlways(SocketError.WouldBlock);
        Add(TimeSpan.FromMilliseconds(100), "a");
        Assert.False(sender.Complete());
        Assert.Equal(StatsdBreakerState.Closed, sender.State);
        Assert.Equal(1, sender.QueuedPackets);
    }

    [Fact]
    public void Room_for_a_packet_is_waited_for_only_until_there_is_some()
    {
        sender = NewSender(bufferBytes: 64 + (3 * 64), burst: 1, perSecond: 1000);
        Add(Budget, Full(5));
        Assert.Equal(Milliseconds(1), pauses);
        Assert.Equal(Full(2), transport.Taken);
        Assert.Equal(4, sender.QueuedPackets);
    }

    [Fact]
    public void A_receiver_that_answered_is_taken_for_back_when_an_export_without_packets_ends()
    {
        transport.Probes.Enqueue(SocketError.ConnectionRefused);
        sender.Begin(Budget);
        Assert.False(sender.IsReceiverThere());
        clock.Advance(2 * CircuitBreaker.MinBackOff);
        sender.Begin(Budget);
        Assert.True(sender.IsReceiverThere());
        Assert.Equal(StatsdBreakerState.HalfOpen, sender.State);
        Assert.True(Export());
        Assert.Equal(StatsdBreakerState.Closed, sender.State);
    }

    [Fact]
    public void Packets_go_out_in_bursts_at_the_rate()
    {
        transport.MaxPacketsPerSend = 64;
        sender = NewSender(burst: 16, perSecond: 1000);
        Assert.True(Export(Full(40)));
        Assert.Equal([16, 16, 8], Sizes());
        Assert.Equal(Milliseconds(0, 16, 24), sent.ConvertAll(call => call.Time));
        Assert.Equal(Milliseconds(16, 8), pauses);
    }

    [Fact]
    public void When_the_budget_is_used_up_the_rest_goes_out_at_once()
    {
        transport.MaxPacketsPerSend = 64;
        sender = NewSender(burst: 16, perSecond: 1000);
        Assert.True(Export(TimeSpan.FromMilliseconds(20), Full(120)));
        Assert.Equal([16, 16, 64, 24], Sizes());
        Assert.Equal(Milliseconds(0, 16, 20, 20), sent.ConvertAll(call => call.Time));
    }

    [Fact]
    public void Short_of_time_to_shut_down_all_goes_out_at_once()
    {
        sender = NewSender(burst: 1, perSecond: 1);
        sender.Hurry(TimeSpan.Zero);
        Assert.True(Export(Full(100)));
        Assert.Equal(TimeSpan.Zero, Elapsed);
        Assert.Equal(100, transport.Taken.Count);
    }

    [Fact]
    public void A_shutdown_leaves_four_tenths_of_its_time_to_the_export_that_runs_and_as_much_to_the_last_one()
    {
        sender = NewSender(burst: 1, perSecond: 1);
        Add(TimeSpan.FromHours(1), Full(3));
        sender.Hurry(TimeSpan.FromSeconds(1));
        Assert.True(sender.Complete());
        Assert.Equal(TimeSpan.FromMilliseconds(400), Elapsed);
        Assert.True(Export(TimeSpan.FromHours(1), Full(3)));
        Assert.Equal(TimeSpan.FromMilliseconds(800), Elapsed);
    }

    [Fact]
    public void A_shutdown_tries_a_receiver_that_is_away()
    {
        transport.Probes.Enqueue(SocketError.ConnectionRefused);
        sender.Begin(Budget);
        Assert.False(sender.IsReceiverThere());
        sender.Hurry(TimeSpan.FromSeconds(1));
        Assert.True(Export("last"));
        Assert.Equal(["last"], transport.Taken);
        Assert.Equal(StatsdBreakerState.Closed, sender.State);
    }

    [Fact]
    public void A_transport_that_loses_nothing_is_not_paced()
    {
        transport.IsLossy = false;
        transport.MaxPacketsPerSend = 64;
        sender = NewSender(burst: 1, perSecond: 1);
        Assert.True(Export(Full(100)));
        Assert.Equal(TimeSpan.Zero, Elapsed);
        Assert.Equal([64, 36], Sizes());
        AssertCounts(sent: 100, resent: 0);
    }

    [Fact]
    public void A_receiver_that_is_behind_gets_no_burst_until_it_has_caught_up()
    {
        sender = NewSender(burst: 2, perSecond: 1000);
        transport.Behind = () => Elapsed < TimeSpan.FromMilliseconds(12);
        Assert.True(Export(Full(2)));
        Assert.Equal(Milliseconds(2, 2, 2, 2, 2, 2), pauses);
        Assert.All(sent, call => Assert.Equal(TimeSpan.FromMilliseconds(12), call.Time));
        AssertCounts(sent: 2, resent: 0);
    }

    [Fact]
    public void A_receiver_that_stays_behind_is_sent_everything_at_the_end_of_the_budget()
    {
        sender = NewSender(burst: 2, perSecond: 1000);
        transport.Behind = () => true;
        Assert.True(Export(TimeSpan.FromMilliseconds(5), Full(5)));
        Assert.Equal(Milliseconds(2, 2, 1), pauses);
        Assert.Equal(5, sent.Count);
        Assert.All(sent, call => Assert.Equal(TimeSpan.FromMilliseconds(5), call.Time));
    }

    [Fact]
    public void While_packets_are_added_a_receiver_that_is_behind_is_asked_every_two_milliseconds()
    {
        transport.MaxPacketsPerSend = 2;
        sender = NewSender(burst: 2, perSecond: 1000);
        var asked = 0;
        transport.Behind = () => ++asked <= 2;
        Add(Budget, Full(10));
        Assert.Equal(1, asked);
        clock.Advance(TimeSpan.FromMilliseconds(2) - TimeSpan.FromTicks(1));
        Add(Budget, "x");
        Assert.Equal(1, asked);
        clock.Advance(TimeSpan.FromTicks(1));
        Add(Budget, "x");
        Assert.Equal(2, asked);
        Assert.Empty(pauses);
        Assert.Empty(sent);
        clock.Advance(TimeSpan.FromMilliseconds(2));
        Add(Budget, "x");
        Assert.Equal([2], Sizes());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void A_receiver_is_asked_once_a_burst_whether_it_is_behind(int packetsPerSend)
    {
        transport.MaxPacketsPerSend = packetsPerSend;
        sender = NewSender(burst: 8, perSecond: 1000);
        var sentWhenAsked = new List<int>();
        transport.Behind = () =>
        {
            sentWhenAsked.Add(Sizes().Sum());
            return false;
        };
        Assert.True(Export(Full(24)));
        Assert.Equal([0, 8, 16], sentWhenAsked);
    }

    [Fact]
    public void An_answer_of_the_receiver_does_not_count_for_long()
    {
        sender = NewSender(burst: 8, perSecond: 1000);
        var asked = 0;
        transport.Behind = () => ++asked > 1;
        Add(Budget, "a");
        Assert.True(sender.Complete());
        clock.Advance(TimeSpan.FromMilliseconds(5));
        sender.SendDue();
        sender.Add("b"u8, new PacketEntries(1, Spanning: 0, OpenSpans: false));
        sender.SendDue();
        Assert.Equal(2, asked);
        Assert.Equal(["a"], transport.Taken);
    }

    [Theory]
    [InlineData(true, 100_000)]
    [InlineData(false, 1)]
    public void A_receiver_is_not_asked_whether_it_is_behind_where_nothing_is_paced(bool isLossy, int perSecond)
    {
        transport.IsLossy = isLossy;
        sender = NewSender(burst: 2, perSecond: perSecond);
        transport.Behind = () => throw new InvalidOperationException("It was asked.");
        Assert.True(Export(Full(100)));
        AssertCounts(sent: 100, resent: 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_buffer_that_stays_full_for_half_a_second_is_given_up(bool isLossy)
    {
        transport.IsLossy = isLossy;
        transport.Wait = time => clock.Advance(time < TimeSpan.FromMilliseconds(100) ? time : TimeSpan.FromMilliseconds(100));
        AnswerAlways(SocketError.WouldBlock);
        Assert.False(Export("a", "b"));
        Assert.Equal(Milliseconds(500, 400, 300, 200, 100), transport.Waits);
        Assert.Equal(TimeSpan.FromMilliseconds(500), Elapsed);
        Assert.Equal(StatsdBreakerState.Open, sender.State);
        sender.DropAll();
        AssertDropped(DropReason.TimedOut, packets: 2);
    }

    [Fact]
    public void Each_packet_taken_begins_the_half_second_anew()
    {
        transport.Wait = time => clock.Advance(TimeSpan.FromMilliseconds(300));
        foreach (var _ in Full(3))
        {
            transport.Answer(SocketError.WouldBlock).Answer(SocketError.Success);
        }

        Assert.True(Export("a", "b", "c"));
        Assert.Equal(Milliseconds(500, 500, 500), transport.Waits);
    }

    [Fact]
    public void A_full_buffer_is_waited_for_rather_than_tried_with_each_packet_that_is_added()
    {
        transport.IsLossy = false;
        transport.Answer(SocketError.WouldBlock);
        Assert.True(Export("a", "b", "c"));
        Assert.Equal(4, transport.Calls);
        Assert.Single(transport.Waits);
    }

    [Fact]
    public void A_full_buffer_is_waited_for_no_longer_than_the_budget()
    {
        AnswerAlways(SocketError.WouldBlock);
        Assert.False(Export(TimeSpan.FromMilliseconds(30), "a"));
        Assert.Equal(Milliseconds(30), transport.Waits);
        Assert.Equal(1, sender.QueuedPackets);
    }

    [Fact]
    public void A_kernel_short_of_memory_is_asked_again_each_millisecond_for_half_a_second()
    {
        AnswerAlways(SocketError.NoBufferSpaceAvailable);
        Assert.False(Export("a"));
        Assert.Equal(500, pauses.Count);
        Assert.All(pauses, pause => Assert.Equal(TimeSpan.FromMilliseconds(1), pause));
        Assert.Equal(TimeSpan.FromMilliseconds(500), Elapsed);
    }

    [Fact]
    public void A_packet_too_long_for_the_path_is_dropped_and_the_next_one_sent()
    {
        transport.Answer(SocketError.Success).Answer(SocketError.MessageSize);
        Assert.True(Export("a", "b", "c"));
        Assert.Equal(["a", "c"], transport.Taken);
        AssertDropped(DropReason.PacketTooLarge, packets: 1);
        AssertCounts(sent: 2, resent: 0);
    }

    [Fact]
    public void A_transport_that_throws_is_a_receiver_that_is_away()
    {
        transport.Throws = new InvalidOperationException("thrown by a test");
        Assert.False(Export("a"));
        Assert.Equal(StatsdBreakerState.Open, sender.State);
        Assert.Equal(1, sender.QueuedPackets);
        clock.Advance(2 * CircuitBreaker.MinBackOff);
        sender.Begin(Budget);
        Assert.False(sender.IsReceiverThere());
        transport.Throws = null;
        clock.Advance(CircuitBreaker.MaxBackOff);
        sender.Begin(Budget);
        Assert.True(sender.IsReceiverThere());
        Assert.Equal(["a"], transport.Taken);
    }

    [Fact]
    public void Full_packets_go_out_while_others_are_still_added_and_a_part_of_a_burst_waits()
    {
        transport.MaxPacketsPerSend = 4;
        sender = NewSender(burst: 4);
        Add(Budget, Full(6));
        Assert.Equal([4], Sizes());
        Assert.Equal(6, sender.QueuedPackets);
        Assert.True(sender.Complete());
        Assert.Equal([4, 2], Sizes());
    }

    [Fact]
    public void Hurry_ends_a_wait_that_another_thread_is_in()
    {
        // Waits for real, and for minutes unless it is told to hurry.
        var real = new PacketSender(Settings(burst: 500, perSecond: 1), transport, tally);
        real.Begin(TimeSpan.FromHours(2));
        for (var i = 0; i < 1000; i++)
        {
            real.Add("x"u8, new PacketEntries(1, 0, false));
        }

        var thread = new Thread(() => real.Complete());
        thread.Start();
        Assert.True(SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience), "Nobody waits.");
        real.Hurry(TimeSpan.Zero);
        Assert.True(thread.Join(Patience), "The wait went on.");
        Assert.Equal(1000, tally.PacketsSent);
        real.Dispose();
    }

    private static string[] Full(int count) => [.. Enumerable.Range(0, count).Select(number => $"{number}".PadRight(64, 'x'))];

    private static IEnumerable<TimeSpan> Milliseconds(params int[] times) => times.Select(time => TimeSpan.FromMilliseconds(time));

    private static DeliverySettings Settings(int bufferBytes = 65_536, int burst = 1000, int perSecond = 1_000_000) => new()
    {
        Endpoint = Udp,
        MaxPacketBytes = 64,
        MaxBufferBytes = bufferBytes,
        MaxPacketsPerBurst = burst,
        MaxPacketsPerSecond = perSecond,
        SkipsEmptyLines = true,
    };

    private PacketSender NewSender(int bufferBytes = 65_536, int burst = 1000, int perSecond = 1_000_000)
    {
        transport.OnTaken = taken => sent.Add((Elapsed, taken));
        return new PacketSender(Settings(bufferBytes, burst, perSecond), transport, tally, clock, Pause);
    }

    private void Pause(TimeSpan time)
    {
        pauses.Add(time);
        clock.Advance(time);
    }

    private void AnswerAlways(SocketError error)
    {
        for (var i = 0; i < 10_000; i++)
        {
            transport.Answer(error);
        }
    }

    private void Add(TimeSpan budget, params string[] given)
    {
        sender.Begin(budget);
        foreach (var packet in given)
        {
            sender.Add(Encoding.ASCII.GetBytes(packet), new PacketEntries(1, Spanning: 0, OpenSpans: false));
            packets++;
        }
    }

    private bool Export(params string[] given) => Export(Budget, given);

    private bool Export(TimeSpan budget, params string[] given)
    {
        Add(budget, given);
        var isDone = sender.Complete();
        Assert.Equal(isDone, sender.QueuedPackets == 0);
        return isDone;
    }

    private IEnumerable<int> Sizes() => sent.Select(call => call.Packets.Length / 64);

    private void AssertCounts(int sent, int resent)
    {
        Assert.Equal((sent, sent, resent), (tally.PacketsSent, tally.PointsExported, tally.PacketsResent));
        Assert.Equal(packets, sent + sender.QueuedPackets + tally.PacketsDropped.ToArray().Sum());
    }

    private void AssertDropped(DropReason reason, int packets)
    {
        Assert.Equal(packets, tally.PacketsDropped[(int)reason]);
        Assert.Equal(packets, tally.PointsDropped[(int)reason]);
        Assert.Equal(packets, tally.PacketsDropped.ToArray().Sum());
    }
}
