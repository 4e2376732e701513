using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

public sealed class PushgatewayOptionsTests
{
    public static TheoryData<Action<PrometheusPushgatewayOptions>, string, string> Invalid => new()
    {
        { o => o.Endpoint = null!, "Endpoint", "null; valid is an absolute http" },
        { o => o.Endpoint = new("gateway:9091"), "Endpoint", "'gateway:9091'; valid is an absolute http" },
        { o => o.Endpoint = new("/push", UriKind.Relative), "Endpoint", "'/push'; valid" },
        { o => o.Endpoint = new("ftp://g"), "Endpoint", "'ftp://g'; valid" },
        { o => o.Endpoint = new("http://g/?x=1"), "Endpoint", "'http://g/?x=1'; valid" },
        { o => o.Endpoint = new("http://g/#x"), "Endpoint", "'http://g/#x'; valid" },
        { o => o.Endpoint = new("http://user:hunter2@g/p"), "Endpoint", "'http://g/p' with credentials; valid" },
        { o => o.Job = null, "Job", "null; valid is text that is not empty; by default it is OTEL_SERVICE_NAME, or service.name in OTEL_RESOURCE_ATTRIBUTES, neither" },
        { o => o.Job = "", "Job", "''; valid is text" },
        { o => o.GroupingKey["job"] = "x", "GroupingKey", "'job'='x'; valid is a name" },
        { o => o.GroupingKey["le"] = "x", "GroupingKey", "'le'='x'; valid is a name" },
        { o => o.GroupingKey[""] = "x", "GroupingKey", "''='x'; valid" },
        { o => o.GroupingKey["bad-label"] = "x", "GroupingKey", "'bad-label'='x'; valid" },
        { o => o.GroupingKey["1st"] = "x", "GroupingKey", "'1st'='x'; valid" },
        { o => o.GroupingKey["__name__"] = "x", "GroupingKey", "'__name__'='x'; valid" },
        { o => o.GroupingKey["é"] = "x", "GroupingKey", "'é'='x'; valid" },
        { o => o.GroupingKey["instance@base64"] = "x", "GroupingKey", "'instance@base64'='x'; valid" },
        { o => o.GroupingKey["instance"] = null!, "GroupingKey", "'instance'=null; valid is a value" },
        { o => o.Method = (PushgatewayMethod)2, "Method", "2; valid is Put, Post." },
        { o => o.Timeout = TimeSpan.Zero, "Timeout", "00:00:00; valid is 00:00:00.0010000 to 1.00:00:00." },
        { o => o.Timeout = Timeout.InfiniteTimeSpan, "Timeout", "-00:00:00.0010000; valid" },
        { o => o.Timeout = TimeSpan.FromHours(25), "Timeout", "1.01:00:00; valid" },
        { o => o.TranslationStrategy = (PrometheusAspNetCoreTranslationStrategy)9, "TranslationStrategy", "9; valid is Underscore" },
        { o => o.MaxExponentialHistogramBuckets = 1, "MaxExponentialHistogramBuckets", "1; valid is 2 or more" },
        { o => o.AllowedAttributes = [""], "AllowedAttributes", "''; valid is keys" },
        { o => o.BasicCredentials = "", "BasicCredentials", "empty; valid is user:password with a user that is not empty" },
        { o => o.BasicCredentials = "hunter2", "BasicCredentials", "a text that is not shown here; valid is user:password" },
        { o => o.BasicCredentials = ":hunter2", "BasicCredentials", "a text that is not shown here; valid is user:password" },
        { o => o.BasicCredentials = "u:hunter2\n", "BasicCredentials", "a text that is not shown here; valid is user:password" },
        {
            o => (o.BasicCredentials, o.BearerToken) = ("u:hunter2", "hunter2"),
            "BearerToken",
            "a text that is not shown here; valid is null where BasicCredentials is set, as a request carries one of them."
        },
        { o => o.BearerToken = "", "BearerToken", "empty; valid is ASCII characters without blanks" },
        { o => o.BearerToken = "hunter2 ", "BearerToken", "a text that is not shown here; valid is ASCII" },
        { o => o.BearerToken = "hunter2\n", "BearerToken", "a text that is not shown here; valid is ASCII" },
    };

