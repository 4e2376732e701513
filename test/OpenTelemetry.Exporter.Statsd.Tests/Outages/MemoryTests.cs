using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>What an exporter needs beyond what the SDK itself keeps for a reader: its buffer, and what it has encoded of each series.</summary>
[Collection(Alone.Name)]
public sealed class MemoryTests
{
    [Theory]
    [InlineData(10_000, 4)]
    [InlineData(100_000, 10)]
    public void An_exporter_stays_small(int series, int megabytes)
    {
        using var receiver = new UnixDatagramReceiver(new ReceiverOptions { Sink = new CountingSink() });
        var bare = Measure(series, builder => builder.AddReader(
            new BaseExportingMetricReader(new NothingExporter()) { TemporalityPreference = MetricReaderTemporalityPreference.Delta }));
        var whole = Measure(series, builder => builder.AddStatsdExporter((statsd, reader) =>
        {
            statsd.Endpoint = receiver.Address;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
        }));
        TestContext.Current.TestOutputHelper?.WriteLine($"{series} series: {bare} bytes without, {whole - bare} more with the exporter");
        Assert.InRange(whole - bare, 1 << 20, megabytes * 1_000_000);
    }

    /// <summary>The memory that a provider keeps after some exports of series with three tags each.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Measure(int series, Action<MeterProviderBuilder> addExporter)
    {
        using var meter = new Meter("memory");
        var counter = meter.CreateCounter<long>("http.server.requests");
        var tags = Enumerable.Range(0, series)
            .Select(i => new KeyValuePair<string, object?>[] { new("region", "eu-west"), new("service", "checkout"), new("endpoint", $"/api/items/{i}") })
            .ToArray();
        var before = Observed.Memory();
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddView("*", new MetricStreamConfiguration { CardinalityLimit = series + 1 });
        addExporter(builder);
        using var provider = builder.Build();
        for (var round = 0; round < 5; round++)
        {
            foreach (var tag in tags)
            {
                counter.Add(1, tag);
            }

            Assert.True(provider.ForceFlush());
        }

        var after = Observed.Memory();
        GC.KeepAlive(tags);
        return after - before;
    }

    private sealed class NothingExporter : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
