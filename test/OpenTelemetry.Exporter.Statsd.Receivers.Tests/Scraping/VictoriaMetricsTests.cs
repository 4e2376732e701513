namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>What a server of another make stores. It shows no value that is not a number, and keeps about 15 digits of the others.</summary>
[Collection(ScrapingServers.Name)]
public sealed class VictoriaMetricsTests(ScrapingServers servers)
{
    [Fact]
    public async Task Values_are_those_recorded()
    {
        var server = servers.GetVictoriaMetrics();

        var (numbers, _) = await Scraped.SeriesAsync(server, ScrapingServers.BothJob);

        var spelling = new Spelling(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, IsUtf8: false);
        Assert.Equal(
            Expected.Lines(Expected.Numbers(spelling, hasClassic: true, hasMinMax: true).Where(number => !double.IsNaN(number.Value))),
            Expected.Lines(numbers));
    }

    [Fact]
    public async Task Hostile_names_and_texts_are_those_recorded()
    {
        var server = servers.GetVictoriaMetrics();

        var (numbers, _) = await Scraped.SeriesAsync(server, ScrapingServers.HostileJob);

        Assert.Equal(
            Expected.Lines(HostileProgram.Numbers.Where(IsComparable)),
            Expected.Lines(numbers.Where(IsComparable)));

        static bool IsComparable(KeyValuePair<string, double> number) =>
            !number.Key.StartsWith("target_info{", StringComparison.Ordinal) && number.Key is not ("hostile{text=smallest}" or "hostile{text=largest}");
    }
}
