using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A series is encoded once while it stays active, and anew when it comes back, by either way of knowing it.</summary>
public sealed class SeriesCacheTests
{
    [Fact]
    public void This_version_of_the_SDK_lets_its_tag_array_be_read() => Assert.True(TagArray.IsReadable);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Series_that_stay_come_and_go_are_each_written_with_their_own_tags(bool readsTagArray)
    {
        var random = new Random(7);
        using var meter = new Meter($"cache.{readsTagArray}");
        var cache = NewCache(readsTagArray);
        using var exporter = new CacheExporter(cache);
        using var provider = Provider(meter, exporter);
        var counter = meter.CreateCounter<long>("c");

        for (var round = 0; round < 200; round++)
        {
            // From all series to none, in any order, so that the SDK gives points up and takes them again elsewhere.
            var active = Enumerable.Range(0, 100).Where(_ => random.Next(100) < (round % 11) * 10).ToArray();
            random.Shuffle(active);
            foreach (var i in active)
            {
                counter.Add(1, new("n", i), new("parity", i % 2 == 0));
            }

            exporter.Seen.Clear();
            Assert.True(provider.ForceFlush());
            Assert.Equal(
                active.Select(i => $"|c|#n:{i},parity:{(i % 2 == 0 ? "true" : "false")},all:same|card:low").Order(StringComparer.Ordinal),
                exporter.Seen.Order(StringComparer.Ordinal));
            Assert.True(active.Length == 0 || cache.Count == active.Length, $"{cache.Count} entries for {active.Length} series.");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Memory_follows_the_number_of_live_series(bool readsTagArray)
    {
        using var meter = new Meter($"cache.memory.{readsTagArray}");
        var cache = NewCache(readsTagArray);
        using var exporter = new CacheExporter(cache);
        using var provider = Provider(meter, exporter);
        var counter = meter.CreateCounter<long>("c");
        for (var round = 0; round < 30; round++)
        {
            var series = round == 3 ? 1500 : 10;
            for (var i = 0; i < series; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>($"key{round}", i));
            }

            provider.ForceFlush();
        }

        Assert.Equal(10, cache.Count);
        Assert.InRange(cache.ArenaBytes, 1, 4096);
    }

    [Fact]
    public void Known_series_are_not_encoded_again()
    {
        using var meter = new Meter("cache.known");
        using var exporter = new CacheExporter(NewCache(readsTagArray: true));
        using var provider = Provider(meter, exporter);
        var counter = meter.CreateCounter<long>("c");
        var text = new Text();
        for (var round = 0; round < 5; round++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("k", text));
            provider.ForceFlush();
        }

        Assert.Equal(1, text.TimesFormatted);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(1000)]
    public void A_gap_of_idle_series_does_not_cost_the_ones_after_it(int idle)
    {
        const int First = 20;
        using var meter = new Meter($"cache.gap.{idle}");
        using var exporter = new CacheExporter(NewCache(readsTagArray: true));
        using var provider = Provider(meter, exporter);
        var counter = meter.CreateCounter<long>("c");
        var texts = Enumerable.Range(0, 1500).Select(_ => new Text()).ToArray();
        Export(_ => true);
        Export(i => i is < First || i >= First + idle);
        Assert.All(texts[..First], text => Assert.Equal(1, text.TimesFormatted));
        Assert.InRange(texts[(First + idle)..].Count(text => text.TimesFormatted > 1), 0, 1 + (idle / 16));

        void Export(Func<int, bool> isActive)
        {
            for (var i = 0; i < texts.Length; i++)
            {
                if (isActive(i))
                {
                    counter.Add(1, new KeyValuePair<string, object?>("k", texts[i]));
                }
            }

            provider.ForceFlush();
        }
    }

    private static SeriesCache NewCache(bool readsTagArray) => new(
        new TagEncoder(ReceiverProfile.DatadogAgent),
        [new EncodedTag("all"u8.ToArray(), "same"u8.ToArray())],
        "|c"u8.ToArray(),
        "|card:low"u8.ToArray(),
        readsTagArray);

    private static MeterProvider Provider(Meter meter, CacheExporter exporter) => Sdk.CreateMeterProviderBuilder()
        .AddMeter(meter.Name)
        .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
        .Build();

    private sealed class CacheExporter(SeriesCache cache) : BaseExporter<Metric>
    {
        public List<string> Seen { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                cache.BeginPass();
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    Seen.Add(Encoding.UTF8.GetString(cache.Next(point.Tags)));
                }

                cache.EndPass();
            }

            return ExportResult.Success;
        }
    }

    private sealed class Text
    {
        public int TimesFormatted { get; private set; }

        public override string ToString() => $"formatted {++TimesFormatted} times";
    }
}
