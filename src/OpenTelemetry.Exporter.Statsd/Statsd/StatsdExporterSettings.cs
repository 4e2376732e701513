using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Validated options, as the exporter uses them; never changed.</summary>
internal sealed record StatsdExporterSettings
{
    public required Endpoint Endpoint { get; init; }

    public required ReceiverProfile Profile { get; init; }

    public required string Prefix { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required IReadOnlyDictionary<string, string> ResourceAttributes { get; init; }

    public required HistogramForm HistogramForm { get; init; }

    public required int MaxPacketBytes { get; init; }

    public required bool IncludeScopeTags { get; init; }

    /// <summary>Takes over options that have passed validation.</summary>
    public static StatsdExporterSettings From(StatsdExporterOptions options)
    {
        if (!Endpoint.TryParse(options.Endpoint, out var endpoint))
        {
            throw new ArgumentException($"'{options.Endpoint}' is not an endpoint.", nameof(options));
        }

        return new StatsdExporterSettings
        {
            Endpoint = endpoint,
            Profile = ReceiverProfile.Of(options.Profile),
            Prefix = options.Prefix,
            Tags = new Dictionary<string, string>(options.Tags, StringComparer.Ordinal),
            ResourceAttributes = new Dictionary<string, string>(options.ResourceAttributes, StringComparer.Ordinal),
            HistogramForm = options.HistogramForm,
            MaxPacketBytes = options.MaxPacketBytes ?? UdpTransport.DefaultMaxPacketBytes,
            IncludeScopeTags = options.IncludeScopeTags,
        };
    }
}
