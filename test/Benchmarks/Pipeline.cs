using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks;

/// <summary>A provider with a Delta reader of its own and an exporter; one collection at a time, on the caller's thread, timed.</summary>
internal sealed class Pipeline : IDisposable
{
    private readonly TimedExporter timed;
    private readonly MeterProvider provider;

    public Pipeline(string name, Workload workload, BaseExporter<Metric> exporter)
    {
        Name = name;
        timed = new TimedExporter(exporter);
        provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(workload.MeterName)
            .AddReader(new BaseExportingMetricReader(timed) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
    }

    public string Name { get; }

    /// <summary>Has the SDK collect and export what was recorded since the last time.</summary>
    public Cost Collect()
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        if (!provider.ForceFlush())
        {
            throw new InvalidOperationException($"The exporter of '{Name}' reports a failure.");
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return new Cost(timed.Elapsed, timed.AllocatedBytes, elapsed, allocated);
    }

    public void Dispose() => provider.Dispose();

    /// <summary>What one collection took, and of that the exporter.</summary>
    internal readonly record struct Cost(TimeSpan Export, long ExportBytes, TimeSpan Collect, long CollectBytes);

    private sealed class TimedExporter(BaseExporter<Metric> exporter) : BaseExporter<Metric>
    {
        public TimeSpan Elapsed { get; private set; }

        public long AllocatedBytes { get; private set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            var result = exporter.Export(in batch);
            Elapsed = Stopwatch.GetElapsedTime(started);
            AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
            return result;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                exporter.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
