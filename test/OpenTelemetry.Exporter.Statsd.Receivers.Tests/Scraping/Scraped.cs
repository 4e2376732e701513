namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>A program as a server scrapes it.</summary>
/// <param name="Server">The server.</param>
/// <param name="Job">The name under which it scrapes the program.</param>
/// <param name="Program">The program.</param>
/// <param name="Spelling">How its names are spelled then.</param>
internal sealed record Scraped(PrometheusServer Server, string Job, EveryKind Program, Spelling Spelling)
{
    public string Selector => $"{{job=\"{Job}\"}}";

    /// <summary>All that the server stores of the program: series as texts with their values, and native histograms.</summary>
    public Task<(List<KeyValuePair<string, double>> Numbers, List<StoredHistogram> Histograms)> SeriesAsync() => SeriesAsync(Server, Job);

    /// <inheritdoc cref="SeriesAsync()"/>
    public static async Task<(List<KeyValuePair<string, double>> Numbers, List<StoredHistogram> Histograms)> SeriesAsync(
        PrometheusServer server, string job)
    {
        // Not every server shows a scrape as a whole, but each stores what it says about it last.
        await server.SeriesAsync($"scrape_samples_scraped{{job=\"{job}\"}}");

        // Besides these there are what the server says about the scrape.
        var (numbers, histograms) = await server.SeriesAsync($"{{job=\"{job}\",__name__!~\"up|scrape_.*\"}}");
        return ([.. numbers.Select(number => KeyValuePair.Create(Spelling.Series(number.Labels), number.Value))], histograms);
    }

    /// <summary>The time, in Unix seconds, has to be one at which the program recorded.</summary>
    public void AssertIsTimeOfRecording(double seconds) => Assert.InRange(
        DateTimeOffset.UnixEpoch.AddSeconds(seconds), Program.Started, Program.Recorded);
}
