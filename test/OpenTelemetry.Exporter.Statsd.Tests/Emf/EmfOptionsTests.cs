using System.Globalization;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>What is said of options that are not valid, and which are.</summary>
public sealed class EmfOptionsTests
{
    private const string Namespace = "1 to 255 characters of 0-9 A-Z a-z . - _ / # : and blanks, with no blank at either end, not beginning with AWS/.";
    private const string LogGroup = "1 to 512 characters of a-z A-Z 0-9 _ - / . # and placeholders such as {service.name}.";
    private const string LogStream = "1 to 512 characters but : * { } and control characters, and placeholders such as {service.name}.";
    private const string Pattern = "a pattern that is not empty, in which * stands for any characters.";
    private const string DimensionName = "a name of 1 to 250 printable ASCII characters, not blanks alone, not beginning with a colon";
    private const string Dimension = DimensionName + ", with a value of 1 to 1024 printable ASCII characters, not blanks alone.";
    private const string MemberName = "a name that is not empty and none of _aws, CloudWatchMetrics, log_group_name, log_stream_name";
    private const string Entity = "one of Service, Environment, ResourceType, Identifier, K8s.Cluster, ";

    private static readonly Dictionary<string, Action<EmfExporterOptions, string>> Setters = new()
    {
        ["Endpoint"] = (options, text) => options.Endpoint = text,
        ["Namespace"] = (options, text) => options.Namespace = text,
        ["LogGroupName"] = (options, text) => options.LogGroupName = text,
        ["LogStreamName"] = (options, text) => options.LogStreamName = text,
        ["IncludedDimensions"] = (options, text) => options.IncludedDimensions.Add(text),
        ["ExcludedDimensions"] = (options, text) => options.ExcludedDimensions.Add(text),
        ["HighResolutionMetrics"] = (options, text) => options.HighResolutionMetrics.Add(text),
        ["Dimensions"] = (options, text) => Add(options.Dimensions, text),
        ["ResourceDimensions"] = (options, text) => Add(options.ResourceDimensions, text),
        ["Members"] = (options, text) => Add(options.Members, text),
        ["ResourceMembers"] = (options, text) => Add(options.ResourceMembers, text),
        ["Entity"] = (options, text) => Add(options.Entity, text),
        ["HistogramForm"] = (options, text) => options.HistogramForm = (EmfHistogramForm)Number(text),
        ["MaxPacketBytes"] = (options, text) => options.MaxPacketBytes = Number(text),
        ["MaxBufferBytes"] = (options, text) => options.MaxBufferBytes = Number(text),
        ["MaxPacketsPerBurst"] = (options, text) => options.MaxPacketsPerBurst = Number(text),
        ["MaxPacketsPerSecond"] = (options, text) => options.MaxPacketsPerSecond = Number(text),
        ["UseDimensionSets(\"\")"] = (options, _) => options.UseDimensionSets(string.Empty, ["a"]),
        ["UseDimensionSets(\"none\")"] = (options, _) => options.UseDimensionSets("none", []),
        ["UseDimensionSets(\"many\")"] = (options, _) => options.UseDimensionSets("many", [.. Enumerable.Range(0, 31).Select(i => new[] { $"{i}" })]),
        ["UseDimensionSets(\"large\")"] = (options, text) => options.UseDimensionSets("large", text.Split(", ")),
    };

