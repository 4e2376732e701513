using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>How <c>AddEmfExporter</c> takes its options.</summary>
public sealed class EmfSetUpTests
{
    [Fact]
    public void Defaults()
    {
        var options = Resolve(string.Empty, builder => builder.AddEmfExporter());
        Assert.Equal("tcp://127.0.0.1:25888", options.Endpoint);
        Assert.Empty(options.IncludedDimensions);
        Assert.Empty(options.ExcludedDimensions);
        Assert.Empty(options.Dimensions);
        Assert.Empty(options.ResourceDimensions);
        Assert.Empty(options.Members);
        Assert.Equal(["deployment.environment.name", "service.name", "service.version"], options.ResourceMembers.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(options.Entity);
        Assert.Empty(options.HighResolutionMetrics);
        Assert.Equal(EmfHistogramForm.ValuesAndCounts, options.HistogramForm);
        Assert.Null(options.MaxPacketBytes);
        Assert.Equal((1_048_576, 16, 1000), (options.MaxBufferBytes, options.MaxPacketsPerBurst, options.MaxPacketsPerSecond));
    }

    [Fact]
    public void Every_overload_sets_the_options_of_its_name()
    {
        Assert.Equal("A", Resolve(string.Empty, builder => builder.AddEmfExporter(options => options.Namespace = "A")).Namespace);
        Assert.Equal("B", Resolve("b", builder => builder.AddEmfExporter("b", options => options.Namespace = "B")).Namespace);
        Assert.Equal("C", Resolve(string.Empty, builder => builder.AddEmfExporter((options, _) => options.Namespace = "C")).Namespace);
        Assert.Equal("D", Resolve("d", builder => builder.AddEmfExporter("d", (options, _) => options.Namespace = "D")).Namespace);
        Assert.Null(Resolve(string.Empty, builder => builder.AddEmfExporter("e", options => options.Namespace = "E")).Namespace);
        Assert.Null(Resolve("f", builder => builder.AddEmfExporter("f", (Action<EmfExporterOptions, MetricReaderOptions>?)null)).Namespace);
    }

    [Fact]
    public void Without_a_builder_there_is_nothing_to_add_to()
    {
        MeterProviderBuilder? none = null;
        Assert.Throws<ArgumentNullException>("builder", () => none!.AddEmfExporter());
        Assert.Throws<ArgumentNullException>("builder", () => none!.AddEmfExporter("name", (_, _) => { }));
    }

    [Fact]
    public void The_callback_is_called_after_what_was_configured_and_before_what_is_configured_last()
    {
        var options = Resolve("mine", builder => builder
            .ConfigureServices(services =>
            {
                services.Configure<EmfExporterOptions>("mine", options => options.Namespace = options.LogGroupName = options.LogStreamName = "pipeline");
                services.PostConfigure<EmfExporterOptions>("mine", options => options.LogStreamName = "late");
            })
            .AddEmfExporter("mine", options => options.LogGroupName = options.LogStreamName = "callback"));
        Assert.Equal(("pipeline", "callback", "late"), (options.Namespace, options.LogGroupName, options.LogStreamName));
    }

    [Fact]
    public void Options_bind_to_configuration_by_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Emf:Endpoint"] = "udp://[::1]",
            ["Emf:Namespace"] = "Shop",
            ["Emf:LogGroupName"] = "group",
            ["Emf:LogStreamName"] = "stream",
            ["Emf:IncludedDimensions:0"] = "http.*",
            ["Emf:ExcludedDimensions:0"] = "http.url",
            ["Emf:HighResolutionMetrics:0"] = "orders",
            ["Emf:Dimensions:Stage"] = "prod",
            ["Emf:ResourceDimensions:cloud.region"] = "Region",
            ["Emf:Members:team"] = "core",
            ["Emf:ResourceMembers:host.name"] = "host",
            ["Emf:Entity:Host"] = "h1",
            ["Emf:HistogramForm"] = "StatisticSet",
            ["Emf:MaxPacketBytes"] = "2048",
            ["Emf:MaxBufferBytes"] = "65536",
            ["Emf:MaxPacketsPerBurst"] = "1",
            ["Emf:MaxPacketsPerSecond"] = "2",
        }).Build();
        var options = Resolve("second", builder => builder
            .ConfigureServices(services => services.Configure<EmfExporterOptions>("second", configuration.GetSection("Emf")))
            .AddEmfExporter("second", (Action<EmfExporterOptions>?)null));
        Assert.Equal(("udp://[::1]", "Shop", "group", "stream"), (options.Endpoint, options.Namespace, options.LogGroupName, options.LogStreamName));
        Assert.Equal(["http.*"], options.IncludedDimensions);
        Assert.Equal(["http.url"], options.ExcludedDimensions);
        Assert.Equal(["orders"], options.HighResolutionMetrics);
        Assert.Equal([new("Stage", "prod")], options.Dimensions);
        Assert.Equal([new("cloud.region", "Region")], options.ResourceDimensions);
        Assert.Equal([new("team", "core")], options.Members);
        Assert.Equal("host", options.ResourceMembers["host.name"]);
        Assert.Equal([new("Host", "h1")], options.Entity);
        Assert.Equal(EmfHistogramForm.StatisticSet, options.HistogramForm);
        Assert.Equal(
            (2048, 65_536, 1, 2), (options.MaxPacketBytes, options.MaxBufferBytes, options.MaxPacketsPerBurst, options.MaxPacketsPerSecond));
    }

    [Fact]
    public void Building_a_provider_takes_the_options_once()
    {
        var calls = 0;
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddEmfExporter("once", options =>
            {
                options.Endpoint = "udp://127.0.0.1:9";
                calls++;
            })
            .Build();
        Assert.Equal(1, calls);
        Assert.NotNull(provider.GetEmfExporterStatistics("once"));
    }

    private static EmfExporterOptions Resolve(string name, Action<MeterProviderBuilder> add)
    {
        var services = new ServiceCollection();
        services.AddOptions().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.ConfigureOpenTelemetryMeterProvider(add);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<EmfExporterOptions>>().Get(name);
    }
}
