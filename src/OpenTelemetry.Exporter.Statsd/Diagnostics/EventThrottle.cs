namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Lets ten events of a kind pass each minute and counts those it holds back.</summary>
/// <remarks>
/// Thread-safe without a lock: whoever exchanges the end of the minute begins the next one. The fields are not read together,
/// so events at that very moment may pass although, or be held back although, they belong to the other minute.
/// </remarks>
/// <param name="milliseconds">A clock that never goes back; the system's own unless a test says otherwise.</param>
internal sealed class EventThrottle(Func<long>? milliseconds = null)
{
    private const long WindowMilliseconds = 60_000;
    private const int Burst = 10;

    private readonly Func<long> milliseconds = milliseconds ?? (() => Environment.TickCount64);
    private long windowEnds = long.MinValue;
    private int passed;
    private long held;

    /// <summary>Whether an event may be written now.</summary>
    /// <param name="heldBack">How many were not, since the last that was.</param>
    public bool TryPass(out long heldBack)
    {
        var now = milliseconds();
        var ends = Volatile.Read(ref windowEnds);
        if (now >= ends && Interlocked.CompareExchange(ref windowEnds, now + WindowMilliseconds, ends) == ends)
        {
            Volatile.Write(ref passed, 0);
        }

        if (Interlocked.Increment(ref passed) <= Burst)
        {
            heldBack = Interlocked.Exchange(ref held, 0);
            return true;
        }

        Interlocked.Increment(ref held);
        heldBack = 0;
        return false;
    }
}
