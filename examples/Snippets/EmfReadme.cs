using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Snippets;

/// <summary>From the README of OpenTelemetry.Exporter.Statsd, about CloudWatch.</summary>
public static class EmfReadme
{
    public static void SetUp(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddExponentialHistograms()     // percentiles within a few percent
            .AddEmfExporter(emf => emf.Namespace = "Shop"));
    }

    public static void Dimensions(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddEmfExporter(emf =>
            {
                emf.ExcludedDimensions.Add("user.*");                                     // still in the document, to be searched for
                emf.ResourceDimensions["deployment.environment.name"] = "Environment";    // of all metrics
                emf.UseDimensionSets("orders", ["region", "product"], ["region"], []);    // three metrics: by both, by region, in all
                emf.HighResolutionMetrics.Add("queue.*");                                 // kept by the second
            }));
    }
}

public static class Handler
{
    private static readonly MeterProvider Metrics = Sdk.CreateMeterProviderBuilder()
        .AddMeter("MyApp")
        .AddEmfExporter((_, reader) => reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite)
        .Build();

    public static async Task HandleAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        finally
        {
            Metrics.ForceFlush();
        }
    }
}
