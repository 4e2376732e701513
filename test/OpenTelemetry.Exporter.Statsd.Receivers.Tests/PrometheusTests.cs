namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The scrape endpoint against a real Prometheus server and its linter.</summary>
public sealed class PrometheusTests(PrometheusServers servers) : IClassFixture<PrometheusServers>
{
    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Prometheus_stores_what_each_kind_of_instrument_recorded(ReceiverVersion version)
    {
        var server = servers.Get(version);

        Assert.Equal("3", await ValueAsync(server, "requests_total{route=\"/\"}"));
        Assert.Equal("4.25", await ValueAsync(server, "work_seconds_total"));
        Assert.Equal("7", await ValueAsync(server, "reads_bytes_total"));
        Assert.Equal("-2", await ValueAsync(server, "queue_items"));
        Assert.Equal("0.5", await ValueAsync(server, "fill"));
        Assert.Equal("21.5", await ValueAsync(server, "temperature_celsius"));
        Assert.Equal("9007199254740993", await ValueAsync(server, "serial"), Approximately);
        Assert.Equal("NaN", await ValueAsync(server, "odd{which=\"nan\"}"));
        Assert.Equal("+Inf", await ValueAsync(server, "odd{which=\"up\"}"));
        Assert.Equal("-Inf", await ValueAsync(server, "odd{which=\"down\"}"));
        Assert.Equal("3", await ValueAsync(server, "latency_seconds_count"));
        Assert.Equal("5.75", await ValueAsync(server, "latency_seconds_sum"));
        Assert.Equal("1", await ValueAsync(server, "latency_seconds_bucket{le=\"0.5\"}"));
        Assert.Equal("2", await ValueAsync(server, "latency_seconds_bucket{le=~\"1|1.0\"}"));
        Assert.Equal("3", await ValueAsync(server, "latency_seconds_bucket{le=\"+Inf\"}"));
        Assert.Equal("1", await ValueAsync(server, "count(target_info)"));

        Assert.Equal(("up", string.Empty), await server.TargetAsync());
        var metadata = await server.MetadataAsync();
        Assert.Equal(("histogram", "Time taken.", "seconds"), metadata["latency_seconds"]);
        Assert.Equal(("gauge", "Items waiting.", string.Empty), metadata["queue_items"]);
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Prometheus_stores_exponential_histograms(ReceiverVersion version)
    {
        SkipUnlessOurs();
        var server = servers.Get(version);

        Assert.Equal("100", await ValueAsync(server, "sizes_exponential_bytes_count"));
        Assert.Equal("5050", await ValueAsync(server, "sizes_exponential_bytes_sum"));
        Assert.Equal("1", await ValueAsync(server, "sizes_exponential_bytes_bucket{le=~\"1|1.0\"}"));
        Assert.Equal("32", await ValueAsync(server, "sizes_exponential_bytes_bucket{le=~\"32|32.0\"}"));
        Assert.Equal("100", await ValueAsync(server, "sizes_exponential_bytes_bucket{le=~\"128|128.0\"}"));
        Assert.Equal(("up", string.Empty), await server.TargetAsync());
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Prometheus_stores_hostile_names_and_labels(ReceiverVersion version)
    {
        var server = servers.Get(version);

        var hostile = Assert.Single(await server.QueryAsync("hostile"));
        Assert.Equal("1", hostile.Value);
        Assert.Equal(PrometheusProgram.Hostile, hostile.Labels["text"]);
        Assert.Equal("1;2", hostile.Labels["same_key"]);
        Assert.Equal("\ufffd", hostile.Labels["surrogate"]);
        Assert.Equal("true", hostile.Labels["_1st"]);
        Assert.Equal(("up", string.Empty), await server.TargetAsync());
        Assert.Equal(PrometheusProgram.Hostile, (await server.MetadataAsync())["hostile"].Help);
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Prometheus_stores_what_shares_a_name_with_something_else(ReceiverVersion version)
    {
        SkipUnlessOurs();
        var server = servers.Get(version);

        Assert.Equal("2", await ValueAsync(server, "_1x_injected_1_y"));
        Assert.Equal("3", await ValueAsync(server, "both"));
        Assert.Equal("4", await ValueAsync(server, "both_distribution_sum"));
        Assert.Equal("7", await ValueAsync(server, "sum(twice_total)"));
        Assert.Equal(("up", string.Empty), await server.TargetAsync());
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Promtool_finds_nothing_to_object_to(ReceiverVersion version)
    {
        SkipUnlessOurs();
        await using var app = await PrometheusProgram.StartAsync();
        PrometheusProgram.RecordEachKind(app.Meter);
        app.Meter.CreateHistogram<double>("sizes.exponential", "By").Record(3);
        app.Meter.CreateCounter<long>("already_total", "s").Add(1);
        app.Meter.CreateGauge<long>("both").Record(3);
        app.Meter.CreateHistogram<long>("both").Record(4);

        var (exitCode, output) = await Promtool.CheckMetricsAsync(version, await app.ScrapeAsync());

        Assert.Equal((0, string.Empty), (exitCode, output));
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Promtool_can_parse_hostile_names_and_labels(ReceiverVersion version)
    {
        SkipUnlessOurs();
        await using var app = await PrometheusProgram.StartAsync();
        PrometheusProgram.RecordHostile(app.Meter);

        var (exitCode, output) = await Promtool.CheckMetricsAsync(version, await app.ScrapeAsync());

        Assert.Equal((0, string.Empty), (exitCode, output));
    }

    /// <summary>What the official exporter drops cannot be looked for when this project is built against it.</summary>
    private static void SkipUnlessOurs() => Assert.SkipUnless(
        typeof(PrometheusAspNetCoreOptions).Assembly.GetName().Name == "OpenTelemetry.Exporter.Statsd.Prometheus",
        "Built against the official exporter, which drops exponential histograms and conflicting families, and writes no help of its own.");

    private static async Task<string> ValueAsync(PrometheusServer server, string query)
    {
        var (_, value) = Assert.Single(await server.QueryAsync(query));
        return value;
    }

    private static bool Approximately(string expected, string actual) =>
        double.Parse(expected, System.Globalization.CultureInfo.InvariantCulture)
        == double.Parse(actual, System.Globalization.CultureInfo.InvariantCulture);
}
