using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>An exporter, and what its last export allocated on its thread.</summary>
internal sealed class MeasuredExporter(BaseExporter<Metric> inner) : BaseExporter<Metric>
{
    public long AllocatedBytes { get; private set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = inner.Export(batch);
        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return result;
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
