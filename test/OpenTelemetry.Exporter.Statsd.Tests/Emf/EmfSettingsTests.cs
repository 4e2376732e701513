using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter.Statsd.Emf;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>What becomes of options that are valid: defaults by transport, and which of several sources has a name.</summary>
public sealed class EmfSettingsTests
{
    [Theory]
    [InlineData("udp://agent", "udp://agent:25888", 65_507)]
    [InlineData("udp://agent:8125", "udp://agent:8125", 65_507)]
    [InlineData("unix:///run/emf.socket", "unix:///run/emf.socket", 65_507)]
    [InlineData("tcp://[::1]", "tcp://[::1]:25888", 262_118)]
    [InlineData("unixstream:///run/emf.socket", "unixstream:///run/emf.socket", 262_118)]
    [InlineData("pipe://emf", "pipe://emf", 262_118)]
    [InlineData("stdout:", "stdout:", 262_118)]
    public void Defaults_go_by_the_transport(string text, string endpoint, int maxPacketBytes)
    {
        var settings = Settings(options => options.Endpoint = text);
        Assert.Equal((endpoint, maxPacketBytes), (settings.Delivery.Endpoint.ToString(), settings.Delivery.MaxPacketBytes));
        Assert.False(settings.Delivery.SkipsEmptyLines);
        Assert.False(settings.Delivery.HoldsUpOthers);
        Assert.Equal(
            text == "stdout:" ? (null, null) : ("{service.name}-metrics", Environment.MachineName), (settings.LogGroupName, settings.LogStreamName));
    }

    [Fact]
    public void The_exporter_gets_what_was_set()
    {
        var settings = Settings(options =>
        {
            options.Endpoint = "udp://agent:1";
            options.Namespace = "Shop";
            options.LogGroupName = "group";
            options.LogStreamName = "stream";
            options.IncludedDimensions.Add("http.*");
            options.ExcludedDimensions.Add("http.url");
            options.HighResolutionMetrics.Add("orders");
            options.HistogramForm = EmfHistogramForm.StatisticSet;
            options.MaxPacketBytes = 2000;
            options.MaxBufferBytes = 70_000;
            options.MaxPacketsPerBurst = 3;
            options.MaxPacketsPerSecond = 4;
        });
        Assert.Equal(
            (2000, 70_000, 3, 4),
            (settings.Delivery.MaxPacketBytes, settings.Delivery.MaxBufferBytes, settings.Delivery.MaxPacketsPerBurst, settings.Delivery.MaxPacketsPerSecond));
        Assert.Equal(("Shop", "group", "stream"), (settings.Namespace, settings.LogGroupName, settings.LogStreamName));
        Assert.Equal(["http.*"], settings.Dimensions.Included.Select(pattern => pattern.ToString()));
        Assert.Equal(["http.url"], settings.Dimensions.Excluded.Select(pattern => pattern.ToString()));
        Assert.Equal(["orders"], settings.HighResolution.Select(pattern => pattern.ToString()));
        Assert.True(settings.WritesStatisticSets);
    }

    [Fact]
    public void All_attributes_are_dimensions_unless_some_are_named()
    {
        var settings = Settings(_ => { });
        Assert.Equal("*", Assert.Single(settings.Dimensions.Included).ToString());
        Assert.Empty(settings.Dimensions.Excluded);
        Assert.Empty(settings.Dimensions.Sets);
        Assert.Empty(settings.HighResolution);
        Assert.False(settings.WritesStatisticSets);
        Assert.Null(settings.Namespace);
        Assert.Empty(settings.ResourceDimensions);
        Assert.Empty(settings.ConstantDimensions);
        Assert.Empty(settings.ConstantMembers);
        Assert.Equal(["deployment.environment.name", "service.name", "service.version"], settings.ResourceMembers.Keys.Order(StringComparer.Ordinal));
        Assert.All(settings.ResourceMembers, member => Assert.Equal(member.Key, member.Value));
    }

