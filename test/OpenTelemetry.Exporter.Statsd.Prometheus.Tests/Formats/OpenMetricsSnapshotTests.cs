using System.Text.RegularExpressions;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>The exact text of each kind of metric in both versions of OpenMetrics, which are the same for classic names.</summary>
public sealed partial class OpenMetricsSnapshotTests
{
    [Fact]
    public async Task Counter_has_its_unit_and_the_time_it_began_and_help_is_escaped()
    {
        using var scrape = new Scrape();
        var counter = scrape.Meter(version: "1.2").CreateCounter<double>("cpu.time", "s", "A \\ and a\nbreak and \"quotes\"");
        counter.Add(1.25, new KeyValuePair<string, object?>("mode", "us\"er\\\n"));
        counter.Add(3, new KeyValuePair<string, object?>("mode", "idle"));

        await VerifyAsync(scrape, """
            # TYPE cpu_time_seconds counter
            # UNIT cpu_time_seconds seconds
            # HELP cpu_time_seconds A \\ and a\nbreak and \"quotes\"
            cpu_time_seconds_total{mode="us\"er\\\n",otel_scope_name="m",otel_scope_version="1.2"} 1.25
            cpu_time_seconds_created{mode="us\"er\\\n",otel_scope_name="m",otel_scope_version="1.2"} <time>
            cpu_time_seconds_total{mode="idle",otel_scope_name="m",otel_scope_version="1.2"} 3
            cpu_time_seconds_created{mode="idle",otel_scope_name="m",otel_scope_version="1.2"} <time>
            # EOF

            """);
    }

    [Fact]
    public async Task Counter_of_a_name_that_ends_in_total_has_it_once()
    {
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        scrape.Meter().CreateCounter<long>("already_total", "s", "A.").Add(1);

        await VerifyAsync(scrape, """
            # TYPE already_seconds counter
            # UNIT already_seconds seconds
            # HELP already_seconds A.
            already_seconds_total 1
            already_seconds_created <time>
            # EOF

            """);
    }

    [Fact]
    public async Task Counter_without_total_is_unknown()
    {
        using var scrape = new Scrape(
            options =>
            {
                options.ScopeInfoEnabled = false;
                options.DisableTotalNameSuffixForCounters = true;
            },
            metrics => metrics.SetExemplarFilter(ExemplarFilterType.AlwaysOn));
        scrape.Meter().CreateCounter<long>("hits", "By", "H.").Add(1);

        await VerifyAsync(scrape, """
            # TYPE hits_bytes unknown
            # UNIT hits_bytes bytes
            # HELP hits_bytes H.
            hits_bytes 1
            # EOF

            """);
    }

    [Fact]
    public async Task Gauges_have_neither_a_time_nor_exemplars()
    {
        using var scrape = new Scrape(
            options => options.ScopeInfoEnabled = false,
            metrics => metrics.SetExemplarFilter(ExemplarFilterType.AlwaysOn));
        var meter = scrape.Meter();
        var gauge = meter.CreateGauge<double>("level", "m/s", "L.");
        gauge.Record(double.NaN, new KeyValuePair<string, object?>("n", 1));
        gauge.Record(double.PositiveInfinity, new KeyValuePair<string, object?>("n", 2));
        gauge.Record(double.NegativeInfinity, new KeyValuePair<string, object?>("n", 3));
        gauge.Record(1e300, new KeyValuePair<string, object?>("n", 4));
        meter.CreateUpDownCounter<long>("queue", "{item}", "Q.").Add(long.MinValue);

        await VerifyAsync(scrape, """
            # TYPE level_meters_per_second gauge
            # UNIT level_meters_per_second meters_per_second
            # HELP level_meters_per_second L.
            level_meters_per_second{n="1"} NaN
            level_meters_per_second{n="2"} +Inf
            level_meters_per_second{n="3"} -Inf
            level_meters_per_second{n="4"} 1e+300
            # TYPE queue gauge
            # HELP queue Q.
            queue -9223372036854775808
            # EOF

            """);
    }

    [Fact]
    public async Task Unit_is_said_only_where_the_name_of_the_family_ends_in_it()
    {
        using var scrape = new Scrape(options =>
        {
            options.ScopeInfoEnabled = false;
            options.TranslationStrategy = PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes;
        });
        var meter = scrape.Meter();
        meter.CreateGauge<long>("a_seconds_total", "s", "A.").Record(1);
        meter.CreateCounter<long>("b_seconds_total", "s", "B.").Add(1);
        meter.CreateGauge<long>("c_seconds", "s", "C.").Record(1);
        meter.CreateGauge<long>("dseconds", "s", "D.").Record(1);
        meter.CreateGauge<long>("e", "s", "E.").Record(1);

        await VerifyAsync(scrape, """
            # TYPE a_seconds_total gauge
            # HELP a_seconds_total A.
            a_seconds_total 1
            # TYPE b_seconds counter
            # UNIT b_seconds seconds
            # HELP b_seconds B.
            b_seconds_total 1
            b_seconds_created <time>
            # TYPE c_seconds gauge
            # UNIT c_seconds seconds
            # HELP c_seconds C.
            c_seconds 1
            # TYPE dseconds gauge
            # HELP dseconds D.
            dseconds 1
            # TYPE e gauge
            # HELP e E.
            e 1
            # EOF

            """);
    }

