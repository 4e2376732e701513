using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>The sets of dimensions of some metrics; never changed.</summary>
/// <param name="Metrics">Of these names.</param>
/// <param name="Sets">Names of attributes, of the resource's dimensions and of constant ones; an empty list is the set without dimensions.</param>
internal sealed record DimensionSetRule(NamePattern Metrics, IReadOnlyList<IReadOnlyList<string>> Sets);
