using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The scrape endpoint against a real Prometheus server and its linter.</summary>
public sealed class PrometheusTests
{
    private const string Hostile = "a\"b\\c\nd\te\u0001 {x=\"1\"} # €😀";

    [Fact]
    public async Task Prometheus_stores_what_each_kind_of_instrument_recorded()
    {
        var executable = Receiver.Require("prometheus");
        await using var app = await StartAsync();
        await using var server = PrometheusServer.Start(executable, app.Address);
        RecordEachKind(app.Meter);

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
        Assert.Equal(("histogram", "Time taken."), metadata["latency_seconds"]);
        Assert.Equal(("gauge", "Items waiting."), metadata["queue_items"]);
    }

    [Fact]
    public async Task Prometheus_stores_exponential_histograms()
    {
        SkipUnlessOurs();
        var executable = Receiver.Require("prometheus");
        await using var app = await StartAsync();
        await using var server = PrometheusServer.Start(executable, app.Address);
        var sizes = app.Meter.CreateHistogram<double>("sizes.exponential", "By", "Sizes.");
        for (var size = 1; size <= 100; size++)
        {
            sizes.Record(size);
        }

        Assert.Equal("100", await ValueAsync(server, "sizes_exponential_bytes_count"));
        Assert.Equal("5050", await ValueAsync(server, "sizes_exponential_bytes_sum"));
        Assert.Equal("1", await ValueAsync(server, "sizes_exponential_bytes_bucket{le=~\"1|1.0\"}"));
        Assert.Equal("32", await ValueAsync(server, "sizes_exponential_bytes_bucket{le=~\"32|32.0\"}"));
        Assert.Equal("100", await ValueAsync(server, "sizes_exponential_bytes_bucket{le=~\"128|128.0\"}"));
        Assert.Equal(("up", string.Empty), await server.TargetAsync());
    }

    [Fact]
    public async Task Prometheus_stores_hostile_names_and_labels()
    {
        var executable = Receiver.Require("prometheus");
        await using var app = await StartAsync();
        await using var server = PrometheusServer.Start(executable, app.Address);
        RecordHostile(app.Meter);

        var hostile = Assert.Single(await server.QueryAsync("hostile"));
        Assert.Equal("1", hostile.Value);
        Assert.Equal(Hostile, hostile.Labels["text"]);
        Assert.Equal("1;2", hostile.Labels["same_key"]);
        Assert.Equal("\ufffd", hostile.Labels["surrogate"]);
        Assert.Equal("true", hostile.Labels["_1st"]);
        Assert.Equal(("up", string.Empty), await server.TargetAsync());
        Assert.Equal(Hostile, (await server.MetadataAsync())["hostile"].Help);
    }

    [Fact]
    public async Task Prometheus_stores_what_shares_a_name_with_something_else()
    {
        SkipUnlessOurs();
        var executable = Receiver.Require("prometheus");
        await using var app = await StartAsync();
        await using var server = PrometheusServer.Start(executable, app.Address);
        RecordHostile(app.Meter);

        Assert.Equal("2", await ValueAsync(server, "_1x_injected_1_y"));
        Assert.Equal("3", await ValueAsync(server, "both"));
        Assert.Equal("4", await ValueAsync(server, "both_distribution_sum"));
        Assert.Equal("7", await ValueAsync(server, "sum(twice_total)"));
        Assert.Equal(("up", string.Empty), await server.TargetAsync());
    }

    [Fact]
    public async Task Promtool_finds_nothing_to_object_to()
    {
        var executable = Receiver.Require("promtool");
        await using var app = await StartAsync();
        RecordEachKind(app.Meter);
        app.Meter.CreateHistogram<double>("sizes.exponential", "By").Record(3);
        app.Meter.CreateCounter<long>("already_total", "s").Add(1);
        app.Meter.CreateGauge<long>("both").Record(3);
        app.Meter.CreateHistogram<long>("both").Record(4);

        var (exitCode, output) = await CheckMetricsAsync(executable, await app.ScrapeAsync());

        Assert.Equal((0, string.Empty), (exitCode, output));
    }

