namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Time that passes when a test says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    // Not zero at the beginning, lest a test take a time of 0 for none.
    private long ticks = TimeSpan.FromDays(3).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref ticks);

    public void Advance(TimeSpan time)
    {
        Assert.True(time >= TimeSpan.Zero, "Time does not go back.");
        Interlocked.Add(ref ticks, time.Ticks);
    }

    /// <summary>How an exporter under this clock waits for somebody real: without time passing for both, it would wait for ever.</summary>
    public void Pause(TimeSpan time)
    {
        Thread.Sleep(time);
        Advance(time);
    }
}
