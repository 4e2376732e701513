using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>What an exporter with a stream needs beyond what the SDK itself keeps for a reader, and whether it says so.</summary>
[Collection(Alone.Name)]
public sealed class StreamFootprintTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 2000)]
    [InlineData(1, 10_000)]
    public void With_a_stream_it_takes_less_than_ten_megabytes_and_knows_how_much(int instruments, int seriesEach)
    {
        using var receiver = new UnixDatagramReceiver(new ReceiverOptions { Sink = new CountingSink() });
        var (bare, _) = Measure(instruments, seriesEach, builder => builder.AddReader(
            new BaseExportingMetricReader(new NothingExporter()) { TemporalityPreference = MetricReaderTemporalityPreference.Delta }));
        var (whole, told) = Measure(instruments, seriesEach, builder => builder.AddStatsdExporter((statsd, reader) =>
        {
            statsd.Endpoint = receiver.Address;
            statsd.Stream("footprint", configure: stream => stream.CardinalityLimit = seriesEach);
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
        }));
        var taken = whole - bare;
        TestContext.Current.TestOutputHelper?.WriteLine($"{instruments * seriesEach} series: {bare} bytes without, {taken} more with a stream, {told} of them told of");
        Assert.InRange(taken, 4 << 20, 10_000_000);
        Assert.InRange(told, taken * 0.9, taken * 1.1);
    }

    /// <summary>The least of several measurements: the runtime keeps some memory of its own now and then.</summary>
    private static (long Kept, long Told) Measure(int instruments, int seriesEach, Action<MeterProviderBuilder> addExporter) =>
        Enumerable.Range(0, 3).Select(_ => MeasureOnce(instruments, seriesEach, addExporter)).MinBy(measured => measured.Kept);

    /// <summary>The memory that a provider keeps after series with three tags each were recorded several times, and what it says of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (long Kept, long Told) MeasureOnce(int instruments, int seriesEach, Action<MeterProviderBuilder> addExporter)
    {
        using var meter = new Meter("footprint");
        var histograms = Enumerable.Range(0, instruments).Select(i => meter.CreateHistogram<double>($"http.server.duration.{i}")).ToArray();
        var tags = Enumerable.Range(0, seriesEach)
            .Select(i => new KeyValuePair<string, object?>[] { new("region", "eu-west"), new("service", "checkout"), new("endpoint", $"/api/items/{i}") })
            .ToArray();
        var before = Observed.Memory();
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddView("*", new MetricStreamConfiguration { CardinalityLimit = seriesEach + 1 });
        addExporter(builder);
        using var provider = builder.Build();
        for (var round = 0; round < 3; round++)
        {
            foreach (var histogram in histograms)
            {
                foreach (var tag in tags)
                {
                    histogram.Record(round + 0.5, tag);
                }
            }

            Assert.True(provider.ForceFlush());
        }

        var statistics = provider.GetStatsdExporterStatistics();
        var after = Observed.Memory();
        Assert.Equal(statistics is null ? 0 : 3L * instruments * seriesEach, statistics?.MeasurementsExported ?? 0);
        GC.KeepAlive(tags);
        return (after - before, statistics?.MemoryBytes ?? 0);
    }

    private sealed class NothingExporter : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