    [Fact]
    public async Task Bounds_of_a_histogram_are_canonical()
    {
        using var scrape = new Scrape(
            options => options.ScopeInfoEnabled = false,
            metrics => metrics.AddView("h", new ExplicitBucketHistogramConfiguration { Boundaries = [0, 1e-5, 2.5e-5, 0.25, 1, 123456, 1e6, 1234567] }));
        var histogram = scrape.Meter().CreateHistogram<double>("h", "ms", "H.");
        histogram.Record(1);
        histogram.Record(0.5);
        histogram.Record(2e6);

        await VerifyAsync(scrape, """
            # TYPE h_milliseconds histogram
            # UNIT h_milliseconds milliseconds
            # HELP h_milliseconds H.
            h_milliseconds_bucket{le="0.0"} 0
            h_milliseconds_bucket{le="1e-05"} 0
            h_milliseconds_bucket{le="2.5e-05"} 0
            h_milliseconds_bucket{le="0.25"} 0
            h_milliseconds_bucket{le="1.0"} 2
            h_milliseconds_bucket{le="123456.0"} 2
            h_milliseconds_bucket{le="1e+06"} 2
            h_milliseconds_bucket{le="1.234567e+06"} 2
            h_milliseconds_bucket{le="+Inf"} 3
            h_milliseconds_sum 2000001.5
            h_milliseconds_count 3
            h_milliseconds_created <time>
            # EOF

            """);
    }

    [Fact]
    public async Task Histogram_with_negative_bounds_has_neither_sum_nor_count()
    {
        using var scrape = new Scrape(
            options => options.ScopeInfoEnabled = false,
            metrics => metrics.AddView("h", new ExplicitBucketHistogramConfiguration { Boundaries = [-1, 0] }));
        scrape.Meter().CreateHistogram<double>("h", null, "H.").Record(7);

        await VerifyAsync(scrape, """
            # TYPE h histogram
            # HELP h H.
            h_bucket{le="-1.0"} 0
            h_bucket{le="0.0"} 0
            h_bucket{le="+Inf"} 1
            h_created <time>
            # EOF

            """);
    }

