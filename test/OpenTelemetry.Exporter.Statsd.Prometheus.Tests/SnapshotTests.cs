using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>The exact text of each kind of metric.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task Counter_of_whole_numbers()
    {
        using var scrape = new Scrape();
        var counter = scrape.Meter(version: "1.2").CreateCounter<long>("http.server.requests", "{request}", "Requests served.");
        counter.Add(2, new("method", "GET"), new("status", 200));
        counter.Add(5, new("method", "PUT"), new("status", 201));

        Assert.Equal(
            """
            # HELP http_server_requests_total Requests served.
            # TYPE http_server_requests_total counter
            http_server_requests_total{method="GET",otel_scope_name="m",otel_scope_version="1.2",status="200"} 2
            http_server_requests_total{method="PUT",otel_scope_name="m",otel_scope_version="1.2",status="201"} 5

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Counter_of_fractions_with_a_unit()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter().CreateCounter<double>("cpu.time", "s").Add(1.25);

        Assert.Equal(
            """
            # HELP cpu_time_seconds_total OpenTelemetry metric cpu.time, unit s
            # TYPE cpu_time_seconds_total counter
            cpu_time_seconds_total 1.25

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Observable_counter()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter().CreateObservableCounter("reads", () => 7L, "By", "Bytes read.");

        Assert.Equal(
            """
            # HELP reads_bytes_total Bytes read.
            # TYPE reads_bytes_total counter
            reads_bytes_total 7

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Up_down_counters_are_gauges()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var meter = scrape.Meter();
        meter.CreateUpDownCounter<int>("queue.length", "{item}", "Items waiting.").Add(-3);
        meter.CreateObservableUpDownCounter("pool.fill", () => 0.5, "1", "Part in use.");

        Assert.Equal(
            """
            # HELP queue_length Items waiting.
            # TYPE queue_length gauge
            queue_length -3
            # HELP pool_fill Part in use.
            # TYPE pool_fill gauge
            pool_fill 0.5

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Gauges_with_numbers_beyond_the_finite()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var gauge = scrape.Meter().CreateGauge<double>("level", "Cel", "Levels.");
        gauge.Record(double.NaN, new KeyValuePair<string, object?>("n", 1));
        gauge.Record(double.PositiveInfinity, new KeyValuePair<string, object?>("n", 2));
        gauge.Record(double.NegativeInfinity, new KeyValuePair<string, object?>("n", 3));
        gauge.Record(-0.25, new KeyValuePair<string, object?>("n", 4));

        Assert.Equal(
            """
            # HELP level_celsius Levels.
            # TYPE level_celsius gauge
            level_celsius{n="1"} NaN
            level_celsius{n="2"} +Inf
            level_celsius{n="3"} -Inf
            level_celsius{n="4"} -0.25

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Histogram_with_explicit_buckets()
    {
        using var scrape = new Scrape(
            o => o.ScopeInfoEnabled = false,
            metrics => metrics.AddView("latency", new ExplicitBucketHistogramConfiguration { Boundaries = [0.005, 0.5, 10] }));
        var histogram = scrape.Meter().CreateHistogram<double>("latency", "s", "Time taken.");
        foreach (var value in new[] { 0.00390625, 0.25, 0.5, 3, 11, 12 })
        {
            histogram.Record(value, new KeyValuePair<string, object?>("route", "/"));
        }

        Assert.Equal(
            """
            # HELP latency_seconds Time taken.
            # TYPE latency_seconds histogram
            latency_seconds_bucket{route="/",le="0.005"} 1
            latency_seconds_bucket{route="/",le="0.5"} 3
            latency_seconds_bucket{route="/",le="10"} 4
            latency_seconds_bucket{route="/",le="+Inf"} 6
            latency_seconds_sum{route="/"} 26.75390625
            latency_seconds_count{route="/"} 6

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Histogram_without_bounds()
    {
        using var scrape = new Scrape(
            o => o.ScopeInfoEnabled = false,
            metrics => metrics.AddView("size", new ExplicitBucketHistogramConfiguration { Boundaries = [] }));
        scrape.Meter().CreateHistogram<long>("size", "By", "Sizes.").Record(9);

        Assert.Equal(
            """
            # HELP size_bytes Sizes.
            # TYPE size_bytes histogram
            size_bytes_bucket{le="+Inf"} 1
            size_bytes_sum 9
            size_bytes_count 1

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Exponential_histogram_has_the_powers_of_two_as_bounds()
    {
        using var scrape = new Scrape(
            o => o.ScopeInfoEnabled = false,
            metrics => metrics.AddView("size", new Base2ExponentialBucketHistogramConfiguration()));
        var histogram = scrape.Meter().CreateHistogram<double>("size", "By", "Sizes.");
        foreach (var value in new[] { 0, 0.3, 0.5, 1, 1.5, 2, 100, 120 })
        {
            histogram.Record(value);
        }

        Assert.Equal(
            """
            # HELP size_bytes Sizes.
            # TYPE size_bytes histogram
            size_bytes_bucket{le="0"} 1
            size_bytes_bucket{le="0.5"} 3
            size_bytes_bucket{le="1"} 4
            size_bytes_bucket{le="2"} 6
            size_bytes_bucket{le="4"} 6
            size_bytes_bucket{le="8"} 6
            size_bytes_bucket{le="16"} 6
            size_bytes_bucket{le="32"} 6
            size_bytes_bucket{le="64"} 6
            size_bytes_bucket{le="128"} 8
            size_bytes_bucket{le="+Inf"} 8
            size_bytes_sum 225.3
            size_bytes_count 8

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Resource_becomes_target_info()
    {
        using var scrape = new Scrape(resource: new() { ["service.name"] = "shop", ["shard"] = 3L, ["canary"] = true });
        scrape.Meter().CreateUpDownCounter<long>("x", description: "X.").Add(1);

        Assert.Equal(
            """
            # HELP target_info Target metadata
            # TYPE target_info gauge
            target_info{canary="true",service_name="shop",shard="3"} 1
            # HELP x X.
            # TYPE x gauge
            x{otel_scope_name="m"} 1

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Chosen_resource_attributes_are_labels_of_every_sample()
    {
        using var scrape = new Scrape(
            o =>
            {
                o.ScopeInfoEnabled = false;
                o.ResourceConstantLabels = key => key == "service.name";
            },
            resource: new() { ["service.name"] = "shop", ["shard"] = 3L });
        scrape.Meter().CreateHistogram<long>("h", null, "H.", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1] })
            .Record(1);

        Assert.Equal(
            """
            # HELP target_info Target metadata
            # TYPE target_info gauge
            target_info{service_name="shop",shard="3"} 1
            # HELP h H.
            # TYPE h histogram
            h_bucket{service_name="shop",le="1"} 1
            h_bucket{service_name="shop",le="+Inf"} 1
            h_sum{service_name="shop"} 1
            h_count{service_name="shop"} 1

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Overflow_is_a_labelled_series()
    {
        using var scrape = new Scrape(
            o => o.ScopeInfoEnabled = false,
            metrics => metrics.AddView("c", new MetricStreamConfiguration { CardinalityLimit = 1 }));
        var counter = scrape.Meter().CreateCounter<long>("c", null, "C.");
        counter.Add(1, new KeyValuePair<string, object?>("k", "a"));
        counter.Add(2, new KeyValuePair<string, object?>("k", "b"));

        Assert.Equal(
            """
            # HELP c_total C.
            # TYPE c_total counter
            c_total{otel_metric_overflow="true"} 2
            c_total{k="a"} 1

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Help_is_escaped_and_quotes_in_it_are_not()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter().CreateGauge<int>("g", null, "A \\ and a\nbreak and \"quotes\"").Record(1);

        Assert.StartsWith("# HELP g A \\\\ and a\\nbreak and \"quotes\"\n", await scrape.TextAsync(), StringComparison.Ordinal);
    }
}
