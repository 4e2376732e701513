using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Validated options, as the exporter uses them; never changed.</summary>
internal sealed record EmfExporterSettings
{
    public required DeliverySettings Delivery { get; init; }

    public required string? Namespace { get; init; }

    public required string? LogGroupName { get; init; }

    public required string? LogStreamName { get; init; }

    public required DimensionRules Dimensions { get; init; }

    public required IReadOnlyDictionary<string, string> ResourceDimensions { get; init; }

    public required IReadOnlyDictionary<string, string> ResourceMembers { get; init; }

    public required IReadOnlyDictionary<string, string> ConstantDimensions { get; init; }

    public required IReadOnlyDictionary<string, string> ConstantMembers { get; init; }

    public required IReadOnlyList<NamePattern> HighResolution { get; init; }

    public required EmfHistogramForm HistogramForm { get; init; }
}
