using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>An application with the same series all the time, which exports when told to, at a time that the test makes.</summary>
internal sealed class SteadyApplication : IDisposable
{
    private static int number;

    private readonly KeyValuePair<string, object?>[] tags;
    private readonly Meter meter;
    private readonly Counter<long> hits;
    private readonly Histogram<double> took;
    private readonly MeterProvider provider;

    /// <param name="endpoint">Where its exporter sends.</param>
    /// <param name="series">How many series each of its two instruments has.</param>
    /// <param name="keepsCollecting">Whether the reader collects although the receiver is away.</param>
    public SteadyApplication(string endpoint, int series, bool keepsCollecting = false)
    {
        var name = $"steady-{Interlocked.Increment(ref number)}";
        tags = [.. Enumerable.Range(0, series).Select(i => new KeyValuePair<string, object?>("series", $"value-{i}"))];
        meter = new Meter(name);
        hits = meter.CreateCounter<long>("hits");
        took = meter.CreateHistogram<double>("took");
        Self = new SelfMetrics(name);

        // The pace is measured by the test's clock, too, which stands still during an export unless the exporter waits.
        var settings = new StatsdExporterOptions { Endpoint = endpoint, MaxPacketsPerBurst = 1024, MaxBufferBytes = 1 << 16 }.ToSettings();
        var delivery = settings.Delivery;
#pragma warning disable CA2000 // The reader disposes of the exporter, and the exporter of its transport.
        Exporter = new WatchedExporter(new StatsdMetricExporter(
            name, settings, TransportFactory.Create(delivery.Endpoint, delivery.MaxPacketBytes, delivery.SkipsEmptyLines), Clock, pause: Clock.Pause));
#pragma warning restore CA2000
        BaseExportingMetricReader reader = keepsCollecting
            ? new BaseExportingMetricReader(Exporter)
            : new ReceiverAwareMetricReader<WatchedExporter>(Exporter, Timeout.Infinite, 30_000);
        reader.TemporalityPreference = MetricReaderTemporalityPreference.Delta;
        provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(name)
            .AddReader(reader)
            .Build();
    }

    public ManualClock Clock { get; } = new();

    /// <summary>What the exporter says of itself.</summary>
    public SelfMetrics Self { get; }

    public WatchedExporter Exporter { get; }

    /// <summary>How often each series was recorded.</summary>
    public int Rounds { get; private set; }

    /// <summary>Records each series once, a counter by one.</summary>
    public void Record()
    {
        Rounds++;
        foreach (var tag in tags)
        {
            hits.Add(1, tag);
            took.Record(1, tag);
        }
    }

    /// <summary>Exports after some time.</summary>
    public bool FlushAfter(TimeSpan time)
    {
        Clock.Advance(time);
        return provider.ForceFlush();
    }

    /// <summary>Ends the provider, which lets go of the receiver.</summary>
    public void End() => provider.Dispose();

    /// <summary>Compares what was received with what was recorded, series by series.</summary>
    public void AssertAllReceived(IEnumerable<byte[]> payloads)
    {
        var sums = new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(payloads)
            .Where(record => record.Name is "hits" or "took")
            .GroupBy(record => (record.Name, Tag: Assert.Single(record.Tags)), record => record.Name == "hits" ? record.Number : record.Weight)
            .ToDictionary(group => group.Key, group => group.Sum());
        Assert.Equal(2 * tags.Length, sums.Count);
        Assert.All(sums.Values, sum => Assert.Equal(Rounds, sum));
        Assert.Equal(0, Self.All("statsd.exporter.points.dropped"));
    }

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
        Self.Dispose();
    }

    /// <summary>Notes what it allocates to ask whether the receiver is there.</summary>
    internal sealed class WatchedExporter(StatsdMetricExporter inner) : BaseExporter<Metric>, IDelivery
    {
        /// <summary>The bytes that the last question allocated.</summary>
        public long QuestionBytes { get; private set; }

        public bool IsAway => inner.IsAway;

        public bool IsReceiverThere(TimeSpan budget)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var isThere = inner.IsReceiverThere(budget);
            QuestionBytes = GC.GetAllocatedBytesForCurrentThread() - before;
            return isThere;
        }

        public void Grant(TimeSpan budget) => inner.Grant(budget);

        public void Hurry(TimeSpan budget) => inner.Hurry(budget);

        public override ExportResult Export(in Batch<Metric> batch) => inner.Export(batch);

        protected override bool OnShutdown(int timeoutMilliseconds) => inner.Shutdown(timeoutMilliseconds);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
