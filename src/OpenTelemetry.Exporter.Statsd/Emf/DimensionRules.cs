using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Which attributes of a measurement are dimensions, and in which sets.</summary>
internal sealed record DimensionRules(
    IReadOnlyList<NamePattern> Included, IReadOnlyList<NamePattern> Excluded, IReadOnlyList<DimensionSetRule> Sets);
