namespace OpenTelemetry.Exporter.Prometheus.Diagnostics;

/// <summary>Lets at most ten events a minute pass, so that a fault in each scrape or point does not flood a log.</summary>
/// <remarks>Thread-safe. Two threads that both open a new minute may let a few more pass.</remarks>
internal sealed class EventLimiter(TimeProvider time)
{
    private const int MaxPerMinute = 10;

    private long minuteBegun = time.GetTimestamp();
    private int passed;

    public bool TryPass()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref minuteBegun)) >= TimeSpan.FromMinutes(1))
        {
            Interlocked.Exchange(ref minuteBegun, time.GetTimestamp());
            Interlocked.Exchange(ref passed, 0);
        }

        return Interlocked.Increment(ref passed) <= MaxPerMinute;
    }
}
