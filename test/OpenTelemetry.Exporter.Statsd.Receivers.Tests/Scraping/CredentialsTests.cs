namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>Real servers before an endpoint that wants a token or a password.</summary>
[Collection(ScrapingServers.Name)]
public sealed class CredentialsTests(ScrapingServers servers)
{
    [Theory]
    [InlineData(ReceiverVersion.Installed, "token", true)]
    [InlineData(ReceiverVersion.Installed, "wrong-token", false)]
    [InlineData(ReceiverVersion.Installed, "password", true)]
    [InlineData(ReceiverVersion.Installed, "wrong-password", false)]
    [InlineData(ReceiverVersion.Installed, "no-credential", false)]
    [InlineData(ReceiverVersion.Trixie, "token", true)]
    [InlineData(ReceiverVersion.Trixie, "wrong-token", false)]
    [InlineData(ReceiverVersion.Trixie, "password", true)]
    [InlineData(ReceiverVersion.Trixie, "wrong-password", false)]
    [InlineData(ReceiverVersion.Trixie, "no-credential", false)]
    [InlineData(ReceiverVersion.Sid, "token", true)]
    [InlineData(ReceiverVersion.Sid, "wrong-token", false)]
    [InlineData(ReceiverVersion.Sid, "password", true)]
    [InlineData(ReceiverVersion.Sid, "wrong-password", false)]
    [InlineData(ReceiverVersion.Sid, "no-credential", false)]
    public async Task Target_is_up_with_the_right_credential_alone(ReceiverVersion version, string job, bool isUp)
    {
        var server = servers.Get(version, hasNative: false);

        Assert.Equal(
            isUp ? ("up", string.Empty) : ("down", "server returned HTTP status 401 Unauthorized"), await server.TargetAsync(job));

        // Where there has to be something it is waited for: there is not after a scrape that took too long.
        var (numbers, _) = await server.SeriesAsync($"count({{job=\"{job}\",__name__=~\"shop_.*\"}}){(isUp ? string.Empty : " or vector(0)")}");
        Assert.Equal(isUp, Assert.Single(numbers).Value > 0);
    }
}
