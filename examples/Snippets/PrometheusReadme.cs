using OpenTelemetry;
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

    public static void HiddenAttributes(PrometheusAspNetCoreOptions options, MeterProviderBuilder metrics)
    {
        options.ExcludedAttributes = ["user.*", "client.address"];
        metrics.AddView("http.requests", new MetricStreamConfiguration { TagKeys = ["route"] });
    }

    public static void OwnPort()
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("MyApp")
            .AddPrometheusExporter(options => options.Port = 9464)
            .Build();
    }

    public static void Push()
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Nightly")
            .AddPrometheusPushgatewayExporter(options =>
            {
                options.Endpoint = new Uri("http://pushgateway:9091");
                options.Job = "nightly";
                options.GroupingKey["instance"] = Environment.MachineName;
            })
            .Build();

        if (!provider.Shutdown(30_000))
        {
            Console.Error.WriteLine("The Pushgateway has not taken the metrics of this run.");
            Environment.ExitCode = 1;
        }
    }

    public static void LessToSee(MeterProviderBuilder metrics)
    {
        metrics.AddPrometheusExporter(options =>
        {
            options.ExcludedAttributes = ["user.*", "client.address", "process.command*"];   // nowhere, be it measurement, meter or resource
            options.AllowedAttributes = ["http.*", "url.scheme", "error.type"];              // and of measurements only these
            options.TargetInfoEnabled = false;
        });
    }

    public static void OnItsOwnPort(MeterProviderBuilder metrics)
    {
        metrics.AddPrometheusExporter(options => options.Port = 9464);   // localhost, unless Host says otherwise
    }

    public static void OnThePortOfTheSpecification(MeterProviderBuilder metrics, WebApplicationBuilder builder)
    {
        metrics.AddPrometheusExporter(options => options.Port = builder.Configuration.GetValue<int?>("OTEL_EXPORTER_PROMETHEUS_PORT"));
    }

    public static void WithCredential(MeterProviderBuilder metrics, WebApplicationBuilder builder)
    {
        metrics.AddPrometheusExporter(options => options.BearerToken = builder.Configuration["Metrics:Token"]);
    }

    public static void Guarded(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.MapPrometheusScrapingEndpoint()
            .RequireAuthorization("scraper")
            .RequireHost("metrics.internal", "*:9464")
            .RequireRateLimiting("scrapes");
    }

    public static void Cached(WebApplication app)
    {
        app.UseOutputCache();
        app.MapPrometheusScrapingEndpoint()
            .CacheOutput(policy => policy.SetVaryByHeader("Accept", "Accept-Encoding").Expire(TimeSpan.FromSeconds(5)));
    }
}
