namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void Public_surface_is_the_approved_one() =>
        PublicApi.AssertApproved(typeof(PrometheusAspNetCoreOptions).Assembly, "PublicApi.approved.txt");
}
