using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Snippets;

/// <summary>From the README of OpenTelemetry.Exporter.Statsd.Prometheus.</summary>
public static class PrometheusReadme
{
    public static void SetUp(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddPrometheusExporter());

        var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        app.Run();
    }

    public static void SeveralEndpoints(MeterProviderBuilder metrics, WebApplication app)
    {
        metrics.AddPrometheusExporter("internal", options => options.ScrapeEndpointPath = "/internal/metrics");
        app.MapPrometheusScrapingEndpoint(path: null, meterProvider: null, configureBranchedPipeline: null, optionsName: "internal");
    }

    public static void FromConfiguration(WebApplicationBuilder builder)
    {
        builder.Services.Configure<PrometheusAspNetCoreOptions>(builder.Configuration.GetSection("Prometheus"));
    }
}
