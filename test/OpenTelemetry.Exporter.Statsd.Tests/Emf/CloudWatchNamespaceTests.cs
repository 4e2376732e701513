using OpenTelemetry.Exporter.Statsd.Emf;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

public class CloudWatchNamespaceTests
{
    [Theory]
    [InlineData("shop", "checkout", "shop/checkout")]
    [InlineData(null, "checkout", "checkout")]
    [InlineData("shop", null, "shop")]
    [InlineData("", " ", "default")]
    [InlineData(null, null, "default")]
    [InlineData(null, "unknown_service:dotnet", "unknown_service:dotnet")]
    [InlineData("a.b-c", "d/e#f:0Z", "a.b-c/d/e#f:0Z")]
    [InlineData("my shop", "Z\u00fcrich\n\U0001f600", "my_shop/Z_rich___")]
    [InlineData("AWS", "EC2", "AWS_EC2")]
    [InlineData(null, "AWS/EC2", "AWS_EC2")]
    [InlineData("aws", "EC2", "aws/EC2")]
    [InlineData("MyAWS", "EC2", "MyAWS/EC2")]
    public void Comes_from_the_resource(string? space, string? name, string expected) =>
        Assert.Equal(expected, Of(space, name));

    [Fact]
    public void Is_cut_to_what_CloudWatch_takes()
    {
        Assert.Equal($"{new string('a', 200)}/{new string('b', 54)}", Of(new('a', 200), new('b', 55)));
        Assert.Equal(new string('a', 255), Of(null, new('a', 255)));
        Assert.Equal(new string('a', 255), Of(null, new('a', 100_000)));
    }

    private static string Of(string? space, string? name) =>
        CloudWatchNamespace.Of(attribute => attribute switch { "service.namespace" => space, "service.name" => name, _ => "other" });
}
