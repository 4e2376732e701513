using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Exporter.Prometheus.Exposition;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Lets one scrape collect at a time, and lets the others have its result.</summary>
/// <remarks>
/// Thread-safe. All state is touched only inside the semaphore. A response serves a scrape if its collection began after that
/// scrape arrived, so that whoever waited together shares one collection and still sees everything recorded before it asked;
/// or if it is a success younger than the cache duration.
/// </remarks>
/// <param name="collect">Collects in a format, given the time of beginning. Called by one scrape at a time.</param>
/// <param name="cacheDuration">For how long a success is served again.</param>
/// <param name="time">The clock.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle has nothing to dispose of.")]
internal sealed class ScrapeGate(
    Func<ExpositionFormat, long, ScrapeResponse> collect,
    TimeSpan cacheDuration,
    TimeProvider time)
{
    private readonly SemaphoreSlim semaphore = new(1, 1);
    private readonly Dictionary<ExpositionFormat, ScrapeResponse> latest = [];

    /// <summary>A response in <paramref name="format"/>; the caller disposes it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting for another scrape.</exception>
    public async ValueTask<ScrapeResponse> EnterAsync(ExpositionFormat format, CancellationToken cancellation)
    {
        var arrived = time.GetTimestamp();
        await semaphore.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (latest.TryGetValue(format, out var previous) && Serves(previous, arrived))
            {
                return previous.Acquire();
            }

            var response = collect(format, time.GetTimestamp());
            latest[format] = response;
            previous?.Dispose();
            return response.Acquire();
        }
        finally
        {
            semaphore.Release();
        }
    }

    private bool Serves(ScrapeResponse response, long arrived) =>
        response.Begun > arrived || (response.Failure is null && time.GetElapsedTime(response.Begun) < cacheDuration);
}
