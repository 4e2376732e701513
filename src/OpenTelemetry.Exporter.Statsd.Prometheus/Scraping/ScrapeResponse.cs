using System.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Why there is no exposition.</summary>
/// <param name="StatusCode">The HTTP status to answer with.</param>
/// <param name="Reason">Plain text for whoever looks at the scraper's error.</param>
internal sealed record ScrapeFailure(int StatusCode, string Reason);

/// <summary>What one collection gave: an exposition that many requests may send at the same time, or a failure.</summary>
/// <remarks>
/// Immutable once constructed, and counted: born with one reference; <see cref="Acquire"/> adds one, <see cref="Dispose"/>
/// drops one, and the last to drop returns the memory. The counter's interlocked operations order the two.
/// </remarks>
internal sealed class ScrapeResponse(ExpositionBuffer body, ScrapeFailure? failure, long begun) : IDisposable
{
    private int references = 1;

    /// <summary>The exposition; empty after a failure.</summary>
    public ExpositionBuffer Body { get; } = body;

    public ScrapeFailure? Failure { get; } = failure;

    /// <summary>When the collection began, as a timestamp of the time provider.</summary>
    public long Begun { get; } = begun;

    public ScrapeResponse Acquire()
    {
        var now = Interlocked.Increment(ref references);
        Debug.Assert(now > 1, "A response was acquired after its last reference was dropped.");
        return this;
    }

    public void Dispose()
    {
        var left = Interlocked.Decrement(ref references);
        Debug.Assert(left >= 0, "A response was disposed more often than acquired.");
        if (left == 0)
        {
            Body.Dispose();
        }
    }
}
