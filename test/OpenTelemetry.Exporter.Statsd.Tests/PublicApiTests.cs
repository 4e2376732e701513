namespace OpenTelemetry.Exporter.Statsd.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_as_approved() =>
        PublicApi.AssertApproved(typeof(StatsdExporterOptions).Assembly, "PublicApi.approved.txt");
}
