using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>What the variables of AWS's EMF clients set, and that whatever is set otherwise wins.</summary>
public sealed class EmfEnvironmentTests
{
    [Theory]
    [InlineData(null, null, null, "tcp://127.0.0.1:25888")]
    [InlineData("", "", "", "tcp://127.0.0.1:25888")]
    [InlineData(null, null, "function", "stdout:")]
    [InlineData(null, "Local", null, "stdout:")]
    [InlineData(null, "Lambda", null, "stdout:")]
    [InlineData(null, "Agent", null, "tcp://127.0.0.1:25888")]
    [InlineData(null, "EC2", null, "tcp://127.0.0.1:25888")]
    [InlineData(null, "ECS", null, "tcp://127.0.0.1:25888")]
    [InlineData(null, "lambda", null, "stdout:")]
    [InlineData(null, "LOCAL", "function", "stdout:")]
    [InlineData(null, "agent", "function", "tcp://127.0.0.1:25888")]
    [InlineData(null, "ec2", "function", "tcp://127.0.0.1:25888")]
    [InlineData("udp://agent:1", null, null, "udp://agent:1")]
    [InlineData("udp://agent:1", null, "function", "udp://agent:1")]
    [InlineData("tcp://agent", "Local", "function", "tcp://agent")]
    [InlineData("tcp://agent", "Mars", "function", "tcp://agent")]
    public void The_endpoint(string? endpoint, string? environment, string? function, string expected)
    {
        Dictionary<string, string?> variables = new()
        {
            ["AWS_EMF_AGENT_ENDPOINT"] = endpoint,
            ["AWS_EMF_ENVIRONMENT"] = environment,
            ["AWS_LAMBDA_FUNCTION_NAME"] = function,
        };
        Assert.Equal(expected, Resolve(variables).Endpoint);
        Assert.Equal("udp://mine", Resolve(variables, options => options.Endpoint = "udp://mine").Endpoint);
    }

    [Fact]
    public void Names()
    {
        Dictionary<string, string?> variables = new()
        {
            ["AWS_EMF_NAMESPACE"] = "Shop",
            ["AWS_EMF_LOG_GROUP_NAME"] = "group/{service.name}",
            ["AWS_EMF_LOG_STREAM_NAME"] = "stream",
            ["AWS_EMF_SERVICE_NAME"] = "checkout",
            ["AWS_EMF_SERVICE_TYPE"] = "AWS::Lambda::Function",
        };
        var options = Resolve(variables);
        Assert.Equal(("Shop", "group/{service.name}", "stream"), (options.Namespace, options.LogGroupName, options.LogStreamName));
        Assert.Equal(
            [new("ServiceName", "checkout"), new("ServiceType", "AWS::Lambda::Function")],
            options.Dimensions.OrderBy(dimension => dimension.Key, StringComparer.Ordinal));

        options = Resolve(variables, options =>
        {
            options.Namespace = "Mine";
            options.LogGroupName = "my-group";
            options.LogStreamName = "my-stream";
            options.Dimensions["ServiceName"] = "mine";
        });
        Assert.Equal(("Mine", "my-group", "my-stream"), (options.Namespace, options.LogGroupName, options.LogStreamName));
        Assert.Equal(
            [new("ServiceName", "mine"), new("ServiceType", "AWS::Lambda::Function")],
            options.Dimensions.OrderBy(dimension => dimension.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Without_any_nothing_is_set_but_the_endpoint()
    {
        var options = Resolve([]);
        Assert.Equal((null, null, null), (options.Namespace, options.LogGroupName, options.LogStreamName));
        Assert.Empty(options.Dimensions);
    }

    [Fact]
    public void The_size_of_the_buffer_is_not_taken_for_it_counts_items() =>
        Assert.Equal(1_048_576, Resolve(new() { ["AWS_EMF_AGENT_BUFFER_SIZE"] = "100" }).MaxBufferBytes);

    [Theory]
    [InlineData("AWS_EMF_AGENT_ENDPOINT", "agent:25888", "Endpoint is 'agent:25888', from AWS_EMF_AGENT_ENDPOINT. Valid: udp://host:port")]
    [InlineData("AWS_EMF_ENVIRONMENT", "Mars", "Endpoint is 'Mars', from AWS_EMF_ENVIRONMENT. Valid: Local, Lambda, Agent, EC2, ECS.")]
    [InlineData("AWS_EMF_ENVIRONMENT", "stdout:", "Endpoint is 'stdout:', from AWS_EMF_ENVIRONMENT. Valid: Local, Lambda, Agent, EC2, ECS.")]
    [InlineData("AWS_EMF_NAMESPACE", "AWS/Shop", "Namespace is 'AWS/Shop', from AWS_EMF_NAMESPACE. Valid: 1 to 255 characters")]
    [InlineData("AWS_EMF_LOG_GROUP_NAME", "a b", "LogGroupName is 'a b', from AWS_EMF_LOG_GROUP_NAME. Valid: 1 to 512 characters")]
    [InlineData("AWS_EMF_LOG_STREAM_NAME", "a:b", "LogStreamName is 'a:b', from AWS_EMF_LOG_STREAM_NAME. Valid: 1 to 512 characters")]
    [InlineData("AWS_EMF_SERVICE_NAME", "Zürich", "Dimensions is 'ServiceName=Zürich', from AWS_EMF_SERVICE_NAME. Valid: a name")]
    [InlineData("AWS_EMF_SERVICE_TYPE", " ", "Dimensions is 'ServiceType= ', from AWS_EMF_SERVICE_TYPE. Valid: a name")]
    public void A_bad_value_is_named_with_its_variable(string variable, string value, string said)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(Configuration(new() { [variable] = value })))
            .AddEmfExporter();
        var failure = Assert.Single(Assert.Throws<OptionsValidationException>(() => builder.Build()).Failures);
        Assert.StartsWith($"EmfExporterOptions: {said}", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_set_late_is_nobody_elses()
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services
                .AddSingleton(Configuration(new() { ["AWS_EMF_AGENT_ENDPOINT"] = "udp://agent", ["AWS_EMF_NAMESPACE"] = "Shop" })))
            .AddEmfExporter()
            .ConfigureServices(services => services.PostConfigureAll<EmfExporterOptions>(options => options.Endpoint = options.Namespace = "late!"));
        Assert.Equal(
            ["EmfExporterOptions: Endpoint is 'late!'", "EmfExporterOptions: Namespace is 'late!'"],
            Assert.Throws<OptionsValidationException>(() => builder.Build()).Failures.Select(failure => failure.Split(". Valid: ")[0]));
    }

    private static IConfiguration Configuration(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    private static EmfExporterOptions Resolve(Dictionary<string, string?> environment, Action<EmfExporterOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Configuration(environment));
        services.ConfigureOpenTelemetryMeterProvider(builder => builder.AddEmfExporter(configure ?? (_ => { })));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<EmfExporterOptions>>().CurrentValue;
    }
}
