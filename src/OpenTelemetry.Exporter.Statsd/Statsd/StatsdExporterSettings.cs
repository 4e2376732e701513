using OpenTelemetry.Exporter.Statsd.Delivery;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Validated options, as the exporter uses them; never changed.</summary>
internal sealed record StatsdExporterSettings
{
    public required DeliverySettings Delivery { get; init; }

    public required ReceiverProfile Profile { get; init; }

    public required string Prefix { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required IReadOnlyDictionary<string, string> ResourceAttributes { get; init; }

    /// <summary>What histograms become.</summary>
    public required HistogramRules Histograms { get; init; }

    public required bool IncludeScopeTags { get; init; }

    /// <summary>What each line ends in, after the tags; empty unless the profile has Datadog's extensions.</summary>
    public required byte[] DatadogFields { get; init; }

    /// <summary>Whether each export says what the exporter has done, as DogStatsD clients do.</summary>
    public required bool WritesClientTelemetry { get; init; }
}
