using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;
using static OpenTelemetry.Exporter.Prometheus.Tests.Parsing.ProtobufBytes;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>The exact messages of each kind of metric.</summary>
public sealed class ProtobufSnapshotTests
{
    [Fact]
    public async Task Gauge()
    {
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        var gauge = scrape.Meter().CreateGauge<double>("level", "m", "Help.");
        gauge.Record(-0.5, new("k", "v"), new("é", "€"));
        gauge.Record(double.NaN);

        Assert.Equal(
            Family(
                "level_meters",
                1,
                Text(5, "meters"),
                Message(4, Message(2, Double(1, double.NaN))),
                Message(4, Label("_", "€"), Label("k", "v"), Message(2, Double(1, -0.5)))),
            await scrape.BytesAsync(ExpositionSyntax.Protobuf));
    }

    [Fact]
    public async Task Names_of_any_characters()
    {
        using var scrape = new Scrape(options =>
        {
            options.ScopeInfoEnabled = false;
            options.TranslationStrategy = PrometheusAspNetCoreTranslationStrategy.NoTranslation;
        });
        scrape.Meter().CreateUpDownCounter<long>("my.level", "m", "Help.").Add(3, new KeyValuePair<string, object?>("k.x", "v"));

        Assert.Equal(
            Family("my.level", 1, Message(4, Label("k.x", "v"), Message(2, Double(1, 3)))),
            await scrape.BytesAsync(ExpositionSyntax.Protobuf, EscapingScheme.AllowUtf8));
    }

    [Fact]
    public async Task Resource()
    {
        using var scrape = new Scrape(resource: new() { ["service.name"] = "shop" });

        byte[] content = [.. Text(1, "target_info"), .. Text(2, "Target metadata"), .. Unsigned(3, 1), .. Message(4, Label("service_name", "shop"), Message(2, Double(1, 1)))];
        Assert.Equal((byte[])[(byte)content.Length, .. content], await scrape.BytesAsync(ExpositionSyntax.Protobuf));
    }

    [Fact]
    public async Task Counter_knows_when_it_began_to_the_tick()
    {
        var start = DateTimeOffset.UtcNow;
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        scrape.Meter().CreateCounter<long>("hits", "s", "Help.").Add(3);

        var body = await scrape.BytesAsync(ExpositionSyntax.Protobuf);
        var created = Assert.Single(Assert.Single(ProtobufParser.Parse(body)).Samples).Created!.Value;
        Assert.InRange(created, Seconds(start), Seconds(DateTimeOffset.UtcNow));
        Assert.Equal(
            Family("hits_seconds_total", 0, Text(5, "seconds"), Message(4, Message(3, Double(1, 3), Created(3, created)))),
            body);
    }

    [Fact]
    public async Task Counter_without_total_stays_a_counter()
    {
        using var scrape = new Scrape(options => options.DisableTotalNameSuffixForCounters = true);
        scrape.Meter().CreateCounter<long>("hits").Add(3);

        var family = Assert.Single(ProtobufParser.Parse(await scrape.BytesAsync(ExpositionSyntax.Protobuf)));
        Assert.Equal(("hits", "counter"), (family.Name, family.Type));
    }

    [Fact]
    public async Task Histogram_with_negative_bounds_keeps_its_sum()
    {
        using var scrape = new Scrape(
            options => options.ScopeInfoEnabled = false,
            metrics => metrics.AddView("h", new ExplicitBucketHistogramConfiguration { Boundaries = [-1, 0.5] }));
        var histogram = scrape.Meter().CreateHistogram<double>("h", null, "Help.");
        Array.ForEach([-3, 0.25, 1000], value => histogram.Record(value));

        var body = await scrape.BytesAsync(ExpositionSyntax.Protobuf);
        var created = Assert.Single(ProtobufParser.Parse(body)).Samples[0].Created!.Value;
        Assert.Equal(
            Family("h", 4, Message(4, Message(
                7,
                Unsigned(1, 3),
                Double(2, 997.25),
                Message(3, Unsigned(1, 1), Double(2, -1)),
                Message(3, Unsigned(1, 2), Double(2, 0.5)),
                Message(3, Unsigned(1, 3), Double(2, double.PositiveInfinity)),
                Created(15, created)))),
            body);
    }

    [Fact]
    public async Task Exponential_histogram_is_native()
    {
        using var scrape = new Scrape(
            options => options.ScopeInfoEnabled = false,
            metrics => metrics.AddView("h", new Base2ExponentialBucketHistogramConfiguration { MaxScale = 1 }));
        var histogram = scrape.Meter().CreateHistogram<double>("h", null, "Help.");
        Array.ForEach([0, 0, 0.5, 1, 1.25, 8], value => histogram.Record(value, new KeyValuePair<string, object?>("k", "v")));

        // Two buckets to a power of two: 0.5 ends that of index -2, 1 that of 0, 1.25 is in that of 1, and 8 ends that of 6.
        var body = await scrape.BytesAsync(ExpositionSyntax.Protobuf);
        var created = Assert.Single(Assert.Single(ProtobufParser.Parse(body)).NativeHistograms).Created!.Value;
        Assert.Equal(
            Family("h", 4, Message(4, Label("k", "v"), Message(
                7,
                Unsigned(1, 6),
                Double(2, 10.75),
                ZigZag(5, 1),
                Double(6, 0),
                Unsigned(7, 2),
                Span(12, -2, 4),
                Span(12, 4, 1),
                Message(13, [.. Varint(2), .. Varint(1), .. Varint(2), .. Varint(0), .. Varint(0)]),
                Created(15, created)))),
            body);
    }

    /// <summary>More than one byte of length, at each level.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_380)]
    [InlineData(100_000)]
    public async Task Long_values_have_long_lengths(int length)
    {
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        var value = new string('v', length);
        scrape.Meter().CreateGauge<long>("g", null, "Help.").Record(1, new KeyValuePair<string, object?>("k", value));

        Assert.Equal(Family("g", 1, Message(4, Label("k", value), Message(2, Double(1, 1)))), await scrape.BytesAsync(ExpositionSyntax.Protobuf));
    }

    private static decimal Seconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (decimal)TimeSpan.TicksPerSecond;

    private static byte[] Created(int field, decimal time) => Message(
        field,
        Unsigned(1, (ulong)time),
        Unsigned(2, (ulong)((time - decimal.Truncate(time)) * 1_000_000_000)));
}
