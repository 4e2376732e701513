namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>What the linter and the strict parser of OpenMetrics make of the programs that servers scrape.</summary>
[Collection(ScrapingServers.Name)]
public sealed class JudgesTests(ScrapingServers servers)
{
    private static readonly Spelling Spelling = new(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, IsUtf8: false);

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Linter_finds_nothing_to_object_to(ReceiverVersion version)
    {
        var everyKind = await Promtool.CheckMetricsAsync(version, await servers.Program.App.ScrapeAsync());
        var hostile = await Promtool.CheckMetricsAsync(version, await servers.Hostile.App.ScrapeAsync());

        Assert.Equal((0, string.Empty), everyKind);
        Assert.Equal((0, string.Empty), hostile);
    }

    [Theory]
    [InlineData("0.0.1")]
    [InlineData("1.0.0")]
    public async Task Strict_parser_reads_what_was_recorded(string version)
    {
        var result = await ParseAsync(servers.Program.App, version);

        Assert.Equal(
            Expected.Metadata(Spelling, ScrapeFormat.OpenMetrics1, hasUnits: true).OrderBy(family => family.Key, StringComparer.Ordinal),
            result.Families
                .Select(family => KeyValuePair.Create(family.Name, (family.Type, family.Help, family.Unit)))
                .OrderBy(family => family.Key, StringComparer.Ordinal));
        Assert.Equal(Expected.Lines(Expected.Numbers(Spelling, hasClassic: true)), Expected.Lines(Numbers(result)));
        Assert.Equal(
            Expected.Lines(Expected.Exemplars(servers.Program, Spelling, onCounters: true, onClassic: true, onNative: 0)),
            Expected.Lines(
                from family in result.Families
                from sample in family.Samples
                where sample.Exemplar is not null
                select (Spelling.Series(sample.Name, sample.Labels), sample.Exemplar!.Value, sample.Exemplar.Labels.ToList())));
    }

    [Theory]
    [InlineData("0.0.1")]
    [InlineData("1.0.0")]
    public async Task Strict_parser_reads_hostile_names_and_texts(string version)
    {
        var result = await ParseAsync(servers.Hostile.App, version);

        Assert.Equal(
            Expected.Lines(HostileProgram.Numbers),
            Expected.Lines(Numbers(result).Where(number => !number.Key.StartsWith("target_info{", StringComparison.Ordinal))));
        Assert.Equal(HostileProgram.Text, result.Families.Single(family => family.Name == "hostile").Help);
    }

    private static async Task<StrictOpenMetrics> ParseAsync(PrometheusApp app, string version)
    {
        var result = await StrictOpenMetrics.ParseAsync(await app.ScrapeAsync($"application/openmetrics-text;version={version}"));
        Assert.Null(result.Error);
        return result;
    }

    private static IEnumerable<KeyValuePair<string, double>> Numbers(StrictOpenMetrics result) =>
        from family in result.Families
        from sample in family.Samples
        where !sample.Name.EndsWith("_created", StringComparison.Ordinal)
        select KeyValuePair.Create(Spelling.Series(sample.Name, sample.Labels.Select(Store)), sample.Value);

    /// <summary>A label as a server stores it, which has a job of its own.</summary>
    private static KeyValuePair<string, string> Store(KeyValuePair<string, string> label) =>
        label.Key == "job" ? KeyValuePair.Create("exported_job", label.Value) : label;
}
