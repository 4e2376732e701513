using BenchmarkDotNet.Attributes;

namespace Benchmarks.Prometheus;

/// <summary>
/// One scrape without HTTP, collection included, in each format, against collecting and walking the same points, which is the baseline.
/// </summary>
/// <remarks>Nothing is recorded between scrapes, and what fits the processor's caches stays there. <see cref="ScrapeRatios"/> has the opposite view.</remarks>
[MemoryDiagnoser]
[HideColumns("Error", "StdDev", "RatioSD", "Alloc Ratio")]
public class ScrapeBenchmarks : IDisposable
{
    private readonly DiscardingPipeWriter output = new();
    private ScrapeWorkload workload = null!;
    private CumulativeReader walk = null!;
    private ScrapeSubject subject = null!;

    [ParamsAllValues]
    public ScrapeFormat Format { get; set; }

    [Params(1_000, 10_000)]
    public int Series { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        workload = new ScrapeWorkload(ScrapeMix.Instruments(Series));
        walk = new CumulativeReader(workload.MeterName, new CumulativeWalk());
        subject = new ScrapeSubject(workload.MeterName);
        workload.Record();
    }

    [Benchmark(Baseline = true)]
    public void Walk() => walk.Collect();

    [Benchmark]
    public async Task<long> Scrape()
    {
        await subject.ScrapeAsync(Format, output);
        return output.Written;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        subject.Dispose();
        walk.Dispose();
        workload.Dispose();
        GC.SuppressFinalize(this);
    }
}
