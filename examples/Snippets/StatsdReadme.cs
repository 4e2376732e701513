using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Snippets;

/// <summary>From the README of OpenTelemetry.Exporter.Statsd.</summary>
public static class StatsdReadme
{
    public static void SetUp(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddStatsdExporter());
    }

    public static void WithoutHost()
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("MyApp")
            .AddStatsdExporter((statsd, reader) =>
            {
                statsd.Endpoint = "udp://statsd.internal:8125";
                statsd.Profile = StatsdProfile.StatsDGraphite;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 5000;
            })
            .Build();
    }

    public static void Histograms(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddExponentialHistograms()
            .AddStatsdExporter(statsd =>
            {
                statsd.HistogramForm = HistogramForm.Summary;
                statsd.SummaryQuantiles = [0.5, 0.99, 0.999];
                statsd.HistogramForms["http.*.duration"] = HistogramForm.Distribution;
            }));
    }

    public static void ReadersOfTheirOwn(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddStatsdExporter("agent", statsd => statsd.Endpoint = "udp://agent:8125")
            .AddStatsdExporter("billing", (statsd, reader) =>
            {
                statsd.Endpoint = "tcp://billing:8125";
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 60_000;
            }));
    }

    public static void Streaming(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddStatsdExporter(statsd => statsd
                .Stream("MyApp", "checkout.duration", stream => stream.Priority = StreamPriority.High)
                .Stream("MyApp.Cache*", configure: stream => stream.SampleOneIn = 10)));
    }

    public static void Statistics(MeterProvider provider)
    {
        var statistics = provider.GetStatsdExporterStatistics();
        if (statistics is { PointsDropped: > 0 })
        {
            foreach (var (reason, points) in statistics.PointsDroppedByReason)
            {
                Console.Error.WriteLine($"{points} points were dropped: {reason}");
            }
        }
    }

    public static void FromConfiguration(WebApplicationBuilder builder)
    {
        builder.Services.Configure<StatsdExporterOptions>(builder.Configuration.GetSection("Statsd"));
    }
}
