using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Snippets;

/// <summary>From docs/histograms.md.</summary>
public static class HistogramGuide
{
    public static void InShort(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddExponentialHistograms()
            .AddStatsdExporter());
    }

    public static void ByInstrument(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddExponentialHistograms("*.duration", maxSize: 320)
            .AddExponentialHistograms()
            .AddStatsdExporter(statsd =>
            {
                statsd.HistogramForms["*.duration"] = HistogramForm.Distribution;
                statsd.HistogramForms["*.size"] = HistogramForm.Summary;
                statsd.SummaryQuantiles = [0.5, 0.99, 0.999];
            }));
    }

    public static void Streaming(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddStatsdExporter(statsd =>
            {
                statsd.Stream("MyApp", "checkout.*");
                statsd.Stream("MyApp", "cache.*", stream => stream.SampleOneIn = 10);
                statsd.DropStreamedFromSdk = true;
            }));
    }
}