    [Fact]
    public async Task Promtool_can_parse_hostile_names_and_labels()
    {
        var executable = Receiver.Require("promtool");
        await using var app = await StartAsync();
        RecordHostile(app.Meter);

        var (exitCode, output) = await CheckMetricsAsync(executable, await app.ScrapeAsync());

        Assert.Equal((0, string.Empty), (exitCode, output));
    }

    /// <summary>What the official exporter drops cannot be looked for when this project is built against it.</summary>
    private static void SkipUnlessOurs() => Assert.SkipUnless(
        typeof(PrometheusAspNetCoreOptions).Assembly.GetName().Name == "OpenTelemetry.Exporter.Statsd.Prometheus",
        "Built against the official exporter, which drops exponential histograms and conflicting families.");

    private static Task<PrometheusApp> StartAsync() => PrometheusApp.StartAsync(metrics => metrics
        .AddView("latency", new ExplicitBucketHistogramConfiguration { Boundaries = [0.5, 1] })
        .AddView("sizes.exponential", new Base2ExponentialBucketHistogramConfiguration())
        .AddView("renamed", "1x\ninjected 1\ny"));

    private static void RecordEachKind(Meter meter)
    {
        var requests = meter.CreateCounter<long>("requests", "{request}", "Requests served.");
        requests.Add(1, new KeyValuePair<string, object?>("route", "/"));
        requests.Add(2, new KeyValuePair<string, object?>("route", "/"));
        meter.CreateCounter<double>("work", "s", "Time worked.").Add(4.25);
        meter.CreateObservableCounter("reads", () => 7L, "By", "Bytes read.");
        meter.CreateUpDownCounter<int>("queue.items", "{item}", "Items waiting.").Add(-2);
        meter.CreateObservableUpDownCounter("fill", () => 0.5, "1", "Part in use.");
        meter.CreateGauge<double>("temperature", "Cel", "How warm it is.").Record(21.5);
        meter.CreateObservableGauge("serial", () => 9007199254740993L, null, "More than a double holds.");
        var odd = meter.CreateGauge<double>("odd", null, "No finite numbers.");
        odd.Record(double.NaN, new KeyValuePair<string, object?>("which", "nan"));
        odd.Record(double.PositiveInfinity, new KeyValuePair<string, object?>("which", "up"));
        odd.Record(double.NegativeInfinity, new KeyValuePair<string, object?>("which", "down"));
        var latency = meter.CreateHistogram<double>("latency", "s", "Time taken.");
        latency.Record(0.25);
        latency.Record(1);
        latency.Record(4.5);
    }

    private static void RecordHostile(Meter meter)
    {
        meter.CreateGauge<long>("hostile", null, Hostile).Record(
            1, new("text", Hostile), new("same.key", 1), new("same_key", 2), new("surrogate", "\ud800"), new("1st", true), new("nil", null));
        meter.CreateGauge<long>("renamed").Record(2);
        meter.CreateGauge<long>("both").Record(3);
        meter.CreateHistogram<long>("both").Record(4);
        var twice = meter.CreateCounter<long>("twice");
        twice.Add(3, new KeyValuePair<string, object?>("a.b", 1));
        twice.Add(4, new KeyValuePair<string, object?>("a_b", 1));
    }

    private static async Task<string> ValueAsync(PrometheusServer server, string query)
    {
        var (_, value) = Assert.Single(await server.QueryAsync(query));
        return value;
    }

    private static bool Approximately(string expected, string actual) =>
        double.Parse(expected, System.Globalization.CultureInfo.InvariantCulture)
        == double.Parse(actual, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<(int ExitCode, string Output)> CheckMetricsAsync(string executable, byte[] exposition)
    {
        var start = new ProcessStartInfo(executable, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.StandardInput.BaseStream.WriteAsync(exposition, TestContext.Current.CancellationToken);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
