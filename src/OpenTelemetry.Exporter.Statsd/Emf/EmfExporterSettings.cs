using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Validated options, as the exporter uses them; never changed.</summary>
internal sealed record EmfExporterSettings
{
    public required DeliverySettings Delivery { get; init; }

    /// <summary><see langword="null"/> for that of the resource's service.</summary>
    public required string? Namespace { get; init; }

    /// <summary>With placeholders for attributes of the resource; <see langword="null"/> if documents do not name one.</summary>
    public required string? LogGroupName { get; init; }

    /// <inheritdoc cref="LogGroupName"/>
    public required string? LogStreamName { get; init; }

    public required DimensionRules Dimensions { get; init; }

    /// <summary>Attributes of the resource, and what they are called as dimensions.</summary>
    public required IReadOnlyDictionary<string, string> ResourceDimensions { get; init; }

    /// <summary>Attributes of the resource, and what they are called as members.</summary>
    public required IReadOnlyDictionary<string, string> ResourceMembers { get; init; }

    /// <summary>Dimensions of all documents.</summary>
    public required IReadOnlyDictionary<string, string> ConstantDimensions { get; init; }

    /// <summary>Members of all documents, those that tell the entity among them.</summary>
    public required IReadOnlyDictionary<string, string> ConstantMembers { get; init; }

    /// <summary>Metrics that are kept by the second.</summary>
    public required IReadOnlyList<NamePattern> HighResolution { get; init; }

    /// <summary>Whether a histogram is written as its count, sum, smallest and largest value alone.</summary>
    public required bool WritesStatisticSets { get; init; }
}
