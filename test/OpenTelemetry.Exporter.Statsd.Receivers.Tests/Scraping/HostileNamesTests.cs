namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>What real servers store of names and texts that formats have syntax for, and of what shares a name with something else.</summary>
[Collection(ScrapingServers.Name)]
public sealed class HostileNamesTests(ScrapingServers servers)
{
    [Theory]
    [InlineData(ReceiverVersion.Installed, false)]
    [InlineData(ReceiverVersion.Installed, true)]
    [InlineData(ReceiverVersion.Trixie, false)]
    [InlineData(ReceiverVersion.Trixie, true)]
    [InlineData(ReceiverVersion.Sid, false)]
    [InlineData(ReceiverVersion.Sid, true)]
    public async Task Nothing_is_lost_or_misread(ReceiverVersion version, bool isProtobuf)
    {
        var server = servers.Get(version, isProtobuf);

        var (numbers, _) = await Scraped.SeriesAsync(server, ScrapingServers.HostileJob);

        Assert.Equal(("up", string.Empty), await server.TargetAsync(ScrapingServers.HostileJob));
        Assert.Equal(
            Expected.Lines(HostileProgram.Numbers),
            Expected.Lines(numbers.Where(number =>
                !number.Key.Contains("_created{", StringComparison.Ordinal)
                && !number.Key.StartsWith("target_info{", StringComparison.Ordinal))));
        Assert.Equal(HostileProgram.Text, (await server.MetadataAsync(ScrapingServers.HostileJob))["hostile"].Help);
    }

    [Fact]
    public async Task Names_as_they_are_are_not_misread_either()
    {
        const string Job = ScrapingServers.UntranslatedHostileJob;
        var server = servers.Get(ReceiverVersion.Sid, hasNative: false);
        Assert.Equal(("up", string.Empty), await server.TargetAsync(Job));

        var (numbers, _) = await Scraped.SeriesAsync(server, Job);
        var (scraped, _) = await server.SeriesAsync($"scrape_samples_scraped{{job=\"{Job}\"}} > 0");
        var renamed = await server.QueryAsync($"{{\"1x\\ninjected 1\\ny\",job=\"{Job}\"}}");
        var hostile = await server.QueryAsync($"{{\"hostile\",job=\"{Job}\",\"same.key\"=\"1\"}}");

        Assert.Equal(Assert.Single(scraped).Value, numbers.Count);
        var (labels, value) = Assert.Single(renamed);
        Assert.Equal((HostileProgram.RenamedName, "2"), (labels["__name__"], value));
        (labels, value) = Assert.Single(hostile);
        Assert.Equal((HostileProgram.Text, "2", "true", "1"), (labels["text"], labels["same_key"], labels["1st"], value));
        Assert.Equal(13, numbers.Where(number => number.Key.StartsWith("twice{", StringComparison.Ordinal)).Sum(number => number.Value));
    }
}
