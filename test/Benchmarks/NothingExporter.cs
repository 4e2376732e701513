using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Benchmarks;

/// <summary>Ignores what it gets, so that a collection costs what the SDK costs.</summary>
internal sealed class NothingExporter : BaseExporter<Metric>
{
    public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
}
