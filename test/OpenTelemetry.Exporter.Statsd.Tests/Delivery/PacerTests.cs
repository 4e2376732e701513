using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>A burst at once, then a steady rate, to the packet.</summary>
public sealed class PacerTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void It_begins_with_a_burst()
    {
        var pacer = new Pacer(packetsPerBurst: 16, packetsPerSecond: 1000, clock);
        Assert.Equal(16, pacer.PacketsPerBurst);
        Assert.Equal(16, pacer.Available());
        pacer.Take(16);
        Assert.Equal(0, pacer.Available());
    }

    [Fact]
    public void Tokens_come_back_at_the_rate_and_not_a_tick_earlier()
    {
        var pacer = new Pacer(packetsPerBurst: 16, packetsPerSecond: 1000, clock);
        pacer.Take(16);
        clock.Advance(TimeSpan.FromMilliseconds(3) - TimeSpan.FromTicks(1));
        Assert.Equal(2, pacer.Available());
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(3, pacer.Available());
    }

    [Fact]
    public void Looking_often_earns_no_more_than_looking_once()
    {
        var pacer = new Pacer(packetsPerBurst: 1000, packetsPerSecond: 1000, clock);
        pacer.Take(1000);
        for (var tick = 0; tick < 100_000; tick++)
        {
            clock.Advance(TimeSpan.FromTicks(10));
            pacer.Available();
        }

        // A hundred thousand roundings of a double may cost a token for a moment.
        Assert.InRange(pacer.Available(), 99, 100);
    }

    [Fact]
    public void Time_without_packets_earns_no_more_than_a_burst()
    {
        var pacer = new Pacer(packetsPerBurst: 16, packetsPerSecond: 1000, clock);
        pacer.Take(10);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(16, pacer.Available());
    }

    [Fact]
    public void Packets_sent_beyond_the_pace_are_no_debt()
    {
        var pacer = new Pacer(packetsPerBurst: 4, packetsPerSecond: 1000, clock);
        pacer.Take(400);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, pacer.Available());
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(4, 40)]
    [InlineData(5, 40)]
    [InlineData(1000, 40)]
    public void It_tells_how_long_packets_have_to_wait_of_which_a_burst_is_the_most(int packets, int milliseconds)
    {
        var pacer = new Pacer(packetsPerBurst: 4, packetsPerSecond: 100, clock);
        pacer.Take(4);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), pacer.UntilAvailable(packets));
        clock.Advance(TimeSpan.FromMilliseconds(5));
        pacer.Available();
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds - 5), pacer.UntilAvailable(packets));
    }

    [Fact]
    public void What_may_go_out_now_has_not_to_wait() =>
        Assert.Equal(TimeSpan.Zero, new Pacer(packetsPerBurst: 4, packetsPerSecond: 1, clock).UntilAvailable(4));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 1000)]
    [InlineData(1024, 10_000_000)]
    public void Who_waits_as_long_as_told_sends_at_the_rate(int burst, int perSecond)
    {
        var pacer = new Pacer(burst, perSecond, clock);
        var begin = clock.GetTimestamp();
        var packets = 0;
        while (packets < 10 * burst)
        {
            var now = pacer.Available();
            Assert.InRange(now, 0, burst);
            pacer.Take(now);
            packets += now;
            clock.Advance(pacer.UntilAvailable(burst));

            // A wait is cut to whole ticks; a system's is rounded up.
            clock.Advance(TimeSpan.FromTicks(1));
        }

        var allowed = burst + (clock.GetElapsedTime(begin).TotalSeconds * perSecond);
        Assert.InRange(packets, 0, allowed);
        Assert.InRange(allowed - packets, 0, burst + (10 * (1 + (perSecond / 1e7 * 2))));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(46.9999, 0)]
    [InlineData(47, 1)]
    public void What_a_large_packet_counts_for_beyond_the_burst_is_made_up_for(double milliseconds, int packets)
    {
        var pacer = new Pacer(packetsPerBurst: 16, packetsPerSecond: 1000, clock, largestWeight: 62);
        pacer.Take(62);
        Assert.Equal(TimeSpan.FromMilliseconds(47), pacer.UntilAvailable(1));
        clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(packets, pacer.Available());
    }

    [Fact]
    public void A_large_packet_goes_out_as_soon_as_any_may()
    {
        var pacer = new Pacer(packetsPerBurst: 16, packetsPerSecond: 1000, clock, largestWeight: 62);
        pacer.Take(15);
        Assert.Equal(1, pacer.Available());
        pacer.Take(62);
        Assert.Equal(TimeSpan.FromMilliseconds(62), pacer.UntilAvailable(1));
        Assert.Equal(TimeSpan.FromMilliseconds(62 + 15), pacer.UntilAvailable(16));
    }

    [Theory]
    [InlineData(1, 400)]
    [InlineData(62, 1)]
    [InlineData(62, 100)]
    public void Large_packets_sent_beyond_the_pace_leave_no_more_debt_than_one_of_them(int weight, int packets)
    {
        var pacer = new Pacer(packetsPerBurst: 16, packetsPerSecond: 1000, clock, largestWeight: 62);
        pacer.Take(15);
        for (var packet = 0; packet < packets; packet++)
        {
            pacer.Take(weight);
        }

        Assert.Equal(TimeSpan.FromMilliseconds(62), pacer.UntilAvailable(1));
        clock.Advance(TimeSpan.FromMilliseconds(62));
        Assert.Equal(1, pacer.Available());
    }

    [Fact]
    public void Large_packets_and_small_ones_keep_the_rate_on_average()
    {
        const int Burst = 16;
        const int Largest = 62;
        var pacer = new Pacer(Burst, packetsPerSecond: 1000, clock, Largest);
        var random = new Random(11);
        var begin = clock.GetTimestamp();
        var sent = 0L;
        for (var packet = 0; packet < 10_000; packet++)
        {
            clock.Advance(pacer.UntilAvailable(1));
            while (pacer.Available() == 0)
            {
                // A wait is cut to whole ticks; a system's is rounded up.
                clock.Advance(TimeSpan.FromTicks(1));
            }

            var weight = random.Next(4) == 0 ? random.Next(1, Largest + 1) : 1;
            pacer.Take(weight);
            sent += weight;

            // In debt for less than a large packet, and never more than a burst ahead of what has been earned.
            var earned = clock.GetElapsedTime(begin).TotalMilliseconds;
            Assert.InRange(sent - earned, -1, Burst + Largest - 1);
        }

        Assert.InRange(sent / clock.GetElapsedTime(begin).TotalSeconds, 999, 1001);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1432, 1)]
    [InlineData(1433, 2)]
    [InlineData(8192, 8)]
    [InlineData(65_507, 62)]
    public void Where_packets_differ_in_length_each_is_weighed(int bytes, int weight)
    {
        var pacer = Pacer.Of(Settings(fillsPackets: false), clock);
        Assert.Equal(16, pacer.PacketsPerBurst);
        Assert.Equal(16, pacer.Available());
        Assert.Equal(weight, pacer.WeightOf(new PacketRun(new byte[bytes], 1)));

        // However short they are, each costs a receiver something.
        Assert.Equal(Math.Max(weight, 10), pacer.WeightOf(new PacketRun(new byte[bytes], 10)));
        pacer.Take(1000);
        Assert.Equal(TimeSpan.FromMilliseconds(62), pacer.UntilAvailable(1));
    }

    [Fact]
    public void Where_all_packets_are_full_the_pace_is_one_of_such_packets()
    {
        // 1000 a second, of which one of 65,507 bytes stands for 62.
        var pacer = Pacer.Of(Settings(fillsPackets: true), clock);
        Assert.Equal(1, pacer.PacketsPerBurst);
        Assert.Equal(1, pacer.WeightOf(new PacketRun(new byte[65_507], 1)));
        pacer.Take(1);
        Assert.Equal(TimeSpan.FromSeconds(1) / 16, pacer.UntilAvailable(1));
    }

    private static DeliverySettings Settings(bool fillsPackets)
    {
        Assert.True(Endpoint.TryParse("udp://127.0.0.1:9", out var endpoint));
        return new DeliverySettings
        {
            Endpoint = endpoint,
            MaxPacketBytes = 65_507,
            MaxBufferBytes = 1 << 20,
            MaxPacketsPerBurst = 16,
            MaxPacketsPerSecond = 1000,
            SkipsEmptyLines = false,
            FillsPackets = fillsPackets,
        };
    }
}
