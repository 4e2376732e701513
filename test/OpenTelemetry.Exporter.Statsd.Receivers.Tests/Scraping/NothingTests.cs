namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>What real servers, which all ask for compression, make of a program that has nothing to expose yet.</summary>
[Collection(ScrapingServers.Name)]
public sealed class NothingTests(ScrapingServers servers)
{
    [Theory]
    [InlineData(ReceiverVersion.Installed, false)]
    [InlineData(ReceiverVersion.Installed, true)]
    [InlineData(ReceiverVersion.Trixie, false)]
    [InlineData(ReceiverVersion.Trixie, true)]
    [InlineData(ReceiverVersion.Sid, false)]
    [InlineData(ReceiverVersion.Sid, true)]
    public async Task Target_is_up(ReceiverVersion version, bool hasNative) =>
        Assert.Equal(("up", string.Empty), await servers.Get(version, hasNative).TargetAsync(ScrapingServers.NothingJob));

    [Fact]
    public async Task Target_of_another_make_is_up() =>
        Assert.Equal(("up", string.Empty), await servers.GetVictoriaMetrics().TargetAsync(ScrapingServers.NothingJob));
}
