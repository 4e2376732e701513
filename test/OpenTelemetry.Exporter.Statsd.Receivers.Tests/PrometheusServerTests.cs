using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The fixture: what a real server makes of expositions written by hand, and what it asks for.</summary>
public sealed class PrometheusServerTests(ExpositionServers servers) : IClassFixture<ExpositionServers>
{
    /// <summary>The version from which it was read what the newest server asks for.</summary>
    private static readonly Version NewestRead = new(3, 5);

    [Theory]
    [InlineData(
        ReceiverVersion.Installed,
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1")]
    [InlineData(
        ReceiverVersion.Trixie,
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2")]
    [InlineData(
        ReceiverVersion.Sid,
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2")]
    public async Task Exemplars_and_units_of_OpenMetrics_are_read_back(ReceiverVersion version, string accept)
    {
        var (server, target) = servers.Get(version, ExpositionServers.OpenMetricsJob);

        Assert.Equal("4.25", Assert.Single(await server.QueryAsync("work_seconds_total")).Value);
        var exemplar = Assert.Single(await server.ExemplarsAsync("work_seconds_total"));
        Assert.Equal(("work_seconds_total", "4bf92f", 0.5), (exemplar.Series["__name__"], exemplar.Labels["trace_id"], exemplar.Value));
        Assert.Equal(0.125, exemplar.Timestamp % 1);
        var metadata = Assert.Single(await server.MetadataAsync(ExpositionServers.OpenMetricsJob));
        Assert.Equal(("counter", "Time worked.", "seconds"), metadata.Value);
        AssertAsks(accept, version, (await target.RequestAsync()).Headers);
    }

    [Theory]
    [InlineData(
        ReceiverVersion.Installed,
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
        + "application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,"
        + "*/*;q=0.1")]
    [InlineData(
        ReceiverVersion.Trixie,
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5,"
        + "application/openmetrics-text;version=1.0.0;q=0.4,application/openmetrics-text;version=0.0.1;q=0.3,text/plain;version=0.0.4;q=0.2,"
        + "*/*;q=0.1")]
    [InlineData(
        ReceiverVersion.Sid,
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
        + "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1")]
    public async Task Native_histograms_of_protobuf_are_read_back(ReceiverVersion version, string accept)
    {
        var (server, target) = servers.Get(version, ExpositionServers.NativeJob);

        var histogram = Assert.Single(await server.HistogramsAsync("h_s"));
        Assert.Equal((6, 12.5), (histogram.Count, histogram.Sum));
        Assert.Equal([(-1, 1, 1), (1, 2, 2), (2, 4, 3)], histogram.Buckets);
        Assert.Equal(("up", string.Empty), await server.TargetAsync(ExpositionServers.NativeJob));
        Assert.Equal(
            ("histogram", "H", version == ReceiverVersion.Sid ? "s" : string.Empty),
            Assert.Single(await server.MetadataAsync(ExpositionServers.NativeJob)).Value);
        AssertAsks(accept, version, (await target.RequestAsync()).Headers);
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Target_is_scraped_as_set_and_its_error_read_back(ReceiverVersion version)
    {
        var (server, target) = servers.Get(version, ExpositionServers.EndlessJob);

        Assert.Equal(("down", "data does not end with # EOF"), await server.TargetAsync(ExpositionServers.EndlessJob));
        var (path, headers) = await target.RequestAsync();
        Assert.Equal(("/other", "Basic " + Convert.ToBase64String("user:pass"u8)), (path, headers.Authorization.ToString()));
        Assert.Equal("1", headers["X-Prometheus-Scrape-Timeout-Seconds"]);
    }

    [Fact]
    public async Task Newest_server_asks_for_what_it_is_told_to()
    {
        await using var target = await ExpositionServer.StartAsync("text/plain; version=0.0.4", "a 1\n"u8.ToArray());
        await using var server = PrometheusServer.Start(
            Receiver.Require("prometheus", ReceiverVersion.Sid),
            target.Address,
            features: null,
            "scrape_protocols: [ PrometheusText1.0.0, PrometheusProto ]",
            "metric_name_validation_scheme: legacy",
            "metric_name_escaping_scheme: underscores",
            "authorization: { credentials: secret }");

        var (_, headers) = await target.RequestAsync();
        AssertAsks(
            "text/plain;version=1.0.0;escaping=underscores;q=0.6,"
            + "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5,*/*;q=0.4",
            ReceiverVersion.Sid,
            headers);
        Assert.Equal("Bearer secret", headers.Authorization);
    }

    /// <summary>
    /// A server asks for <paramref name="accept"/>. Debian's development branch moves on: a version in it other than <see cref="NewestRead"/>,
    /// from which that was read, may word it differently, but asks for the same format first.
    /// </summary>
    private static void AssertAsks(string accept, ReceiverVersion version, IHeaderDictionary headers)
    {
        var asked = headers.Accept.ToString();
        if (version != ReceiverVersion.Sid || PrometheusServer.VersionOf(Receiver.Require("prometheus", version)) == NewestRead)
        {
            Assert.Equal(accept, asked);
        }
        else
        {
            Assert.Equal(First(accept), First(asked));
        }

        static string First(string ranges) => ranges[..ranges.IndexOfAny([';', ','])];
    }
}
