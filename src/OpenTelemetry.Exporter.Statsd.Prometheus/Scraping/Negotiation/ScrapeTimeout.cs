using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

/// <summary>Reads how long a scraper is going to wait, and leaves time for the answer to reach it.</summary>
/// <remarks>Stateless, hence thread-safe. Never throws and allocates nothing.</remarks>
internal static class ScrapeTimeout
{
    /// <summary>The header of the request, which holds seconds.</summary>
    public const string HeaderName = "X-Prometheus-Scrape-Timeout-Seconds";

    private const double MaxSecondsToAnswer = 0.5;
    private const double ShareToAnswer = 0.1;

    /// <summary>The time there is: what the scraper waits, less a tenth of it or half a second, but no more than <paramref name="limit"/>.</summary>
    /// <param name="header">The lines of the header; may be empty.</param>
    /// <param name="limit">The most, which is also the time of a scraper that does not say, in one line with a positive number, how long it waits.</param>
    public static TimeSpan Choose(StringValues header, TimeSpan limit)
    {
        if (header.Count != 1
            || !double.TryParse(header[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is not (> 0 and < double.PositiveInfinity))
        {
            return limit;
        }

        seconds -= Math.Min(seconds * ShareToAnswer, MaxSecondsToAnswer);
        var timeout = TimeSpan.FromSeconds(Math.Min(seconds, limit.TotalSeconds));
        return timeout > TimeSpan.Zero ? timeout : limit;
    }
}
