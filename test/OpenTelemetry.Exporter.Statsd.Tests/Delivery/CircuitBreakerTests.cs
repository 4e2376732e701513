using OpenTelemetry.Exporter.Statsd.Delivery;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>Each failure doubles the time until the next try, from 200 ms to 30 s, of which a random part, at least half, is waited for.</summary>
public sealed class CircuitBreakerTests
{
    private static readonly int[] Doubling = [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000, 30_000];

    private readonly ManualClock clock = new();

    [Fact]
    public void It_begins_closed()
    {
        var breaker = new CircuitBreaker(clock);
        Assert.Equal(StatsdBreakerState.Closed, breaker.State);
        Assert.Equal(TimeSpan.Zero, breaker.UntilRetry);
        Assert.True(breaker.TryEnter());
        Assert.Equal(StatsdBreakerState.Closed, breaker.State);
    }

    [Fact]
    public void While_it_is_open_nothing_is_tried_until_the_time_is_over_to_the_tick()
    {
        var breaker = new CircuitBreaker(clock);
        breaker.Fail();
        Assert.Equal(StatsdBreakerState.Open, breaker.State);
        var wait = breaker.UntilRetry;
        clock.Advance(wait - TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.FromTicks(1), breaker.UntilRetry);
        Assert.False(breaker.TryEnter());
        Assert.Equal(StatsdBreakerState.Open, breaker.State);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.Zero, breaker.UntilRetry);
        Assert.True(breaker.TryEnter());
        Assert.Equal(StatsdBreakerState.HalfOpen, breaker.State);
        Assert.True(breaker.TryEnter());
    }

    [Fact]
    public void Each_failure_in_a_row_doubles_the_wait_of_which_half_is_random()
    {
        var shares = new List<double>();
        for (var run = 0; run < 50; run++)
        {
            var breaker = new CircuitBreaker(clock);
            foreach (var milliseconds in Doubling)
            {
                breaker.Fail();
                shares.Add(breaker.UntilRetry.TotalMilliseconds / milliseconds);
                clock.Advance(breaker.UntilRetry);
                Assert.True(breaker.TryEnter());
            }
        }

        Assert.All(shares, share => Assert.InRange(share, 0.5, 1));

        // Of 600 even draws none in a quarter of the range: once in 10^74.
        Assert.Contains(shares, share => share < 0.625);
        Assert.Contains(shares, share => share > 0.875);
    }

    [Fact]
    public void A_success_closes_it_and_the_next_wait_is_the_shortest_again()
    {
        var breaker = new CircuitBreaker(clock);
        for (var failure = 0; failure < 8; failure++)
        {
            breaker.Fail();
            clock.Advance(breaker.UntilRetry);
            breaker.TryEnter();
        }

        breaker.Succeed();
        Assert.Equal(StatsdBreakerState.Closed, breaker.State);
        Assert.Equal(TimeSpan.Zero, breaker.UntilRetry);
        breaker.Fail();
        Assert.InRange(breaker.UntilRetry, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void Force_makes_the_next_try_due_and_leaves_a_closed_one_closed()
    {
        var breaker = new CircuitBreaker(clock);
        breaker.Force();
        Assert.Equal(StatsdBreakerState.Closed, breaker.State);
        breaker.Fail();
        breaker.Force();
        Assert.Equal(StatsdBreakerState.HalfOpen, breaker.State);
        Assert.True(breaker.TryEnter());

        // A forced try that fails is one more failure.
        breaker.Fail();
        Assert.InRange(breaker.UntilRetry, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
    }
}
