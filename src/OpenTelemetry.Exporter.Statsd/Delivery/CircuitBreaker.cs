using System.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>Keeps an exporter from trying a receiver that is away again and again: each failure doubles the time until the next try.</summary>
/// <remarks>
/// One owner at a time: the thread that exports; <see cref="State"/> may be read by any. Between 100 ms and 30 s: each wait is a random part, at
/// least half, of a time that doubles from 200 ms on, lest many processes come back at once.
/// </remarks>
internal sealed class CircuitBreaker(TimeProvider clock)
{
    public static readonly TimeSpan MinBackOff = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(30);

    private volatile StatsdBreakerState state;
    private TimeSpan nextBackOff = 2 * MinBackOff;
    private TimeSpan backOff;
    private long openedAt;

    public StatsdBreakerState State => state;

    /// <summary>How long until the next try is due.</summary>
    public TimeSpan UntilRetry =>
        state != StatsdBreakerState.Open ? TimeSpan.Zero
        : backOff - clock.GetElapsedTime(openedAt) is { Ticks: > 0 } left ? left
        : TimeSpan.Zero;

    /// <summary>Whether the receiver may be tried now; if it was away, this makes the next try.</summary>
    public bool TryEnter()
    {
        if (state == StatsdBreakerState.Open && UntilRetry == TimeSpan.Zero)
        {
            state = StatsdBreakerState.HalfOpen;
        }

        return state != StatsdBreakerState.Open;
    }

    /// <summary>Makes the next try due at once.</summary>
    public void Force()
    {
        if (state == StatsdBreakerState.Open)
        {
            state = StatsdBreakerState.HalfOpen;
        }
    }

    /// <summary>The receiver takes packets.</summary>
    public void Succeed()
    {
        state = StatsdBreakerState.Closed;
        nextBackOff = 2 * MinBackOff;
    }

    /// <summary>The receiver is away.</summary>
    public void Fail()
    {
        Debug.Assert(state != StatsdBreakerState.Open, "Nothing is tried while the breaker is open.");
#pragma warning disable CA5394 // Spreads retries; nothing secret depends on it.
        backOff = nextBackOff * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
        nextBackOff = nextBackOff * 2 > MaxBackOff ? MaxBackOff : nextBackOff * 2;
        openedAt = clock.GetTimestamp();
        state = StatsdBreakerState.Open;
    }
}
