using System.Diagnostics.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class LabelTests
{
    public static TheoryData<object?, string> Values { get; } = new()
    {
        { null, "" },
        { "plain", "plain" },
        { "back\\slash \"quote\" line\nfeed", "back\\slash \"quote\" line\nfeed" },
        { "tab\t nul\0 return\r", "tab\t nul\0 return\r" },
        { "é😀", "é😀" },
        { "lone \ud800 high", "lone \ufffd high" },
        { "lone \udc00 low", "lone \ufffd low" },
        { true, "true" },
        { false, "false" },
        { (sbyte)-8, "-8" },
        { ulong.MaxValue, "18446744073709551615" },
        { long.MinValue, "-9223372036854775808" },
        { 1.5, "1.5" },
        { 1.5f, "1.5" },
        { 0.1f, "0.1" },
        { 2.50m, "2.50" },
        { double.NaN, "NaN" },
        { double.PositiveInfinity, "Infinity" },
        { double.NegativeInfinity, "-Infinity" },
        { 'c', "c" },
        { DayOfWeek.Monday, "Monday" },
        { new byte[] { 1, 2, 255 }, "AQL/" },
        { new[] { "a", "b\"" }, "[\"a\",\"b\\\"\"]" },
        { new object?[] { 1, 2.5, null, true, "x\ud800", double.NaN, new[] { 1L } }, "[1,2.5,null,true,\"x\ufffd\",\"NaN\",[1]]" },
        { new Dictionary<string, object?> { ["k"] = 1 }, "{\"k\":1}" },
        { new Throwing(), "Throwing" },
        { new Textless(), "" },
        { new ThrowingFormattable(), "ThrowingFormattable" },
        { new object[] { "a", new Throwing(), new Textless(), new ThrowingFormattable(), 1 }, "[\"a\",\"Throwing\",\"\",\"ThrowingFormattable\",1]" },
        { new Dictionary<string, object?> { ["k"] = new Textless(), ["l"] = 1 }, "{\"k\":\"\",\"l\":1}" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Value_of_any_type_is_text(object? value, string expected)
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter().CreateGauge<int>("g").Record(1, new KeyValuePair<string, object?>("k", value));

        var sample = Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples);

        Assert.Equal(expected, sample.Labels.GetValueOrDefault("k", string.Empty));
    }

    [Fact]
    public async Task Array_that_contains_itself_ends_somewhere()
    {
        var array = new object?[1];
        array[0] = array;
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter().CreateGauge<int>("g").Record(1, new KeyValuePair<string, object?>("k", array));

        var sample = Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples);

        Assert.Equal($"{new string('[', 16)}null{new string(']', 16)}", sample.Labels["k"]);
    }

    [Theory]
    [InlineData("a.b", "a_b")]
    [InlineData("a--b", "a_b")]
    [InlineData("a:b", "a_b")]
    [InlineData("1st", "_1st")]
    [InlineData("__name__", "_name_")]
    [InlineData("", "_")]
    [InlineData("é", "_")]
    [InlineData("le", "le")]
    [InlineData("otel.metric.overflow", "otel_metric_overflow")]
    public async Task Key_becomes_a_legal_name(string key, string expected)
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter().CreateGauge<int>("g").Record(1, new KeyValuePair<string, object?>(key, "v"));

        var sample = Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples);

        Assert.Equal([new(expected, "v")], sample.Labels);
    }

    [Fact]
    public async Task Values_of_colliding_keys_are_joined_in_the_order_of_the_keys()
    {
        using var scrape = new Scrape();
        scrape.Meter().CreateGauge<int>("g").Record(
            1, new("a_b", "3"), new("a.b", "2"), new("a-b", "1"), new("otel.scope.name", "mine"), new("z", "last"));

        var sample = Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples);

        Assert.Equal("1;2;3", sample.Labels["a_b"]);
        Assert.Equal($"mine;{scrape.Prefix}m", sample.Labels["otel_scope_name"]);
        Assert.Equal("last", sample.Labels["z"]);
    }

    [Fact]
    public async Task Values_of_a_key_given_twice_are_joined_in_the_order_given()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter().CreateCounter<int>("c").Add(1, new("k", "b"), new("j", 0), new("k", "a"));

        var sample = Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples);

        Assert.Equal([new("j", "0"), new("k", "b;a")], sample.Labels);
    }

    [Fact]
    public async Task Value_without_text_costs_nothing_but_itself()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var gauge = scrape.Meter().CreateGauge<int>("g");
        gauge.Record(1, new("a", "kept"), new("k", new ThrowingFormattable()), new("l", new Textless()), new("z", "kept"));
        gauge.Record(2, new KeyValuePair<string, object?>("a", "other"));

        var samples = Assert.Single(await scrape.FamiliesAsync()).Samples.OrderBy(sample => sample.Value).ToList();

        Assert.Equal([1, 2], samples.Select(sample => sample.Value));
        Assert.Equal([new("a", "kept"), new("k", "ThrowingFormattable"), new("z", "kept")], samples[0].Labels);
        Assert.Equal([new("a", "other")], samples[1].Labels);
    }

    [Fact]
    public async Task Tag_named_like_the_bound_of_a_bucket_is_renamed()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        scrape.Meter().CreateHistogram<int>("h").Record(1, new KeyValuePair<string, object?>("le", "mine"));

        var family = Assert.Single(await scrape.FamiliesAsync());

        Assert.All(family.Samples, sample => Assert.Equal("mine", sample.Labels["exported_le"]));
        Assert.All(family.Samples, sample => Assert.Equal(sample.Name == "h_bucket", sample.Labels.ContainsKey("le")));
    }

    [Fact]
    public async Task Series_that_differ_no_more_as_text_are_numbered()
    {
        using var scrape = new Scrape(o => o.ScopeInfoEnabled = false);
        var counter = scrape.Meter().CreateCounter<int>("c");
        counter.Add(1, new KeyValuePair<string, object?>("a.b", "1"));
        counter.Add(2, new KeyValuePair<string, object?>("a_b", 1));
        counter.Add(4, new KeyValuePair<string, object?>("a-b", 1L));
        counter.Add(8);
        counter.Add(16, new KeyValuePair<string, object?>("k", null));

        var samples = Assert.Single(await scrape.FamiliesAsync()).Samples;

        Assert.Equal(31, samples.Sum(sample => sample.Value));
        Assert.Equal(
            ["1", "2", "3"],
            samples.Where(sample => sample.Labels.ContainsKey("a_b")).Select(sample => sample.Labels.GetValueOrDefault("otel_duplicate", "1")));
    }

    [Fact]
    public async Task Scope_is_on_every_sample_with_the_tags_of_the_meter()
    {
        using var scrape = new Scrape();
        var meter = scrape.Meter("scope", "2.0", [new("team.name", "core"), new("version", "hidden")]);
        meter.CreateHistogram<int>("h").Record(1);

        var family = Assert.Single(await scrape.FamiliesAsync());

        Assert.All(family.Samples, sample => Assert.Equal(
            [new("otel_scope_name", scrape.Prefix + "scope"), new("otel_scope_team_name", "core"), new("otel_scope_version", "2.0")],
            sample.Labels.Where(label => label.Key != "le")));
    }

    [Fact]
    public async Task Schema_of_the_meter_is_a_label()
    {
        using var scrape = new Scrape();
        using var meter = new Meter(new MeterOptions(scrape.Prefix + "s") { TelemetrySchemaUrl = "https://example.com/1" });
        meter.CreateGauge<int>("g").Record(1);

        var sample = Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples);

        Assert.Equal("https://example.com/1", sample.Labels["otel_scope_schema_url"]);
    }

    public sealed class Throwing
    {
        public override string ToString() => throw new InvalidOperationException("No text.");
    }

    /// <summary>Breaks the promise of its signature, as code without nullable annotations may.</summary>
    public sealed class Textless : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => null!;
    }

    public sealed class ThrowingFormattable : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => throw new InvalidOperationException("No text.");
    }
}
