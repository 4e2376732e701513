namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Lets one event pass every ten seconds and counts those it holds back.</summary>
/// <remarks>
/// Thread-safe without a lock: whoever exchanges the deadline passes, everybody else adds to the count. The two fields are
/// not read together, so an event held back at the very moment another passes may be counted with the next one.
/// </remarks>
/// <param name="milliseconds">A clock that never goes back; the system's own unless a test says otherwise.</param>
internal sealed class EventThrottle(Func<long>? milliseconds = null)
{
    private const long IntervalMilliseconds = 10_000;

    private readonly Func<long> milliseconds = milliseconds ?? (() => Environment.TickCount64);
    private long opensAt = long.MinValue;
    private long held;

    /// <summary>Whether an event may be written now.</summary>
    /// <param name="heldBack">How many were not, since the last that was.</param>
    public bool TryPass(out long heldBack)
    {
        var now = milliseconds();
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
