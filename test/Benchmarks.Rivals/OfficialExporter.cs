using Benchmarks.Prometheus;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks.Rivals;

/// <summary>OpenTelemetry.Exporter.Prometheus.AspNetCore with default options, its cache switched off.</summary>
internal static class OfficialExporter
{
    public static Action Mount(WebApplication app, int series)
    {
        var workload = new ScrapeWorkload(ScrapeMix.Instruments(series));
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(workload.MeterName)
            .AddPrometheusExporter(options => options.ScrapeResponseCacheDurationMilliseconds = 0)
            .Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(provider, null, ScrapeServer.Path, null, null);
        return workload.Record;
    }
}
