namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Whether and when to try a request again.</summary>
/// <remarks>
/// Not thread-safe: for one request. A pause takes at most half of the time that is left; after one that had to be shortened to that comes
/// the last attempt.
/// </remarks>
internal sealed class BackOff
{
    private const double FirstSeconds = 0.5;
    private const double MaxSeconds = 8;

    /// <summary>With less time than this, and a timer that ends early may leave a little, there is no other attempt.</summary>
    private static readonly TimeSpan MinLeft = TimeSpan.FromMilliseconds(100);

    private int failures;
    private bool isLast;

    /// <summary>How long to wait before the next attempt, or <see langword="null"/> if there is to be none.</summary>
    /// <param name="failure">That of the attempt before.</param>
    /// <param name="left">The time that is left for waiting and trying.</param>
    public TimeSpan? Next(PushFailure failure, TimeSpan left)
    {
        if (!failure.IsTransient || isLast || left <= MinLeft || left - MinLeft <= failure.RetryAfter)
        {
            return null;
        }

        var pause = After(++failures);
        isLast = pause > left / 2;
        pause = isLast ? left / 2 : pause;
        return pause > failure.RetryAfter ? pause : failure.RetryAfter;
    }

    /// <summary>Doubles from half a second to eight, less up to a half of it, so that programs which failed together do not come back together.</summary>
    private static TimeSpan After(int failures)
    {
        var seconds = Math.Min(FirstSeconds * Math.Pow(2, failures - 1), MaxSeconds);
        return TimeSpan.FromSeconds(seconds * (1 - (Random.Shared.NextDouble() / 2)));
    }
}
