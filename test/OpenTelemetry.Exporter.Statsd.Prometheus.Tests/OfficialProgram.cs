using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>Uses all that OpenTelemetry.Exporter.Prometheus.AspNetCore 1.20.1-beta.1 has, with the names of arguments.</summary>
internal static class OfficialProgram
{
    public static readonly string[] Paths = ["/metrics", "/m1", "/m2", "/m3", "/m4", "/m5", "/m6"];

    public static void Configure(MeterProviderBuilder builder) => builder
        .AddPrometheusExporter(configure: Set)
        .AddPrometheusExporter(name: "named", configure: Set)
        .AddPrometheusExporter();

    public static void Map(WebApplication app)
    {
        var provider = app.Services.GetRequiredService<MeterProvider>();

        app.MapPrometheusScrapingEndpoint();
        app.MapPrometheusScrapingEndpoint(path: "/m1");
        app.MapPrometheusScrapingEndpoint(
            path: "/m2", meterProvider: provider, configureBranchedPipeline: _ => { }, optionsName: "named");

        app.UseOpenTelemetryPrometheusScrapingEndpoint();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(path: "/m3");
        app.UseOpenTelemetryPrometheusScrapingEndpoint(predicate: context => context.Request.Path == "/m4");
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            meterProvider: provider,
            predicate: context => context.Request.Path == "/m5",
            path: null,
            configureBranchedPipeline: null,
            optionsName: null);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            meterProvider: null, predicate: null, path: "/m6", configureBranchedPipeline: _ => { }, optionsName: "named");
    }

    private static void Set(PrometheusAspNetCoreOptions options)
    {
        var defaults = new PrometheusAspNetCoreOptions();
        options.ScrapeEndpointPath = defaults.ScrapeEndpointPath ?? "/metrics";
        options.ScopeInfoEnabled = !defaults.ScopeInfoEnabled;
        options.TargetInfoEnabled = !defaults.TargetInfoEnabled;
        options.DisableTotalNameSuffixForCounters = !defaults.DisableTotalNameSuffixForCounters;
        options.ResourceConstantLabels = defaults.ResourceConstantLabels ?? (key => key.StartsWith("service.", StringComparison.Ordinal));
        options.ScrapeResponseCacheDurationMilliseconds = defaults.ScrapeResponseCacheDurationMilliseconds;
        options.ScrapeResponseTimeoutMilliseconds = defaults.ScrapeResponseTimeoutMilliseconds;
        options.MaxScrapeResponseSizeBytes = defaults.MaxScrapeResponseSizeBytes;
        options.TranslationStrategy = defaults.TranslationStrategy switch
        {
            PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes => PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes,
            PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes => PrometheusAspNetCoreTranslationStrategy.NoTranslation,
            var other => other,
        };
    }
}
