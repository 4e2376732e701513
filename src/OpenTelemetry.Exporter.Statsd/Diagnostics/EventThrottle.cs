namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Lets one event pass every ten seconds and counts those it holds back.</summary>
/// <remarks>
/// Thread-safe without a lock: whoever exchanges the deadline passes, everybody else adds to the count. The two fields are
/// not read together, so an event held back at the very moment another passes may be counted with the next one.
/// </remarks>
internal sealed class EventThrottle
{
    private const long IntervalMilliseconds = 10_000;

    private long opensAt = long.MinValue;
    private long held;

    /// <summary>Whether an event may be written now.</summary>
    /// <param name="heldBack">How many were not, since the last that was.</param>
    public bool TryPass(out long heldBack)
    {
        var now = Environment.TickCount64;
        var seen = Volatile.Read(ref opensAt);
        if (now >= seen && Interlocked.CompareExchange(ref opensAt, now + IntervalMilliseconds, seen) == seen)
        {
            heldBack = Interlocked.Exchange(ref held, 0);
            return true;
        }

        Interlocked.Increment(ref held);
        heldBack = 0;
        return false;
    }
}