    [Theory]
    [InlineData(-7, 1)]
    [InlineData(double.NaN, 0)]
    public async Task Histogram_of_which_a_sum_was_negative_or_no_number_has_neither_sum_nor_count_from_then_on(double value, int count)
    {
        using var scrape = new Scrape(
            options => options.ScopeInfoEnabled = false,
            metrics => metrics.AddView("h", new ExplicitBucketHistogramConfiguration { Boundaries = [0] }));
        var histogram = scrape.Meter().CreateHistogram<double>("h", null, "H.");
        histogram.Record(value, new KeyValuePair<string, object?>("k", 1));
        histogram.Record(5, new KeyValuePair<string, object?>("k", 2));
        var expected = $$"""
            # TYPE h histogram
            # HELP h H.
            h_bucket{k="1",le="0.0"} {{count}}
            h_bucket{k="1",le="+Inf"} 1
            h_created{k="1"} <time>
            h_bucket{k="2",le="0.0"} 0
            h_bucket{k="2",le="+Inf"} 1
            h_created{k="2"} <time>
            # EOF

            """;
        await VerifyAsync(scrape, expected);

        histogram.Record(100, new KeyValuePair<string, object?>("k", 1));
        await VerifyAsync(scrape, expected.Replace("{k=\"1\",le=\"+Inf\"} 1", "{k=\"1\",le=\"+Inf\"} 2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-7)]
    [InlineData(double.NaN)]
    public async Task Counter_that_was_negative_or_no_number_is_of_unknown_type_from_then_on(double value)
    {
        using var recorder = new Recorder();
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        var counter = scrape.Meter().CreateCounter<double>("c", "s", "C.");
        counter.Add(1);
        await VerifyAsync(scrape, """
            # TYPE c_seconds counter
            # UNIT c_seconds seconds
            # HELP c_seconds C.
            c_seconds_total 1
            c_seconds_created <time>
            # EOF

            """);

        counter.Add(value);
        var number = double.IsNaN(value) ? "NaN" : "-6";
        await VerifyAsync(scrape, $"""
            # TYPE c_seconds_total unknown
            # HELP c_seconds_total C.
            c_seconds_total {number}
            # EOF

            """);

        counter.Add(10);
        number = double.IsNaN(value) ? "NaN" : "4";
        await VerifyAsync(scrape, $"""
            # TYPE c_seconds_total unknown
            # HELP c_seconds_total C.
            c_seconds_total {number}
            # EOF

            """);
        Assert.Single(recorder.Events, entry => entry.Name == "IrregularValues" && entry.Text.Contains(scrape.Prefix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exponential_histogram_has_the_powers_of_two_as_bounds()
    {
        using var scrape = new Scrape(
            options => options.ScopeInfoEnabled = false,
            metrics => metrics.AddView("h", new Base2ExponentialBucketHistogramConfiguration()));
        var histogram = scrape.Meter().CreateHistogram<double>("h", null, "H.");
        Array.ForEach([0, 0.3, 1, 3, 3.5], value => histogram.Record(value));

        await VerifyAsync(scrape, """
            # TYPE h histogram
            # HELP h H.
            h_bucket{le="0.0"} 1
            h_bucket{le="0.5"} 2
            h_bucket{le="1.0"} 3
            h_bucket{le="2.0"} 3
            h_bucket{le="4.0"} 5
            h_bucket{le="+Inf"} 5
            h_sum 7.8
            h_count 5
            h_created <time>
            # EOF

            """);
    }

    [Fact]
    public async Task Smallest_and_largest_value_are_gauges_where_they_are_recorded()
    {
        using var scrape = new Scrape(
            options =>
            {
                options.ScopeInfoEnabled = false;
                options.HistogramMinMaxEnabled = true;
            },
            metrics => metrics
                .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
                .AddView("h", new ExplicitBucketHistogramConfiguration { Boundaries = [] })
                .AddView("without", new ExplicitBucketHistogramConfiguration { Boundaries = [], RecordMinMax = false }));
        var meter = scrape.Meter();
        meter.CreateHistogram<double>("without", "s", "W.").Record(2);
        var histogram = meter.CreateHistogram<double>("h", "s", "H.");
        histogram.Record(0.5);
        histogram.Record(8);

        var text = ExemplarTime().Replace(await scrape.TextAsync(ExpositionSyntax.OpenMetrics100), string.Empty);
        Assert.Equal(
            """
            # TYPE without_seconds histogram
            # UNIT without_seconds seconds
            # HELP without_seconds W.
            without_seconds_bucket{le="+Inf"} 1
            without_seconds_sum 2
            without_seconds_count 1
            without_seconds_created <time>
            # TYPE h_seconds histogram
            # UNIT h_seconds seconds
            # HELP h_seconds H.
            h_seconds_bucket{le="+Inf"} 2
            h_seconds_sum 8.5
            h_seconds_count 2
            h_seconds_created <time>
            # TYPE h_seconds_min gauge
            # HELP h_seconds_min Smallest value of h_seconds since the start.
            h_seconds_min 0.5
            # TYPE h_seconds_max gauge
            # HELP h_seconds_max Largest value of h_seconds since the start.
            h_seconds_max 8
            # EOF

            """,
            Time().Replace(text, "<time>"));
        Assert.DoesNotContain("without_seconds_m", await scrape.TextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("without_seconds_m", await scrape.TextAsync(ExpositionSyntax.Protobuf), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Histogram_that_has_left_all_values_out_has_no_smallest_one()
    {
        using var scrape = new Scrape(
            options => options.HistogramMinMaxEnabled = true,
            metrics => metrics.AddView("h", new Base2ExponentialBucketHistogramConfiguration()));
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        histogram.Record(-1);

        Assert.DoesNotContain("h_m", await scrape.TextAsync(), StringComparison.Ordinal);

        histogram.Record(2);
        var text = await scrape.TextAsync();
        Assert.Matches("\nh_min{[^\n]*} 2\n", text);
        Assert.Matches("\nh_max{[^\n]*} 2\n", text);
    }

    [Fact]
    public async Task Resource_becomes_an_info()
    {
        using var scrape = new Scrape(resource: new() { ["service.name"] = "shop", ["shard"] = 3L });

        await VerifyAsync(scrape, """
            # TYPE target info
            # HELP target Target metadata
            target_info{service_name="shop",shard="3"} 1
            # EOF

            """);
    }

    [Fact]
    public async Task Nothing_is_the_end_alone()
    {
        using var scrape = new Scrape();

        await VerifyAsync(scrape, "# EOF\n");
    }

    private static async Task VerifyAsync(Scrape scrape, string expected)
    {
        foreach (var syntax in (ExpositionSyntax[])[ExpositionSyntax.OpenMetrics100, ExpositionSyntax.OpenMetrics001])
        {
            OpenMetricsParser.Parse(await scrape.BytesAsync(syntax));
            Assert.Equal(expected, Time().Replace(await scrape.TextAsync(syntax), "<time>"));
        }
    }

    [GeneratedRegex(@"(?<= )[0-9]{10}\.[0-9]{3}$", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex(@" # \{\} .*$", RegexOptions.Multiline)]
    private static partial Regex ExemplarTime();
}
