using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Origin;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter;

/// <summary>What users set, in the terms of the rooms below, which know nothing of options.</summary>
internal static class StatsdExporterOptionsExtensions
{
    /// <summary>
    /// Of packets of 1432 bytes a default receive buffer of Linux holds 92. When a receiver on this host is sent a burst, up to 17 may lie there unread, and of those
    /// that were read the kernel may hold back the room of 23. That leaves 52: for this, and for what else comes, such as a burst of the aggregated export.
    /// </summary>
    private const int StreamPacketsPerBurst = 32;

    /// <summary>The same where nothing is meant to be held back, and the sender rests for a millisecond in which more than the half of these come.</summary>
    private const int UnpacedStreamPacketsPerBurst = 64;

    private const int StreamUnpaced = 100_000;

    private static readonly double[] DefaultQuantiles = [0.5, 0.95, 0.99];

    /// <summary>Takes over options that have passed validation.</summary>
    public static StatsdExporterSettings ToSettings(this StatsdExporterOptions options)
    {
        if (!Endpoint.TryParse(options.Endpoint, out var endpoint))
        {
            throw new ArgumentException($"'{options.Endpoint}' is not an endpoint.", nameof(options));
        }

        var profile = options.Profile.ToReceiverProfile();
        return new StatsdExporterSettings
        {
            Delivery = new DeliverySettings
            {
                Endpoint = endpoint,
                MaxPacketBytes = options.MaxPacketBytes ?? endpoint.DefaultMaxPacketBytes,
                MaxBufferBytes = options.MaxBufferBytes,
                MaxPacketsPerBurst = options.MaxPacketsPerBurst,
                MaxPacketsPerSecond = options.MaxPacketsPerSecond,
                SkipsEmptyLines = profile.SkipsEmptyLines,
            },
            Profile = profile,
            Prefix = options.Prefix,
            Tags = new Dictionary<string, string>(options.Tags, StringComparer.Ordinal),
            ResourceAttributes = new Dictionary<string, string>(options.ResourceAttributes, StringComparer.Ordinal),
            Histograms = options.ToHistogramRules(),
            IncludeScopeTags = options.IncludeScopeTags,
            WritesClientTelemetry = options.ClientTelemetry,
            DatadogFields = options.ToDatadogFields(ContainerOrigin.OfProcess),
        };
    }

    /// <summary>Takes over options of streaming that have passed validation; <see langword="null"/> if nothing is streamed.</summary>
    public static StreamSettings? ToStreamSettings(this StatsdExporterOptions options, DeliverySettings delivery) => options.Streams.Count == 0 ? null : new()
    {
        Rules = options.ToStreamRules(),
        Delivery = delivery with
        {
            MaxPacketsPerBurst = options.MaxStreamPacketsPerSecond < StreamUnpaced ? StreamPacketsPerBurst : UnpacedStreamPacketsPerBurst,
            MaxPacketsPerSecond = options.MaxStreamPacketsPerSecond,
        },
        FlushInterval = options.StreamFlushInterval,
        DropsFromSdk = options.DropStreamedFromSdk,
        BufferBytes = options.MaxStreamBufferBytes,
    };

    public static IReadOnlyList<StreamRule> ToStreamRules(this StatsdExporterOptions options) =>
    [
        .. options.Streams.Select(stream => new StreamRule(
            new NamePattern(stream.Meter), new NamePattern(stream.Instrument), stream.Priority.ToEntryPriority(), stream.SampleOneIn, stream.CardinalityLimit)),
    ];

    public static ReceiverProfile ToReceiverProfile(this StatsdProfile profile) => profile switch
    {
        StatsdProfile.DatadogAgent => ReceiverProfile.DatadogAgent,
        StatsdProfile.StatsD => ReceiverProfile.StatsD,
        StatsdProfile.StatsDGraphite => ReceiverProfile.StatsDGraphite,
        StatsdProfile.PrometheusStatsdExporter => ReceiverProfile.PrometheusStatsdExporter,
        StatsdProfile.Telegraf => ReceiverProfile.Telegraf,
        StatsdProfile.OpenTelemetryCollector => ReceiverProfile.OpenTelemetryCollector,
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "Not a profile."),
    };

    public static HistogramForm DefaultHistogramForm(this StatsdProfile profile) => profile switch
    {
        StatsdProfile.DatadogAgent => HistogramForm.Distribution,
        StatsdProfile.StatsD or StatsdProfile.StatsDGraphite => HistogramForm.Timing,
        _ => HistogramForm.Summary,
    };

    private static EntryPriority ToEntryPriority(this StreamPriority priority) => priority switch
    {
        StreamPriority.Low => EntryPriority.Low,
        StreamPriority.Normal => EntryPriority.Normal,
        StreamPriority.High => EntryPriority.High,
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "Not a priority."),
    };

    /// <summary>What a Datadog Agent calls each <see cref="DatadogCardinality"/>.</summary>
    public static readonly string[] CardinalityLevels = ["none", "low", "orchestrator", "high"];

    /// <summary>Whether the profile's receiver knows the type that a form is written as.</summary>
    public static bool Takes(this StatsdProfile profile, HistogramForm form) =>
        LinesOf(form, []).ValueType is var type && profile.ToReceiverProfile().Types.HasFlag(type);

    private static HistogramRules ToHistogramRules(this StatsdExporterOptions options)
    {
        double[] quantiles = [.. options.SummaryQuantiles ?? DefaultQuantiles];
        var patterns = options.HistogramForms
            .Select(rule => (Names: new NamePattern(rule.Key), Lines: LinesOf(rule.Value, quantiles)))
            .OrderByDescending(rule => rule.Names.Specificity)
            .ThenBy(rule => rule.Names.ToString(), StringComparer.Ordinal);
        return new HistogramRules(LinesOf(options.HistogramForm ?? options.Profile.DefaultHistogramForm(), quantiles), [.. patterns]);
    }

    private static HistogramLines LinesOf(HistogramForm form, double[] quantiles) => form switch
    {
        HistogramForm.Summary => HistogramLines.Summary(quantiles),
        HistogramForm.Buckets => HistogramLines.Buckets,
        HistogramForm.Distribution => HistogramLines.Distribution,
        HistogramForm.Histogram => HistogramLines.Histogram,
        _ => HistogramLines.Timing,
    };

    /// <summary>The end of each line; nothing unless it is for a Datadog Agent.</summary>
    public static byte[] ToDatadogFields(this StatsdExporterOptions options, ContainerOrigin container) =>
        options.Profile.ToReceiverProfile().HasDatadogExtensions
            ? DatadogFields.Encode(
                options.OriginDetection is true ? container.Find() : null,
                options.ExternalData,
                options.Cardinality is { } level ? CardinalityLevels[(int)level] : null)
            : [];
}