    [Fact]
    public void Defaults_are_these()
    {
        var options = new PrometheusPushgatewayOptions();
        Assert.Equal("http://localhost:9091/", options.Endpoint.AbsoluteUri);
        Assert.Null(options.Job);
        Assert.Empty(options.GroupingKey);
        Assert.Equal(PushgatewayMethod.Put, options.Method);
        Assert.False(options.DeleteOnShutdown);
        Assert.Null(options.BearerToken);
        Assert.Null(options.BasicCredentials);
        Assert.Null(options.HttpClientFactory);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Timeout);
    }

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Value_out_of_range_fails_the_build_and_is_named(Action<PrometheusPushgatewayOptions> spoil, string option, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Sdk.CreateMeterProviderBuilder()
            .AddPrometheusPushgatewayExporter("nightly", options =>
            {
                options.Job = "j";
                spoil(options);
            })
            .Build());

        Assert.Contains($"PrometheusPushgatewayOptions.{option} of exporter 'nightly' is {value}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, "PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds", "0; valid is 1 or more for AddPrometheusPushgatewayExporter, or -1 to push")]
    [InlineData(-5, null, "PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds", "-5; valid")]
    [InlineData(null, 0, "PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds", "0; valid is 1 or more for AddPrometheusPushgatewayExporter, or -1 for no limit")]
    [InlineData(null, -7, "PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds", "-7; valid")]
    [InlineData(null, null, "TemporalityPreference", "Delta; valid is Cumulative", MetricReaderTemporalityPreference.Delta)]
    [InlineData(null, null, "TemporalityPreference", "LowMemory; valid is Cumulative", MetricReaderTemporalityPreference.LowMemory)]
    public void Option_of_the_reader_out_of_range_fails_the_build_and_is_named(
        int? interval,
        int? timeout,
        string option,
        string value,
        MetricReaderTemporalityPreference temporality = MetricReaderTemporalityPreference.Cumulative)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Build(interval, timeout, temporality));

        Assert.Contains($"MetricReaderOptions.{option} of exporter 'nightly' is {value}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-1, -1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Options_of_the_reader_in_range_are_taken(int interval, int timeout) =>
        Build(interval, timeout, MetricReaderTemporalityPreference.Cumulative).Dispose();

    [Fact]
    public async Task Options_bind_from_configuration_and_code_comes_last()
    {
        await using var gateway = await Gateway.StartAsync();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusPushgatewayExporter(options => options.Job += "-2"),
            app => app.Services.GetRequiredService<MeterProvider>(),
            [
                new("Push:Endpoint", $"{gateway.Address}base/"),
                new("Push:Job", "bound"),
                new("Push:GroupingKey:instance", "i"),
                new("Push:Method", "Post"),
                new("Push:DeleteOnShutdown", "true"),
                new("Push:BasicCredentials", "u:p"),
                new("Push:Timeout", "00:00:07"),
            ],
            (services, configuration) => services.Configure<PrometheusPushgatewayOptions>(configuration.GetSection("Push")));

        var provider = app.Services.GetRequiredService<MeterProvider>();
        Assert.True(provider.ForceFlush());

        var pushed = await gateway.NextAsync();
        Assert.Equal("POST", pushed.Method);
        Assert.Equal("/base/metrics/job/bound-2/instance/i", pushed.Target);
        Assert.Equal("Basic dTpw", pushed.Headers["Authorization"]);
        var options = app.Services.GetRequiredService<IOptionsMonitor<PrometheusPushgatewayOptions>>().CurrentValue;
        Assert.True(options.DeleteOnShutdown);
        Assert.Equal(TimeSpan.FromSeconds(7), options.Timeout);
    }

    [Theory]
    [InlineData(null, "/metrics/job/billing")]
    [InlineData("nightly", "/metrics/job/nightly")]
    public async Task Job_is_the_service_unless_it_is_named(string? job, string expected)
    {
        await using var gateway = await Gateway.StartAsync();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusPushgatewayExporter(options => (options.Endpoint, options.Job) = (gateway.Address, job)),
            app => app.Services.GetRequiredService<MeterProvider>(),
            [new("OTEL_SERVICE_NAME", "billing")]);

        app.Services.GetRequiredService<MeterProvider>().ForceFlush();

        Assert.Equal(expected, (await gateway.NextAsync()).Target);
    }

    [Theory]
    [InlineData(null, "a=b, service.name = night%20job%2C%C3%A9 ,service.version=1", "night job,é")]
    [InlineData("", "service.name=nightly,service.name=daily", "nightly")]
    [InlineData(null, "service.name=a=b+c%zz", "a=b c%zz")]
    [InlineData("billing", "service.name=nightly", "billing")]
    public async Task Job_is_the_service_that_the_SDK_finds_in_the_configuration(string? serviceName, string attributes, string expected)
    {
        await using var gateway = await Gateway.StartAsync();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusPushgatewayExporter(options => options.Endpoint = gateway.Address),
            app => app.Services.GetRequiredService<MeterProvider>(),
            [new("OTEL_SERVICE_NAME", serviceName), new("OTEL_RESOURCE_ATTRIBUTES", attributes)]);

        var provider = app.Services.GetRequiredService<MeterProvider>();
        provider.ForceFlush();

        Assert.Equal($"/metrics/job/{Uri.EscapeDataString(expected)}", (await gateway.NextAsync()).Target);
        Assert.Equal(expected, provider.GetResource().Attributes.Single(attribute => attribute.Key == "service.name").Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("service.name")]
    [InlineData("service.name=")]
    [InlineData("my.service.name=nightly,service.names=nightly")]
    public void Service_without_a_name_names_no_job(string attributes)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(
                new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_RESOURCE_ATTRIBUTES", attributes)]).Build()))
            .ConfigureResource(resource => resource.AddService("by-code"))
            .AddPrometheusPushgatewayExporter();

        var error = Assert.Throws<OptionsValidationException>(builder.Build);

        Assert.Contains("AddService", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_overload_adds_an_exporter_of_that_name()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services
                .ConfigureAll<PrometheusPushgatewayOptions>(options => (options.Endpoint, options.Job) = (gateway.Address, "all"))
                .Configure<PrometheusPushgatewayOptions>("a", options => options.Job = "a"))
            .AddPrometheusPushgatewayExporter()
            .AddPrometheusPushgatewayExporter("a", (Action<PrometheusPushgatewayOptions>?)null)
            .AddPrometheusPushgatewayExporter("b", options => options.Job += "-b")
            .AddPrometheusPushgatewayExporter("c", (options, _) => options.Job += "-c")
            .Build();

        Assert.True(provider.ForceFlush());

        foreach (var job in (string[])["all", "a", "all-b", "all-c"])
        {
            Assert.Equal($"/metrics/job/{job}", (await gateway.NextAsync()).Target);
        }
    }

    [Fact]
    public void Name_is_taken_once_only()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Sdk.CreateMeterProviderBuilder()
            .AddPrometheusPushgatewayExporter(options => options.Job = "j")
            .AddPrometheusPushgatewayExporter((options, _) => options.Job = "k")
            .Build());

        Assert.Contains("AddPrometheusPushgatewayExporter was called more than once without a name", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A provider whose pushes all succeed.</summary>
    private static MeterProvider Build(int? interval, int? timeout, MetricReaderTemporalityPreference temporality) => Sdk.CreateMeterProviderBuilder()
        .AddPrometheusPushgatewayExporter("nightly", (options, reader) =>
        {
            options.Job = "j";
            options.HttpClientFactory = () => new HttpClient(new Answering());
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = interval;
            reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = timeout;
            reader.TemporalityPreference = temporality;
        })
        .Build();

    /// <summary>A gateway that takes everything.</summary>
    private sealed class Answering : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
