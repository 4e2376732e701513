using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter;

/// <summary>What users set, in the terms of the rooms below, which know nothing of options.</summary>
internal static class EmfExporterOptionsExtensions
{
    /// <summary>What the CloudWatch agent takes of a log event, 256 KiB less the 26 bytes that CloudWatch Logs counts for each: it cuts what is longer.</summary>
    public const int MaxLineBytes = 262_118;

    private const int AgentPort = 25_888;

    /// <summary>What fits a UDP datagram over IPv4.</summary>
    private const int MaxDatagramBytes = 65_507;

    private const int MaxLogNameLength = 512;

    private static readonly NamePattern[] Everything = [new("*")];

    /// <returns><see langword="null"/> if <see cref="EmfExporterOptions.Endpoint"/> is not valid.</returns>
    public static Endpoint? ParseEndpoint(this EmfExporterOptions options) =>
        Endpoint.TryParse(options.Endpoint, out var endpoint, AgentPort) ? endpoint : null;

    /// <summary>How long a document, and a packet, may be at the most.</summary>
    public static int MaxDocumentBytes(this Endpoint endpoint) => endpoint.Framing == PacketFraming.Datagram ? MaxDatagramBytes : MaxLineBytes;

    /// <summary>Takes over options that have passed validation.</summary>
    public static EmfExporterSettings ToSettings(this EmfExporterOptions options)
    {
        var endpoint = options.ParseEndpoint() ?? throw new ArgumentException($"'{options.Endpoint}' is not an endpoint.", nameof(options));
        var hasAgent = endpoint.Kind != EndpointKind.StandardOutput;
        var resourceDimensions = options.ResourceDimensions.Without(options.Dimensions.Keys);
        string[] dimensions = [.. options.Dimensions.Keys, .. resourceDimensions.Values];
        var members = options.Entity.Concat(options.Members.Where(member => !options.Entity.ContainsKey(member.Key)))
            .Where(member => !dimensions.Contains(member.Key))
            .ToDictionary(StringComparer.Ordinal);
        return new EmfExporterSettings
        {
            Delivery = new DeliverySettings
            {
                Endpoint = endpoint,
                MaxPacketBytes = options.MaxPacketBytes ?? endpoint.MaxDocumentBytes(),
                MaxBufferBytes = options.MaxBufferBytes,
                MaxPacketsPerBurst = options.MaxPacketsPerBurst,
                MaxPacketsPerSecond = options.MaxPacketsPerSecond,
                SkipsEmptyLines = false,
                FillsPackets = false,
            },
            Namespace = options.Namespace,
            LogGroupName = options.LogGroupName ?? (hasAgent ? options.DefaultLogGroupName() : null),
            LogStreamName = options.LogStreamName ?? (hasAgent ? LogName(Environment.MachineName, EmfNames.IsLogStream) : null),
            Dimensions = new DimensionRules(
                options.IncludedDimensions.Count == 0 ? Everything : ToPatterns(options.IncludedDimensions),
                ToPatterns(options.ExcludedDimensions),
                [.. options.DimensionSets]),
            ResourceDimensions = resourceDimensions,
            ResourceMembers = options.ResourceMembers.Without([.. dimensions, .. members.Keys]),
            ConstantDimensions = options.Dimensions.ToDictionary(StringComparer.Ordinal),
            ConstantMembers = members,
            HighResolution = ToPatterns(options.HighResolutionMetrics),
            WritesStatisticSets = options.HistogramForm == EmfHistogramForm.StatisticSet,
        };
    }

    private static string DefaultLogGroupName(this EmfExporterOptions options)
    {
        const string Suffix = "-metrics";
        return options.ServiceName is { } service ? LogName(service, EmfNames.IsLogGroup, MaxLogNameLength - Suffix.Length) + Suffix : "{service.name}" + Suffix;
    }

    /// <summary>Makes a text that was not meant for it a valid name: what it may not have becomes <c>_</c>.</summary>
    private static string LogName(string text, Func<string, bool> isValid, int maxLength = MaxLogNameLength) =>
        string.Concat(text.Take(maxLength).Select(letter => isValid($"{letter}") ? letter : '_'));

    private static NamePattern[] ToPatterns(IList<string> patterns) => [.. patterns.Select(pattern => new NamePattern(pattern))];

    /// <summary>Attributes whose names nobody else has.</summary>
    private static Dictionary<string, string> Without(this IDictionary<string, string> attributes, ICollection<string> names) =>
        attributes.Where(attribute => !names.Contains(attribute.Value)).ToDictionary(StringComparer.Ordinal);
}
