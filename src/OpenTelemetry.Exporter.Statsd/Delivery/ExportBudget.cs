namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>How much time an export has left, and how it waits.</summary>
/// <remarks>
/// One owner at a time: the thread that exports; <see cref="Hurry"/> may be called by any thread. Both change the deadline under a lock, once
/// an export, so that the nearer one counts whichever comes first.
/// </remarks>
/// <param name="clock">Measures time.</param>
/// <param name="pause">How to wait; unless a test says otherwise, by doing nothing until the time is over or <see cref="Hurry"/> is called.</param>
internal sealed class ExportBudget(TimeProvider clock, Action<TimeSpan>? pause)
{
    private static readonly TimeSpan Unlimited = TimeSpan.FromDays(1);

    private readonly object bell = new();
    private bool hasRung;
    private long deadline = long.MaxValue;
    private long finalDeadline = long.MaxValue;
    private volatile bool isHurried;

    public TimeSpan Left => new(Math.Max(0, Volatile.Read(ref deadline) - Now));

    /// <summary>Whether the exporter is about to be shut down.</summary>
    public bool IsHurried => isHurried;

    /// <summary>Now, in ticks of 100 ns from some moment.</summary>
    public long Now => clock.GetElapsedTime(0).Ticks;

    /// <summary>Starts an export that may take so long.</summary>
    public void Begin(TimeSpan budget)
    {
        lock (bell)
        {
            Volatile.Write(ref deadline, Math.Min(finalDeadline, budget < Unlimited ? Now + budget.Ticks : long.MaxValue));
        }
    }

    /// <summary>Leaves little time to the export that is going on, and to all that come.</summary>
    /// <param name="budget">How long the shutdown may take in all.</param>
    public void Hurry(TimeSpan budget)
    {
        isHurried = true;
        lock (bell)
        {
            if (budget < Unlimited)
            {
                // The export that may be running has to leave time for the last one, and that one for closing.
                finalDeadline = Now + (budget * 0.8).Ticks;
                Volatile.Write(ref deadline, Math.Min(deadline, Now + (budget * 0.4).Ticks));
            }

            hasRung = true;
            Monitor.Pulse(bell);
        }
    }

    /// <summary>Waits whole milliseconds and never none, so that a short wait does not become a busy one.</summary>
    public void Pause(TimeSpan time)
    {
        var whole = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(time.TotalMilliseconds)));
        if (pause is not null)
        {
            pause(whole);
            return;
        }

        lock (bell)
        {
            if (!hasRung)
            {
                Monitor.Wait(bell, whole);
            }

            hasRung = false;
        }
    }
}
