using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Snippets;

/// <summary>From README.md.</summary>
public static class Readme
{
    public static void FirstProgram(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddStatsdExporter()          // DogStatsD to a Datadog Agent, every 10 s
            .AddEmfExporter()             // embedded metric format to a CloudWatch agent, or, in Lambda, to the standard output
            .AddPrometheusExporter());    // GET /metrics

        var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        app.Run();
    }

    public static void Recording()
    {
        var meter = new Meter("MyApp");
        var orders = meter.CreateCounter<long>("orders");
        orders.Add(1, new KeyValuePair<string, object?>("product", "teapot"));
    }

    public static void Views(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddView("orders", new MetricStreamConfiguration { TagKeys = ["product"] })                  // only this tag
            .AddView("requests", new MetricStreamConfiguration { ExcludedTagKeys = ["user.id"] })        // all but this one
            .AddView("searches", new MetricStreamConfiguration { CardinalityLimit = 100 })               // then otel.metric.overflow:true
            .AddView("req", "http.requests")                                                             // another name
            .AddView("noise.*", MetricStreamConfiguration.Drop)                                          // nothing at all
            .AddStatsdExporter());
    }

    public static void SeveralReceivers(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddStatsdExporter("agent", statsd => statsd.Endpoint = "udp://agent:8125")
            .AddStatsdExporter("graphite", statsd =>
            {
                statsd.Endpoint = "udp://statsd:8125";
                statsd.Profile = StatsdProfile.StatsDGraphite;
                statsd.Prefix = "shop";
            }));
    }

    public static void WhenSomethingGoesWrong(WebApplicationBuilder builder, WebApplication app)
    {
        builder.Services.AddHealthChecks().AddStatsdExporter();             // degraded while the receiver is away, or something was lost
        var statistics = app.Services.GetRequiredService<MeterProvider>().GetStatsdExporterStatistics();
    }
}
