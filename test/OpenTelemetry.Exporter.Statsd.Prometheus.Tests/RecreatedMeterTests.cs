using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Tests.Streaming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>The SDK shows the metrics of a meter that was disposed of once more, beside those of a meter that took its place.</summary>
public sealed class RecreatedMeterTests
{
    [Fact]
    public void This_version_of_the_SDK_tells_which_metric_leaves() => Assert.True(LeavingMetric.IsReadable);

    [Theory]
    [InlineData(ExpositionSyntax.Text004, ExpositionSyntax.Text004, ExpositionSyntax.Text004)]
    [InlineData(ExpositionSyntax.Text004, ExpositionSyntax.Protobuf, ExpositionSyntax.OpenMetrics001)]
    [InlineData(ExpositionSyntax.Protobuf, ExpositionSyntax.OpenMetrics100, ExpositionSyntax.Protobuf)]
    public async Task Counter_goes_on_under_its_name_and_the_old_one_is_marked_for_its_last_showing(object first, object second, object third)
    {
        using var recorder = new Recorder();
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var meter = scrape.Meter();
        meter.CreateCounter<long>("visits").Add(5, new KeyValuePair<string, object?>("path", "/"));
        Assert.Equal([("visits_total path=/", 5)], await SamplesAsync(scrape, first));

        meter.Dispose();
        scrape.Meter().CreateCounter<long>("visits").Add(1, new KeyValuePair<string, object?>("path", "/"));
        Assert.Equal([("visits_total otel_duplicate=2 path=/", 5), ("visits_total path=/", 1)], await SamplesAsync(scrape, second));
        Assert.Equal([("visits_total path=/", 1)], await SamplesAsync(scrape, third));

        // Nobody has to do anything about it. No other test has series of this name.
        Assert.DoesNotContain(recorder.Events, entry => entry.Name == "DuplicateSeries" && entry.Text.Contains("visits_total", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metric_of_another_type_has_the_name_and_the_old_one_another_for_its_last_showing()
    {
        using var recorder = new Recorder();
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var meter = scrape.Meter();
        meter.CreateHistogram("level", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [] }).Record(5);
        Assert.Equal(["histogram level"], await TypesAsync(scrape));

        meter.Dispose();
        scrape.Meter().CreateGauge<long>("level").Record(1);
        Assert.Equal(["gauge level", "histogram level_distribution"], (await TypesAsync(scrape)).Order());
        Assert.Equal(["gauge level"], await TypesAsync(scrape));
        Assert.DoesNotContain(recorder.Events, entry => entry.Name == "NameConflict" && entry.Text.Contains(scrape.Prefix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metric_whose_meter_is_gone_keeps_its_name_where_nothing_takes_its_place()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var meter = scrape.Meter();
        meter.CreateCounter<long>("hits").Add(5);
        await scrape.BytesAsync();

        meter.Dispose();
        scrape.Meter().CreateCounter<long>("misses").Add(1);
        Assert.Equal([("hits_total ", 5), ("misses_total ", 1)], await SamplesAsync(scrape, ExpositionSyntax.Text004));
        Assert.Equal([("misses_total ", 1)], await SamplesAsync(scrape, ExpositionSyntax.Text004));
    }

    [Fact]
    public async Task Metrics_of_one_identity_that_live_side_by_side_stay_apart_and_have_the_names_of_the_old_ones()
    {
        // Two views of one instrument, and instruments that differ in the type of their values, are metrics of their own.
        using var scrape = new Scrape(
            o => o.ScopeInfoEnabled = false,
            metrics => metrics
                .AddView("wide", new MetricStreamConfiguration { Name = "size", TagKeys = ["a"] })
                .AddView("wide", new MetricStreamConfiguration { Name = "size", TagKeys = ["b"] }));
        var meter = scrape.Meter();
        Record(meter, 10);
        string[] names = ["hits_total ", "hits_total otel_duplicate=2", "size ", "size otel_duplicate=2"];
        Assert.Equal(names.Zip([10d, 11, 12, 12]), await SamplesAsync(scrape, ExpositionSyntax.Text004));

        meter.Dispose();
        Record(scrape.Meter(), 20);
        var both = await SamplesAsync(scrape, ExpositionSyntax.Text004);
        Assert.Equal(names.Zip([20d, 21, 22, 22]), both.Where(sample => sample.Value >= 20));
        Assert.Equal([10d, 11, 12, 12], both.Select(sample => sample.Value).Where(value => value < 20).Order());
        Assert.Equal(names.Zip([20d, 21, 22, 22]), await SamplesAsync(scrape, ExpositionSyntax.Text004));

        static void Record(Meter meter, int value)
        {
            meter.CreateCounter<long>("hits").Add(value);
            meter.CreateCounter<int>("hits").Add(value + 1);
            meter.CreateGauge<long>("wide").Record(value + 2);
        }
    }

    [Fact]
    public async Task Metric_that_had_to_give_way_to_one_that_lived_keeps_its_name_when_that_is_gone()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var meter = scrape.Meter("one");
        meter.CreateCounter<long>("level.total").Add(5);
        scrape.Meter("two").CreateGauge<long>("level_total").Record(1);
        Assert.Equal(["counter level_total", "gauge level_total_value"], await TypesAsync(scrape));

        meter.Dispose();
        Assert.Equal(["counter level_total", "gauge level_total_value"], await TypesAsync(scrape));
        Assert.Equal(["gauge level_total_value"], await TypesAsync(scrape));
    }

    [Fact]
    public async Task Metric_that_stays_describes_the_family_and_comes_first()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var meter = scrape.Meter();
        meter.CreateGauge<long>("load", "s", "Old.").Record(5);
        meter.CreateCounter<long>("gone").Add(4);
        scrape.Meter("other").CreateCounter<long>("hits").Add(2);
        await scrape.BytesAsync();

        meter.Dispose();
        scrape.Meter().CreateGauge<long>("load_seconds", null, "New.").Record(1);
        Assert.Equal(
            """
            # TYPE load_seconds gauge
            # HELP load_seconds New.
            load_seconds 1
            load_seconds{otel_duplicate="2"} 5
            # TYPE gone counter
            # HELP gone OpenTelemetry metric gone
            gone_total 4
            # TYPE hits counter
            # HELP hits OpenTelemetry metric hits
            hits_total 2
            # EOF

            """,
            WithoutCreated(await scrape.TextAsync(ExpositionSyntax.OpenMetrics100)));
    }

    /// <summary>To OpenMetrics a negative total makes unknown whatever it stands among, or the response would be refused as a whole.</summary>
    [Fact]
    public async Task Family_is_a_counter_again_once_the_irregular_metric_has_left()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var meter = scrape.Meter();
        meter.CreateCounter<long>("hits").Add(-5);
        Assert.Equal(["unknown hits_total"], await OpenMetricsAsync());

        meter.Dispose();
        scrape.Meter().CreateCounter<long>("hits").Add(1);
        Assert.Equal(["unknown hits_total"], await OpenMetricsAsync());
        Assert.Equal(["counter hits"], await OpenMetricsAsync());

        async Task<IEnumerable<string>> OpenMetricsAsync() =>
            from family in OpenMetricsParser.Parse(await scrape.BytesAsync(ExpositionSyntax.OpenMetrics100)) select $"{family.Type} {family.Name}";
    }

    private static string WithoutCreated(string text) =>
        string.Concat(text.Split('\n').Where(line => !line.Contains("_created", StringComparison.Ordinal)).Select(line => line + "\n"))[..^1];

    private static async Task<List<(string Name, double Value)>> SamplesAsync(Scrape scrape, object syntax) =>
    [
        .. from family in Exposed.Parse((ExpositionSyntax)syntax, await scrape.BytesAsync((ExpositionSyntax)syntax))
           from sample in family.Samples
           let labels = sample.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")
           orderby sample.Name, string.Join(' ', labels)
           select ($"{sample.Name} {string.Join(' ', labels)}", sample.Value),
    ];

    private static async Task<List<string>> TypesAsync(Scrape scrape) =>
        [.. from family in await scrape.FamiliesAsync() select $"{family.Type} {family.Name}"];
}
