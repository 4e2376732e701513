using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>For metrics of these names: several sets of names instead of one of all dimensions.</summary>
internal sealed record DimensionSetRule(NamePattern Metrics, IReadOnlyList<IReadOnlyList<string>> Sets);
