using OpenTelemetry.Exporter.Statsd.Emf;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

public class LogNameTests
{
    private static readonly Dictionary<string, string> Resource = new()
    {
        ["service.name"] = "unknown_service:dotnet",
        ["host.name"] = "node-1",
        ["empty"] = string.Empty,
        ["hostile"] = "a b*\n{host.name}\u00fc\U0001f600",
    };

    [Theory]
    [InlineData("", "")]
    [InlineData("/metrics/shop", "/metrics/shop")]
    [InlineData("{service.name}-metrics", "unknown_service_dotnet-metrics")]
    [InlineData("/{host.name}/{host.name}", "/node-1/node-1")]
    [InlineData("{Host.Name}{empty}{}", "undefinedundefinedundefined")]
    [InlineData("{hostile}", "a_b___host.name____")]
    [InlineData("a}b{c", "a}b{c")]
    public void Placeholders_of_a_group_stand_for_attributes(string template, string expected) =>
        Assert.Equal(expected, LogName.Group(template, Resource.GetValueOrDefault));

    [Theory]
    [InlineData("{service.name}", "unknown_service_dotnet")]
    [InlineData("Z\u00fcrich {host.name}", "Z\u00fcrich node-1")]
    [InlineData("{hostile}", "a b__{host.name}\u00fc\U0001f600")]
    public void Placeholders_of_a_stream_stand_for_attributes(string template, string expected) =>
        Assert.Equal(expected, LogName.Stream(template, Resource.GetValueOrDefault));

    [Fact]
    public void Names_are_cut_to_what_CloudWatch_takes()
    {
        Assert.Equal(new string('a', 512), LogName.Group("{long}", _ => new('a', 512)));
        Assert.Equal($"x{new string('a', 511)}", LogName.Group("x{long}y", _ => new('a', 513)));
        Assert.Equal(new string('a', 511), LogName.Stream("{long}", _ => new string('a', 511) + "\U0001f600"));
        Assert.Equal(new string('a', 510) + "\U0001f600", LogName.Stream("{long}", _ => new string('a', 510) + "\U0001f600b"));
    }
}
