using BenchmarkDotNet.Attributes;
using OpenTelemetry;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks;

/// <summary>
/// One export of all series: walking values and tags, which is the baseline, against ours and against naive text, both in
/// packets of the same size, without sending and over UDP to a receiver on loopback.
/// </summary>
/// <remarks>
/// The points are collected once and exported again and again, so the SDK's part is left out, the series are known, and what
/// fits the processor's caches stays there; the last flatters the walk most. <see cref="Ratios"/> has the opposite view.
/// </remarks>
[MemoryDiagnoser]
[HideColumns("Error", "StdDev", "RatioSD", "Alloc Ratio")]
public class ExportBenchmarks : IDisposable
{
    private readonly List<IDisposable> disposables = [];
    private Metric[] metrics = [];
    private BaseExporter<Metric> walk = null!;
    private BaseExporter<Metric> ours = null!;
    private BaseExporter<Metric> oursUdp = null!;
    private BaseExporter<Metric> naive = null!;
    private BaseExporter<Metric> naiveUdp = null!;

    [ParamsAllValues]
    public Shape Shape { get; set; }

    [Params(1_000, 10_000, 100_000)]
    public int Series { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var workload = Keep(new Workload(Shape, Series));
        var collector = new CollectingExporter();
        var provider = Keep(Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(workload.MeterName)
            .AddReader(new BaseExportingMetricReader(collector) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build());
        workload.Record();
        provider.ForceFlush();
        metrics = collector.Metrics;

        var udp = Keep(new LoopbackReceiver(EndpointKind.Udp)).Endpoint;
        var packetBytes = udp.DefaultMaxPacketBytes;
        walk = Keep(new WalkingExporter());
        ours = Keep(Unpaced.Exporter("null", udp, new NullTransport()));
        oursUdp = Keep(Unpaced.Exporter("udp", udp));
        naive = Keep(new NaiveExporter(socket: null, packetBytes));
        naiveUdp = Keep(new NaiveExporter(BareSocket.Connect(udp), packetBytes));
    }

    [Benchmark(Baseline = true)]
    public ExportResult Walk() => Export(walk);

    [Benchmark]
    public ExportResult Ours() => Export(ours);

    [Benchmark]
    public ExportResult Naive() => Export(naive);

    [Benchmark]
    public ExportResult OursUdp() => Export(oursUdp);

    [Benchmark]
    public ExportResult NaiveUdp() => Export(naiveUdp);

    [GlobalCleanup]
    public void Dispose()
    {
        // The receiver goes last: while it is there, no packet is refused.
        foreach (var disposable in Enumerable.Reverse(disposables))
        {
            disposable.Dispose();
        }

        disposables.Clear();
        GC.SuppressFinalize(this);
    }

    private T Keep<T>(T disposable)
        where T : IDisposable
    {
        disposables.Add(disposable);
        return disposable;
    }

    private ExportResult Export(BaseExporter<Metric> exporter)
    {
        using var batch = new Batch<Metric>(metrics, metrics.Length);
        return exporter.Export(in batch);
    }

    private sealed class CollectingExporter : BaseExporter<Metric>
    {
        public Metric[] Metrics { get; private set; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            var metrics = new List<Metric>();
            foreach (var metric in batch)
            {
                metrics.Add(metric);
            }

            Metrics = [.. metrics];
            return ExportResult.Success;
        }
    }
}
