using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>An application with a scrape endpoint, set up as users set it up.</summary>
internal sealed class PrometheusApp : IAsyncDisposable
{
    private readonly WebApplication app;

    private PrometheusApp(WebApplication app, Meter meter)
    {
        this.app = app;
        Meter = meter;
    }

    public Meter Meter { get; }

    public Uri Address => new(app.Urls.First());

    public static async Task<PrometheusApp> StartAsync(Action<MeterProviderBuilder>? configure = null)
    {
        var meter = new Meter($"receivers.{Guid.NewGuid():N}", "1.0");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenTelemetry().WithMetrics(metrics =>
        {
            metrics.AddMeter(meter.Name).AddPrometheusExporter();
            configure?.Invoke(metrics);
        });
        var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new PrometheusApp(app, meter);
    }

    public async Task<byte[]> ScrapeAsync(string accept = "text/plain;version=0.0.4")
    {
        using var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Add("Accept", accept);
        return await client.GetByteArrayAsync("/metrics", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Meter.Dispose();
    }
}
