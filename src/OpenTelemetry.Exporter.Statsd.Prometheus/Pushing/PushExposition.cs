using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Makes the body of each push, in text format 0.0.4, which every Pushgateway reads.</summary>
/// <remarks>Not thread-safe: called inside a collection. A push is over before the next collection, so one snapshot is enough.</remarks>
/// <param name="families">What to expose.</param>
/// <param name="maxExponentialBuckets">The most buckets of an exponential histogram.</param>
/// <param name="telemetry">Hears of conflicts.</param>
/// <param name="time">The clock.</param>
internal sealed class PushExposition(FamilySettings families, int maxExponentialBuckets, ExporterTelemetry telemetry, TimeProvider time)
{
    private readonly Snapshot snapshot = new();
    private readonly Collector collector = new(families.Attributes, telemetry);
    private readonly Layouts layouts = new(families, telemetry, time);
    private readonly TextFormat format = new(
        new ExpositionSettings(maxExponentialBuckets, AddsClassicBuckets: false), EscapingScheme.Underscores, isVersion1: false);

    /// <summary>The metrics of <paramref name="batch"/>, until the next call.</summary>
    public ExpositionBody Collect(in Batch<Metric> batch, Resource resource)
    {
        collector.Collect(in batch, snapshot);
        return new(layouts.Of(snapshot.Structure, format, resource), snapshot, format);
    }
}
