using System.Net;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The fixture: what a real Pushgateway makes of pushes written by hand.</summary>
public sealed class PushgatewayServerTests
{
    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task What_is_pushed_is_read_back_until_it_is_wiped(ReceiverVersion version)
    {
        await using var gateway = await PushgatewayServer.StartAsync(version);
        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway, "/metrics/job/batch/zone/a", """
            # HELP g Help.
            # TYPE g gauge
            g{k="v"} 3.5
            # TYPE h histogram
            h_bucket{le="1"} 1
            h_bucket{le="+Inf"} 3
            h_sum 5.75
            h_count 3

            """));

        var group = await gateway.GroupAsync("batch");
        Assert.Equal(("a", true), (group.Labels["zone"], group.LastPushSuccessful));
        Assert.Equal(("GAUGE", "Help."), (group.Families["g"].Type, group.Families["g"].Help));
        var gauge = Assert.Single(group.Families["g"].Metrics);
        Assert.Equal(("v", "batch", "3.5"), (gauge.Labels["k"], gauge.Labels["job"], gauge.Value));
        var histogram = Assert.Single(group.Families["h"].Metrics);
        Assert.Equal((null, "3", "5.75", "1"), (histogram.Value, histogram.Count, histogram.Sum, histogram.Buckets["1"]));
        Assert.Contains("h_sum{", Encoding.UTF8.GetString(await gateway.ScrapeAsync()), StringComparison.Ordinal);

        await gateway.WipeAsync();
        Assert.Empty(await gateway.GroupsAsync(0));
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task What_is_wrong_is_refused_and_marks_the_group(ReceiverVersion version)
    {
        await using var gateway = await PushgatewayServer.StartAsync(version);

        Assert.Equal(HttpStatusCode.BadRequest, await PushAsync(gateway, "/metrics/job/batch", "a 1\na 1\n"));
        await gateway.WaitForLogAsync("pushed metrics are invalid or inconsistent");
        Assert.False((await gateway.GroupAsync("batch")).LastPushSuccessful);
    }

    private static async Task<HttpStatusCode> PushAsync(PushgatewayServer gateway, string path, string body)
    {
        using var client = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await client.PutAsync(path, new StringContent(body), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
