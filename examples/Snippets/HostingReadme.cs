using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Snippets;

/// <summary>From the README of OpenTelemetry.Exporter.Statsd.Hosting.</summary>
public static class HostingReadme
{
    public static void SetUp(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddStatsdExporter()
            .AddStatsdExporter("graphite", statsd => statsd.Profile = StatsdProfile.StatsDGraphite));
        builder.Services.AddHealthChecks()
            .AddStatsdExporter()
            .AddStatsdExporter("graphite", tags: ["metrics"]);

        var app = builder.Build();
        app.MapHealthChecks("/health");
    }
}
