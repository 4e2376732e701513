using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Statsd.Tests;

namespace OpenTelemetry.Exporter.Statsd.Hosting.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_as_approved() =>
        PublicApi.AssertApproved(typeof(StatsdExporterHealthChecksBuilderExtensions).Assembly, "PublicApi.approved.txt");
}