    [Fact]
    public void Dimension_sets_are_taken_as_they_were_when_they_were_set()
    {
        string[] set = ["region", "product"];
        var settings = Settings(options =>
        {
            options.UseDimensionSets("orders", set, []).UseDimensionSets("*", ["region"]);
            set[0] = "changed";
        });
        Assert.Equal(["orders", "*"], settings.Dimensions.Sets.Select(rule => rule.Metrics.ToString()));
        Assert.Equal([["region", "product"], []], settings.Dimensions.Sets[0].Sets);
        Assert.Equal([["region"]], settings.Dimensions.Sets[1].Sets);
    }

    [Theory]
    [InlineData("checkout", "checkout-metrics")]
    [InlineData("My {shop}: 1", "My__shop___1-metrics")]
    public void The_log_group_goes_by_the_name_of_the_service_in_the_environment(string service, string group)
    {
        var settings = Settings(_ => { }, new() { ["AWS_EMF_SERVICE_NAME"] = service });
        Assert.Equal(group, settings.LogGroupName);
        settings = Settings(options => options.Endpoint = "stdout:", new() { ["AWS_EMF_SERVICE_NAME"] = service });
        Assert.Null(settings.LogGroupName);
        settings = Settings(options => options.LogGroupName = "mine", new() { ["AWS_EMF_SERVICE_NAME"] = service });
        Assert.Equal("mine", settings.LogGroupName);
    }

    [Fact]
    public void A_log_group_after_a_long_name_is_still_a_log_group()
    {
        var settings = Settings(_ => { }, new() { ["AWS_EMF_SERVICE_NAME"] = new string('s', 600) });
        Assert.Equal(new string('s', 504) + "-metrics", settings.LogGroupName);
    }

    [Fact]
    public void A_log_group_that_is_set_goes_to_the_standard_output_as_well()
    {
        var settings = Settings(options =>
        {
            options.Endpoint = "stdout:";
            options.LogGroupName = "group";
            options.LogStreamName = "stream";
        });
        Assert.Equal(("group", "stream"), (settings.LogGroupName, settings.LogStreamName));
    }

    [Fact]
    public void A_name_belongs_to_one_source_alone()
    {
        var settings = Settings(options =>
        {
            options.Dimensions["a"] = "dimension";
            Fill(options.ResourceDimensions, 2);
            options.Entity["c"] = "entity";
            options.Members["a"] = options.Members["b"] = options.Members["c"] = options.Members["d"] = "member";
            options.ResourceMembers.Clear();
            Fill(options.ResourceMembers, 5);

            static void Fill(IDictionary<string, string> attributes, int count)
            {
                for (var name = 'a'; name < 'a' + count; name++)
                {
                    attributes[$"resource.{name}"] = $"{name}";
                }
            }
        });
        Assert.Equal([new("a", "dimension")], settings.ConstantDimensions);
        Assert.Equal([new("resource.b", "b")], settings.ResourceDimensions);
        Assert.Equal([new("c", "entity"), new("d", "member")], settings.ConstantMembers);
        Assert.Equal([new("resource.e", "e")], settings.ResourceMembers);
    }

    [Fact]
    public void An_attribute_of_the_resource_that_becomes_a_dimension_is_no_member_as_well()
    {
        var settings = Settings(options => options.ResourceDimensions["service.name"] = "service.name");
        Assert.Equal(["deployment.environment.name", "service.version"], settings.ResourceMembers.Keys.Order(StringComparer.Ordinal));
    }

    private static EmfExporterSettings Settings(Action<EmfExporterOptions> configure, Dictionary<string, string?>? environment = null)
    {
        var options = new EmfExporterOptions();
        configure(options);
        new EmfEnvironment(new ConfigurationBuilder().AddInMemoryCollection(environment ?? []).Build()).PostConfigure(null, options);
        return options.ToSettings();
    }
}
