using OpenTelemetry.Metrics;
using Microsoft.AspNetCore.Builder;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class EndpointTests
{
    [Fact]
    public async Task A_recorded_counter_is_served()
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(),
            app => app.MapPrometheusScrapingEndpoint());
        meter.CreateCounter<long>("hits").Add(3, new KeyValuePair<string, object?>("who", "me"));

        var body = await app.GetAsync();

        Assert.Contains($"\nhits_total{{otel_scope_name=\"{meter.Name}\",who=\"me\"}} 3\n", body, StringComparison.Ordinal);
    }
}
