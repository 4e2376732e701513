using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>A name, and a series, are the same whatever the format and whatever came first.</summary>
public sealed class FamiliesInAllFormatsTests
{
    private static readonly ExpositionSyntax[] Syntaxes = Enum.GetValues<ExpositionSyntax>();

    [Theory]
    [InlineData("foo", "foo_value")]
    [InlineData("foo.created", "foo_created_value")]
    [InlineData("foo.total", "foo_total_value")]
    [InlineData("h", "h_value")]
    [InlineData("h.min", "h_min_value")]
    [InlineData("h_max", "h_max_value")]
    [InlineData("h_created", "h_created_value")]
    [InlineData("target", "target_value")]
    [InlineData("target.info", "target_info_value")]
    [InlineData("other", "other")]
    public async Task Gauge_after_them_gives_way_in_every_format(string gauge, string expected)
    {
        using var recorder = new Recorder();
        using var scrape = new Scrape(
            options =>
            {
                options.ScopeInfoEnabled = false;
                options.HistogramMinMaxEnabled = true;
            },
            resource: new() { ["a"] = "b" });
        var meter = scrape.Meter();
        meter.CreateCounter<long>("foo").Add(1);
        meter.CreateHistogram<long>("h").Record(2);
        meter.CreateGauge<long>(gauge, description: scrape.Prefix).Record(77);

        foreach (var syntax in Syntaxes)
        {
            var families = await ParseAsync(scrape, syntax);
            var found = Assert.Single(families, family => family.Samples.Any(sample => sample.Value == 77));
            Assert.Equal((expected, "gauge", scrape.Prefix), (found.Name, found.Type, found.Help));
            Assert.Equal(6, families.Count);
        }

        if (expected != gauge)
        {
            Assert.Contains(recorder.Events, each =>
                each.Name == "NameConflict" && each.Text.Contains(scrape.Prefix, StringComparison.Ordinal) && each.Text.Contains($"'{expected}'", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Counter_after_a_gauge_of_its_name_gives_way_in_every_format()
    {
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        scrape.Meter().CreateGauge<long>("foo").Record(1);
        scrape.Meter().CreateCounter<long>("foo").Add(2);

        foreach (var syntax in Syntaxes)
        {
            var samples = (await ParseAsync(scrape, syntax)).SelectMany(family => family.Samples);
            Assert.Equal([("foo", 1), ("foo_accumulated_total", 2)], samples.Select(sample => (sample.Name, sample.Value)));
        }
    }

    [Fact]
    public async Task Metric_keeps_its_name_when_one_that_comes_before_it_appears()
    {
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        var isObserved = false;
        scrape.Meter().CreateObservableUpDownCounter("load", () => isObserved ? [new Measurement<long>(1)] : Array.Empty<Measurement<long>>());
        scrape.Meter().CreateHistogram<long>("load").Record(2);
        Assert.Equal(["load"], (await ParseAsync(scrape, ExpositionSyntax.Text004)).Select(family => family.Name));

        isObserved = true;
        foreach (var syntax in Syntaxes)
        {
            Assert.Equal(
                [("load_value", "gauge"), ("load", "histogram")],
                (await ParseAsync(scrape, syntax)).Select(family => (family.Name, family.Type)));
        }
    }

    [Theory]
    [InlineData(nameof(ExpositionSyntax.Text004), nameof(ExpositionSyntax.Protobuf))]
    [InlineData(nameof(ExpositionSyntax.Protobuf), nameof(ExpositionSyntax.OpenMetrics100))]
    public async Task Equal_series_have_the_same_numbers_in_all_formats_and_keep_them(string first, string second)
    {
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        var isObserved = false;
        scrape.Meter().CreateObservableGauge("load.a", () => isObserved ? [new Measurement<long>(1)] : Array.Empty<Measurement<long>>());
        scrape.Meter().CreateObservableGauge("load_a", () => 2L);
        Assert.Equal([("", 2)], await NumbersAsync(Enum.Parse<ExpositionSyntax>(first)));

        isObserved = true;
        (string, double)[] expected = [("2", 1), ("", 2)];
        Assert.Equal(expected, await NumbersAsync(Enum.Parse<ExpositionSyntax>(second)));
        foreach (var syntax in Syntaxes)
        {
            Assert.Equal(expected, await NumbersAsync(syntax));
        }

        scrape.Meter().CreateObservableGauge("load-a", () => 3L);
        foreach (var syntax in Syntaxes)
        {
            Assert.Equal([.. expected, ("3", 3)], await NumbersAsync(syntax));
        }

        async Task<IEnumerable<(string, double)>> NumbersAsync(ExpositionSyntax syntax) =>
            Assert.Single(await ParseAsync(scrape, syntax)).Samples.Select(sample => (sample.Labels.GetValueOrDefault("otel_duplicate", ""), sample.Value));
    }

    [Fact]
    public async Task Series_that_come_by_turns_are_told_apart_when_they_meet()
    {
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        var (showsFirst, showsSecond) = (true, false);
        scrape.Meter().CreateObservableGauge("load.a", () => showsFirst ? [new Measurement<long>(1)] : Array.Empty<Measurement<long>>());
        scrape.Meter().CreateObservableGauge("load_a", () => showsSecond ? [new Measurement<long>(2)] : Array.Empty<Measurement<long>>());
        Assert.Single(Assert.Single(await ParseAsync(scrape, ExpositionSyntax.Text004)).Samples);

        (showsFirst, showsSecond) = (false, true);
        Assert.Single(Assert.Single(await ParseAsync(scrape, ExpositionSyntax.Text004)).Samples);

        // The parser refuses a series that is there twice.
        showsFirst = true;
        foreach (var syntax in Syntaxes)
        {
            Assert.Equal(2, Assert.Single(await ParseAsync(scrape, syntax)).Samples.Count);
        }
    }

    [Fact]
    public async Task Label_of_a_bound_gives_way_in_every_format()
    {
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        scrape.Meter().CreateHistogram<long>("h").Record(1, new KeyValuePair<string, object?>("le", "mine"));

        foreach (var syntax in Syntaxes)
        {
            Assert.All(Assert.Single(await ParseAsync(scrape, syntax)).Samples, sample => Assert.Equal("mine", sample.Labels["exported_le"]));
        }
    }

    private static async Task<List<Family>> ParseAsync(Scrape scrape, ExpositionSyntax syntax)
    {
        var body = await scrape.BytesAsync(syntax, EscapingScheme.Underscores);
        return syntax switch
        {
            ExpositionSyntax.Text004 or ExpositionSyntax.Text100 => TextParser.Parse(body),
            ExpositionSyntax.Protobuf => ProtobufParser.Parse(body),
            _ => OpenMetricsParser.Parse(body),
        };
    }
}