    [Theory]
    [InlineData("Endpoint", "", "udp://host:port or tcp://host:port")]
    [InlineData("Endpoint", "127.0.0.1:25888", "udp://host:port or tcp://host:port")]
    [InlineData("Endpoint", "tcp://agent:0", "udp://host:port or tcp://host:port")]
    [InlineData("Endpoint", "stdout", "stdout:.")]
    [InlineData("Namespace", "", Namespace)]
    [InlineData("Namespace", " ", Namespace)]
    [InlineData("Namespace", " Shop", Namespace)]
    [InlineData("Namespace", "Shop ", Namespace)]
    [InlineData("Namespace", "Shop\n", Namespace)]
    [InlineData("Namespace", "Läden", Namespace)]
    [InlineData("Namespace", "Shop&Co", Namespace)]
    [InlineData("Namespace", "AWS/Shop", Namespace)]
    [InlineData("LogGroupName", "", LogGroup)]
    [InlineData("LogGroupName", "shop metrics", LogGroup)]
    [InlineData("LogGroupName", "shop:metrics", LogGroup)]
    [InlineData("LogGroupName", "shop\n", LogGroup)]
    [InlineData("LogGroupName", "{service.name", LogGroup)]
    [InlineData("LogGroupName", "service.name}", LogGroup)]
    [InlineData("LogGroupName", "{}", LogGroup)]
    [InlineData("LogGroupName", "{a{b}}", LogGroup)]
    [InlineData("LogStreamName", "", LogStream)]
    [InlineData("LogStreamName", "a:b", LogStream)]
    [InlineData("LogStreamName", "a*b", LogStream)]
    [InlineData("LogStreamName", "a\tb", LogStream)]
    [InlineData("LogStreamName", "a\n", LogStream)]
    [InlineData("LogStreamName", "{host", LogStream)]
    [InlineData("IncludedDimensions", "", Pattern)]
    [InlineData("ExcludedDimensions", "", Pattern)]
    [InlineData("HighResolutionMetrics", "", Pattern)]
    [InlineData("Dimensions", "=x", Dimension)]
    [InlineData("Dimensions", "  =x", Dimension)]
    [InlineData("Dimensions", ":a=x", Dimension)]
    [InlineData("Dimensions", "ä=x", Dimension)]
    [InlineData("Dimensions", "a\n=x", Dimension)]
    [InlineData("Dimensions", "a=", Dimension)]
    [InlineData("Dimensions", "a=  ", Dimension)]
    [InlineData("Dimensions", "a=Zürich", Dimension)]
    [InlineData("Dimensions", "a=x\n", Dimension)]
    [InlineData("ResourceDimensions", "=x", "an attribute that is not empty, with " + DimensionName + ", none twice.")]
    [InlineData("ResourceDimensions", "a=", "an attribute that is not empty, with " + DimensionName)]
    [InlineData("ResourceDimensions", "a=:b", "an attribute that is not empty, with " + DimensionName)]
    [InlineData("Members", "=x", MemberName + ", with a value.")]
    [InlineData("Members", "_AWS=x", MemberName)]
    [InlineData("Members", "cloudwatchmetrics=x", MemberName)]
    [InlineData("Members", "log_group_name=x", MemberName)]
    [InlineData("Members", "log_stream_name=x", MemberName)]
    [InlineData("ResourceMembers", "a=", "an attribute that is not empty, with " + MemberName + ", none twice.")]
    [InlineData("ResourceMembers", "a=_aws", "an attribute that is not empty, with " + MemberName)]
    [InlineData("ResourceMembers", "a=service.name", "none twice")]
    [InlineData("Entity", "service=x", Entity)]
    [InlineData("Entity", "Host=", Entity)]
    [InlineData("Entity", "Host= ", Entity)]
    [InlineData("Entity", "Service=x", "Service together with Environment.")]
    [InlineData("Entity", "Environment=x", "Service together with Environment.")]
    [InlineData("Entity", "ResourceType=x", "ResourceType together with Identifier.")]
    [InlineData("Entity", "Identifier=x", "ResourceType together with Identifier.")]
    [InlineData("HistogramForm", "2", "ValuesAndCounts, StatisticSet.")]
    [InlineData("MaxPacketBytes", "1023", "1024 to 262118 bytes.")]
    [InlineData("MaxPacketBytes", "262119", "1024 to 262118 bytes.")]
    [InlineData("MaxBufferBytes", "1048471", "1048472 to 1073741824 bytes, with room for 4 packets of MaxPacketBytes.")]
    [InlineData("MaxBufferBytes", "1073741825", "1048472 to 1073741824 bytes")]
    [InlineData("MaxPacketsPerBurst", "0", "1 to 1024 packets.")]
    [InlineData("MaxPacketsPerBurst", "1025", "1 to 1024 packets.")]
    [InlineData("MaxPacketsPerSecond", "0", "1 to 10000000 packets.")]
    [InlineData("MaxPacketsPerSecond", "10000001", "1 to 10000000 packets.")]
    [InlineData("UseDimensionSets(\"\")", "", Pattern)]
    [InlineData("UseDimensionSets(\"none\")", "0 sets", "1 to 30 sets; [[]] for the empty set alone.")]
    [InlineData("UseDimensionSets(\"many\")", "31 sets", "1 to 30 sets; [[]] for the empty set alone.")]
    [InlineData("UseDimensionSets(\"large\")", "a, b, a", "at most 30 names that are not empty, none twice.")]
    [InlineData("UseDimensionSets(\"large\")", "a, , b", "at most 30 names that are not empty, none twice.")]
    public void A_bad_value_stops_the_build_with_the_option_the_value_and_what_is_valid(string option, string value, string valid)
    {
        var builder = Sdk.CreateMeterProviderBuilder().AddEmfExporter("named", options =>
        {
            options.Endpoint = "tcp://127.0.0.1";
            Setters[option](options, value);
        });
        var failure = Assert.Single(Assert.Throws<OptionsValidationException>(() => builder.Build()).Failures);
        Assert.StartsWith($"EmfExporterOptions 'named': {option} is '{value}'. Valid: ", failure, StringComparison.Ordinal);
        Assert.Contains(valid, failure, StringComparison.Ordinal);
        Assert.EndsWith(".", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Endpoint", "udp://[::1]:1")]
    [InlineData("Endpoint", "tcp://agent")]
    [InlineData("Endpoint", "unix:///run/emf.socket")]
    [InlineData("Endpoint", "unixstream:///run/emf.socket")]
    [InlineData("Endpoint", "pipe://emf")]
    [InlineData("Endpoint", "stdout:")]
    [InlineData("Namespace", "a")]
    [InlineData("Namespace", "My Shop/Web-1.0_x#y:z")]
    [InlineData("Namespace", "AWS")]
    [InlineData("Namespace", "aws/shop")]
    [InlineData("LogGroupName", "/aws/emf/{service.name}-x_y.z#1")]
    [InlineData("LogGroupName", "{service.namespace}{service.name}")]
    [InlineData("LogStreamName", "host 1/{service.instance.id}ü")]
    [InlineData("IncludedDimensions", "http.*")]
    [InlineData("Dimensions", "a b=!~ x")]
    [InlineData("Dimensions", "a:=:x")]
    [InlineData("ResourceDimensions", "service.name=Service")]
    [InlineData("Members", "Größe=")]
    [InlineData("Members", "aws=x")]
    [InlineData("ResourceMembers", "a=b")]
    [InlineData("Entity", "Host=x")]
    [InlineData("HistogramForm", "1")]
    [InlineData("MaxPacketBytes", "1024")]
    [InlineData("MaxPacketBytes", "262118")]
    [InlineData("MaxBufferBytes", "1048472")]
    [InlineData("MaxBufferBytes", "1073741824")]
    [InlineData("MaxPacketsPerBurst", "1")]
    [InlineData("MaxPacketsPerBurst", "1024")]
    [InlineData("MaxPacketsPerSecond", "1")]
    [InlineData("MaxPacketsPerSecond", "10000000")]
    public void What_is_valid_is_taken(string option, string value)
    {
        var options = Valid();
        Setters[option](options, value);
        Assert.Empty(Failures(options));
    }

    [Fact]
    public void A_null_is_as_bad_as_any_other_value()
    {
        var options = Valid();
        options.IncludedDimensions.Add(null!);
        options.Dimensions["d"] = null!;
        options.ResourceDimensions["rd"] = null!;
        options.Members["m"] = null!;
        options.ResourceMembers["rm"] = null!;
        options.Entity["Host"] = null!;
        options.UseDimensionSets("x", new string[] { null! });
        string[] named = ["Dimensions is 'd='", "ResourceDimensions is 'rd='", "UseDimensionSets(\"x\") is ''", "Members is 'm='", "ResourceMembers is 'rm='", "Entity is 'Host='", "IncludedDimensions is ''"];
        Assert.Equal(named.Select(each => $"EmfExporterOptions: {each}"), Failures(options).Select(failure => failure.Split(". Valid: ")[0]));
        Assert.Throws<ArgumentNullException>("metric", () => options.UseDimensionSets(null!));
        Assert.Throws<ArgumentNullException>("sets", () => options.UseDimensionSets("x", null!));
        Assert.Throws<ArgumentNullException>("sets", () => options.UseDimensionSets("x", ["a"], null!));
    }

    [Theory]
    [InlineData("Service", "Environment")]
    [InlineData("ResourceType", "Identifier")]
    public void Fields_of_an_entity_that_belong_together_are_taken_together(string one, string other)
    {
        var options = Valid();
        options.Entity[one] = "x";
        options.Entity[other] = "y";
        Assert.Empty(Failures(options));
    }

    [Fact]
    public void Every_attribute_of_a_platform_is_a_field()
    {
        var options = Valid();
        foreach (var name in new[]
        {
            "K8s.Cluster", "K8s.Namespace", "K8s.Workload", "K8s.Node", "K8s.Pod", "EKS.Cluster", "ECS.Cluster", "ECS.Service", "ECS.Task",
            "EC2.InstanceId", "EC2.AutoScalingGroup", "Lambda.Function", "Host",
        })
        {
            options.Entity[name] = "x";
        }

        Assert.Empty(Failures(options));
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var options = new EmfExporterOptions { Endpoint = "nowhere", Namespace = "AWS/x", MaxPacketsPerBurst = 0 };
        Assert.Equal(
            ["Endpoint is 'nowhere'", "Namespace is 'AWS/x'", "MaxPacketsPerBurst is '0'"],
            Failures(options).Select(failure => failure.Split(". Valid: ")[0].Replace("EmfExporterOptions: ", string.Empty, StringComparison.Ordinal)));
    }

    private static EmfExporterOptions Valid() => new() { Endpoint = "tcp://127.0.0.1" };

    private static string[] Failures(EmfExporterOptions options) => [.. new EmfExporterOptionsValidator().Validate(null, options).Failures ?? []];

    private static void Add(IDictionary<string, string> entries, string text)
    {
        var separator = text.IndexOf('=', StringComparison.Ordinal);
        entries[text[..separator]] = text[(separator + 1)..];
    }

    private static int Number(string value) => int.Parse(value, CultureInfo.InvariantCulture);
}
