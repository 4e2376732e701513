using OpenTelemetry.Exporter.Statsd.Delivery;

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
}
