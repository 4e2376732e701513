using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class FamilyTests
{
    [Fact]
    public async Task Streams_of_one_name_and_type_share_a_family_and_the_first_help_wins()
    {
        using var scrape = new Scrape();
        scrape.Meter("one").CreateCounter<long>("hits", null, "First.").Add(1);
        scrape.Meter("two").CreateGauge<long>("between").Record(9);
        scrape.Meter("two").CreateCounter<double>("hits", "{hit}", "Second.").Add(2);

        Assert.Equal(
            """
            # HELP hits_total First.
            # TYPE hits_total counter
            hits_total{otel_scope_name="one"} 1
            hits_total{otel_scope_name="two"} 2
            # HELP between OpenTelemetry metric between
            # TYPE between gauge
            between{otel_scope_name="two"} 9

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Streams_without_scope_that_become_the_same_series_are_numbered()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter("one").CreateCounter<long>("hits").Add(1);
        scrape.Meter("two").CreateCounter<long>("hits").Add(2);

        Assert.Equal(
            """
            # HELP hits_total OpenTelemetry metric hits
            # TYPE hits_total counter
            hits_total 1
            hits_total{otel_duplicate="2"} 2

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task Later_type_under_a_taken_name_gets_a_name_of_its_own()
    {
        using var scrape = new Scrape(o => o.DisableTotalNameSuffixForCounters = true);
        scrape.Meter("one").CreateCounter<long>("load").Add(1);
        scrape.Meter("two").CreateGauge<long>("load").Record(2);
        scrape.Meter("three").CreateHistogram<long>("load").Record(3);
        scrape.Meter("four").CreateGauge<long>("load").Record(4);
        scrape.Meter("five").CreateCounter<long>("load").Add(5);

        var families = await scrape.FamiliesAsync();

        Assert.Equal(
            [("load", "counter", 2), ("load_value", "gauge", 2), ("load_distribution", "histogram", 18)],
            families.Select(family => (family.Name, family.Type, family.Samples.Count)));
    }

    [Fact]
    public async Task Counter_that_comes_later_keeps_total_at_the_end()
    {
        using var scrape = new Scrape();
        scrape.Meter("one").CreateGauge<long>("load.total").Record(1);
        scrape.Meter("two").CreateCounter<long>("load").Add(2);

        Assert.Equal(["load_total", "load_accumulated_total"], (await scrape.FamiliesAsync()).Select(family => family.Name));
    }

    [Theory]
    [InlineData("h_count")]
    [InlineData("h_sum")]
    [InlineData("h_bucket")]
    public async Task Names_of_the_samples_of_a_histogram_are_taken_too(string name)
    {
        using var first = new Scrape();
        first.Meter().CreateHistogram<long>("h").Record(1);
        first.Meter().CreateGauge<long>(name).Record(1);
        Assert.Equal(["h", name + "_value"], (await first.FamiliesAsync()).Select(family => family.Name));

        using var second = new Scrape();
        second.Meter().CreateGauge<long>(name).Record(1);
        second.Meter().CreateHistogram<long>("h").Record(1);
        Assert.Equal([name, "h_distribution"], (await second.FamiliesAsync()).Select(family => family.Name));
    }

    [Fact]
    public async Task Instrument_cannot_pose_as_target_info()
    {
        using var scrape = new Scrape(resource: new() { ["a"] = "b" });
        scrape.Meter().CreateGauge<long>("target.info").Record(5);

        Assert.Equal(["target_info", "target_info_value"], (await scrape.FamiliesAsync()).Select(family => family.Name));
    }

    [Fact]
    public async Task Name_evaded_to_is_kept_when_the_first_owner_is_gone()
    {
        using var scrape = new Scrape();
        var isObserved = true;
        scrape.Meter("one").CreateObservableUpDownCounter("load", () => isObserved ? [new Measurement<long>(1)] : Array.Empty<Measurement<long>>());
        scrape.Meter("two").CreateHistogram<long>("load").Record(2);
        Assert.Equal(["load", "load_distribution"], (await scrape.FamiliesAsync()).Select(family => family.Name));

        isObserved = false;
        Assert.Equal(["load_distribution"], (await scrape.FamiliesAsync()).Select(family => family.Name));

        isObserved = true;
        Assert.Equal(["load", "load_distribution"], (await scrape.FamiliesAsync()).Select(family => family.Name));
    }

    [Fact]
    public async Task Metric_whose_name_was_given_away_meanwhile_gets_the_next_one_after_its_own()
    {
        using var scrape = new Scrape();
        var isObserved = true;
        scrape.Meter("one").CreateHistogram<long>("load").Record(2);
        scrape.Meter("two").CreateObservableUpDownCounter("load", () => isObserved ? [new Measurement<long>(1)] : Array.Empty<Measurement<long>>());
        Assert.Equal(["load", "load_value"], (await scrape.FamiliesAsync()).Select(family => family.Name));

        isObserved = false;
        scrape.Meter("three").CreateHistogram<long>("load.value").Record(3);
        Assert.Equal(["load", "load_value"], (await scrape.FamiliesAsync()).Select(family => family.Name));

        isObserved = true;
        Assert.Equal(
            [("load", "histogram"), ("load_value_2", "gauge"), ("load_value", "histogram")],
            (await scrape.FamiliesAsync()).Select(family => (family.Name, family.Type)));

        // As often as it takes.
        isObserved = false;
        scrape.Meter("four").CreateHistogram<long>("load.value.2").Record(4);
        await scrape.FamiliesAsync();
        isObserved = true;
        Assert.Equal(
            [("load", "histogram"), ("load_value_3", "gauge"), ("load_value", "histogram"), ("load_value_2", "histogram")],
            (await scrape.FamiliesAsync()).Select(family => (family.Name, family.Type)));
    }

    [Fact]
    public async Task Hostile_name_from_a_view_is_made_legal()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false, metrics => metrics.AddView("g", "1 b|ad\nna\"me{}"));
        scrape.Meter().CreateGauge<long>("g").Record(5);

        Assert.Equal(
            """
            # HELP _1_b_ad_na_me_ OpenTelemetry metric 1 b|ad\nna"me{}
            # TYPE _1_b_ad_na_me_ gauge
            _1_b_ad_na_me_ 5

            """,
            await scrape.TextAsync());
    }
}
