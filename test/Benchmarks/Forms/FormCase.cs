using OpenTelemetry.Exporter;
using TestSupport;

namespace Benchmarks.Forms;

/// <summary>A form for a receiver, and how that one reads it.</summary>
/// <param name="Form">What a histogram becomes.</param>
/// <param name="Profile">The receiver.</param>
/// <param name="Read">What the receiver makes of it, given the bounds of explicit buckets.</param>
internal sealed record FormCase(HistogramForm Form, StatsdProfile Profile, Func<IReadOnlyList<StatsdRecord>, double[]?, FormReading> Read)
{
    public static IReadOnlyList<FormCase> All { get; } =
    [
        new(HistogramForm.Distribution, StatsdProfile.DatadogAgent, (records, _) => FormReading.OfSketch(records)),
        new(HistogramForm.Histogram, StatsdProfile.DatadogAgent, (records, _) => FormReading.OfWeighted(records)),
        new(HistogramForm.Timing, StatsdProfile.StatsDGraphite, (records, _) => FormReading.OfDaemon(records)),
        new(HistogramForm.Histogram, StatsdProfile.Telegraf, (records, _) => FormReading.OfWeighted(records)),
        new(HistogramForm.Summary, StatsdProfile.Telegraf, (records, _) => FormReading.OfSummary(records)),
        new(HistogramForm.Buckets, StatsdProfile.PrometheusStatsdExporter, FormReading.OfBuckets),
    ];

    public string Name => $"{Form} {Profile}";

    public StatsdDecoder CreateDecoder() => new(Profile switch
    {
        StatsdProfile.StatsDGraphite => TagDialect.Graphite,
        StatsdProfile.Telegraf => TagDialect.Influx,
        _ => TagDialect.DogStatsd,
    });
}
