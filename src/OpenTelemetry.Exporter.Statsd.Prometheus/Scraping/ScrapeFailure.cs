using Microsoft.AspNetCore.Http;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Why there is no exposition.</summary>
/// <param name="StatusCode">The HTTP status to answer with.</param>
/// <param name="CountedAs">What each scrape is counted under that is told so.</param>
/// <param name="Reason">Plain text for whoever looks at the scraper's error.</param>
internal sealed record ScrapeFailure(int StatusCode, string CountedAs, string Reason)
{
    private const string Failure = "failed";

    public static readonly ScrapeFailure Stopped = new(
        StatusCodes.Status503ServiceUnavailable,
        Failure,
        "The OpenTelemetry SDK has been shut down.\n");

    public static readonly ScrapeFailure Incomplete = new(
        StatusCodes.Status503ServiceUnavailable,
        Failure,
        "The MeterProvider is still being built.\n");

    public static readonly ScrapeFailure Failed = new(
        StatusCodes.Status500InternalServerError,
        Failure,
        $"The metrics could not be collected. The event source {PrometheusEventSource.SourceName} has the reason.\n");

    public static readonly ScrapeFailure Late = new(
        StatusCodes.Status408RequestTimeout,
        "timeout",
        "The metrics could not be collected within the time that the scraper has.\n");

    public static readonly ScrapeFailure Evicted = new(
        StatusCodes.Status503ServiceUnavailable,
        "slow_scraper",
        "The scrape took so long that its memory was needed for later ones.\n");
}
