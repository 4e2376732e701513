using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Where options come from and what is said of bad ones.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Defaults()
    {
        var options = Resolve([]);
        Assert.Equal("udp://localhost:8125", options.Endpoint);
        Assert.Equal(StatsdProfile.DatadogAgent, options.Profile);
        Assert.Equal(string.Empty, options.Prefix);
        Assert.Empty(options.Tags);
        Assert.Equal(
            [new("deployment.environment.name", "env"), new("service.name", "service"), new("service.version", "version")],
            options.ResourceAttributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal));
        Assert.Null(options.HistogramForm);
        Assert.Empty(options.HistogramForms);
        Assert.Null(options.SummaryQuantiles);
        Assert.Null(options.MaxPacketBytes);
        Assert.Equal(1_048_576, options.MaxBufferBytes);
        Assert.Equal(16, options.MaxPacketsPerBurst);
        Assert.Equal(1000, options.MaxPacketsPerSecond);
        Assert.False(options.IncludeScopeTags);
    }

    [Theory]
    [InlineData("udp://agent:9125", null, null, null, "udp://agent:9125")]
    [InlineData("udp://agent:9125", "pipe", "other", "1", "udp://agent:9125")]
    [InlineData("unix:///var/run/datadog/dsd.socket", null, "other", null, "unix:///var/run/datadog/dsd.socket")]
    [InlineData("stdout:", null, null, null, "stdout:")]
    [InlineData(@"\\.\pipe\dogstatsd", null, null, null, @"\\.\pipe\dogstatsd")]
    [InlineData(null, "dogstatsd", "agent", "9125", "pipe://dogstatsd")]
    [InlineData(null, @"\\.\pipe\dogstatsd", null, null, @"\\.\pipe\dogstatsd")]
    [InlineData(null, null, "agent", null, "udp://agent:8125")]
    [InlineData(null, null, "agent", "9125", "udp://agent:9125")]
    [InlineData(null, null, "agent:7125", "9125", "udp://agent:7125")]
    [InlineData(null, null, "::1", "9125", "udp://[::1]:9125")]
    [InlineData(null, null, "[::1]", null, "udp://[::1]:8125")]
    [InlineData(null, null, "[::1]:7125", "9125", "udp://[::1]:7125")]
    [InlineData(null, null, "unix:///var/run/dsd.socket", "9125", "unix:///var/run/dsd.socket")]
    [InlineData(null, null, "tcp://agent", "9125", "tcp://agent")]
    [InlineData(null, null, @"\\.\pipe\dogstatsd", null, @"\\.\pipe\dogstatsd")]
    [InlineData(null, null, "stdout:", null, "stdout:")]
    [InlineData(null, null, null, "9125", "udp://localhost:9125")]
    [InlineData("", "", "", "", "udp://localhost:8125")]
    public void The_endpoint_comes_from_the_environment_unless_set(string? url, string? pipe, string? host, string? port, string expected)
    {
        var endpoint = Resolve(EndpointVariables(url, pipe, host, port)).Endpoint;
        Assert.Equal(expected, endpoint);
        Assert.True(Endpoint.TryParse(endpoint, out _));
    }

    [Theory]
    [InlineData("agent:8125", null, null, null, "'agent:8125', from DD_DOGSTATSD_URL.")]
    [InlineData(null, "a/b", null, null, "'pipe://a/b', from DD_DOGSTATSD_PIPE_NAME.")]
    [InlineData(null, null, "unix://dsd.socket", null, "'unix://dsd.socket', from DD_AGENT_HOST.")]
    [InlineData(null, null, "agent:x", "9125", "'udp://agent:x', from DD_AGENT_HOST.")]
    [InlineData(null, null, "an agent", null, "'udp://an agent:8125', from DD_AGENT_HOST.")]
    [InlineData(null, null, "agent", "x", "'udp://agent:x', from DD_AGENT_HOST and DD_DOGSTATSD_PORT.")]
    [InlineData(null, null, null, "0", "'udp://localhost:0', from DD_DOGSTATSD_PORT.")]
    public void A_bad_endpoint_of_the_environment_is_named_with_its_variable(string? url, string? pipe, string? host, string? port, string said)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(Configuration(EndpointVariables(url, pipe, host, port))))
            .AddStatsdExporter();
        var error = Assert.Throws<OptionsValidationException>(() => builder.Build());
        Assert.Contains($"StatsdExporterOptions: Endpoint is {said} Valid: udp://host:port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_that_is_set_late_is_nobody_elses()
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services
                .AddSingleton(Configuration(EndpointVariables("udp://agent", null, null, null)))
                .AddOptions<StatsdExporterOptions>())
            .AddStatsdExporter()
            .ConfigureServices(services => services.PostConfigureAll<StatsdExporterOptions>(options => options.Endpoint = "late"));
        var error = Assert.Throws<OptionsValidationException>(() => builder.Build());
        Assert.Contains("Endpoint is 'late'. Valid: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_set_wins_over_the_environment()
    {
        var options = Resolve(
            new()
            {
                ["DD_DOGSTATSD_URL"] = "udp://agent:9125",
                ["DD_SERVICE"] = "from-environment",
                ["DD_ENV"] = "prod",
                ["DD_VERSION"] = "1.2",
                ["DD_TAGS"] = "team:core, region:eu zone:a:b,,flag,env:ignored",
                ["DD_ENTITY_ID"] = "pod-7",
            },
            options =>
            {
                options.Endpoint = "udp://mine:1";
                options.Tags["service"] = "mine";
            });
        Assert.Equal("udp://mine:1", options.Endpoint);
        Assert.Equal(
            ["dd.internal.entity_id=pod-7", "env=prod", "region=eu", "service=mine", "team=core", "version=1.2", "zone=a:b"],
            options.Tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_entity_id_is_for_the_Agent_alone()
    {
        var options = Resolve(new() { ["DD_ENTITY_ID"] = "pod-7" }, options => options.Profile = StatsdProfile.Telegraf);
        Assert.Empty(options.Tags);
    }

    [Fact]
    public void Tags_of_the_environment_and_of_the_resource_are_sent()
    {
        using var session = new Session(
            options: options => options.Tags["team"] = "core",
            build: builder => builder
                .ConfigureServices(services => services.AddSingleton(Configuration(new() { ["DD_ENV"] = "from-dd" })))
                .ConfigureResource(resource => resource.AddAttributes(
                [
                    new("service.name", "shop"), new("deployment.environment.name", "from-resource"), new("service.version", "1.0"), new("other", "x"),
                ])));
        session.Meter.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("version", "mine"));
        var record = Assert.Single(session.FlushRecords());
        Assert.Equal(
            ["env=from-dd", "service=shop", "team=core", "version=mine"],
            record.Tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Options_bind_to_configuration_by_name()
    {
        var services = new ServiceCollection();
        var configuration = Configuration(new()
        {
            ["Statsd:Endpoint"] = "udp://[::1]:9",
            ["Statsd:Profile"] = "Telegraf",
            ["Statsd:Prefix"] = "app",
            ["Statsd:Tags:team"] = "core",
            ["Statsd:ResourceAttributes:cloud.region"] = "region",
            ["Statsd:HistogramForm"] = "Buckets",
            ["Statsd:HistogramForms:http.*"] = "Histogram",
            ["Statsd:HistogramForms:*.duration"] = "Timing",
            ["Statsd:SummaryQuantiles:0"] = "0.25",
            ["Statsd:SummaryQuantiles:1"] = "0.5",
            ["Statsd:MaxPacketBytes"] = "512",
            ["Statsd:MaxBufferBytes"] = "65536",
            ["Statsd:MaxPacketsPerBurst"] = "1",
            ["Statsd:MaxPacketsPerSecond"] = "2",
            ["Statsd:IncludeScopeTags"] = "true",
        });
        services.AddSingleton(configuration);
        services.Configure<StatsdExporterOptions>("second", configuration.GetSection("Statsd"));
        services.ConfigureOpenTelemetryMeterProvider(builder => builder.AddStatsdExporter("second", (Action<StatsdExporterOptions>?)null));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<StatsdExporterOptions>>().Get("second");
        Assert.Equal("udp://[::1]:9", options.Endpoint);
        Assert.Equal(StatsdProfile.Telegraf, options.Profile);
        Assert.Equal("app", options.Prefix);
        Assert.Equal("core", options.Tags["team"]);
        Assert.Equal("region", options.ResourceAttributes["cloud.region"]);
        Assert.Equal(HistogramForm.Buckets, options.HistogramForm);
        Assert.Equal(
            [new("*.duration", HistogramForm.Timing), new("http.*", HistogramForm.Histogram)],
            options.HistogramForms.OrderBy(form => form.Key, StringComparer.Ordinal));
        Assert.Equal([0.25, 0.5], options.SummaryQuantiles);
        Assert.Equal(512, options.MaxPacketBytes);
        Assert.Equal(65_536, options.MaxBufferBytes);
        Assert.Equal(1, options.MaxPacketsPerBurst);
        Assert.Equal(2, options.MaxPacketsPerSecond);
        Assert.True(options.IncludeScopeTags);
    }

    [Fact]
    public void Post_configuration_has_the_last_word()
    {
        using var session = new Session(build: builder => builder
            .ConfigureServices(services => services.PostConfigureAll<StatsdExporterOptions>(options => options.Prefix = "late")));
        session.Meter.CreateCounter<long>("c").Add(1);
        Assert.Equal(["late.c:1|c"], session.FlushLines());
    }

    [Theory]
    [InlineData("Endpoint", "localhost", "udp://host:port or tcp://host:port")]
    [InlineData("Endpoint", "unix://dsd.socket", "unix:///path, unixgram:///path or unixstream:///path")]
    [InlineData("Endpoint", "pipe://", @"pipe://name or \\.\pipe\name")]
    [InlineData("Endpoint", "stdout://", "stdout:")]
    [InlineData("Profile", "99", "DatadogAgent, StatsD, StatsDGraphite, PrometheusStatsdExporter, Telegraf, OpenTelemetryCollector")]
    [InlineData("HistogramForm", "99", "Summary, Buckets, Distribution, Histogram, Timing for the profile DatadogAgent")]
    [InlineData("HistogramForms", "x.*=99", "a pattern that is not empty, with one of Summary, Buckets, Distribution, Histogram, Timing for the profile")]
    [InlineData("HistogramForms", "=Summary", "a pattern that is not empty, with one of Summary, Buckets, Distribution, Histogram, Timing for the profile")]
    [InlineData("SummaryQuantiles", "0", "above 0 and below 1, with at most 6 decimals, none twice")]
    [InlineData("SummaryQuantiles", "1", "above 0 and below 1")]
    [InlineData("SummaryQuantiles", "-0.5", "above 0 and below 1")]
    [InlineData("SummaryQuantiles", "NaN", "above 0 and below 1")]
    [InlineData("SummaryQuantiles", "0.9999999", "at most 6 decimals")]
    [InlineData("SummaryQuantiles", "0.5", "none twice")]
    [InlineData("MaxPacketBytes", "63", "64 to 65507 bytes")]
    [InlineData("MaxPacketBytes", "65508", "64 to 65507 bytes")]
    [InlineData("MaxBufferBytes", "65535", "65536 to 1073741824 bytes")]
    [InlineData("MaxBufferBytes", "1073741825", "65536 to 1073741824 bytes")]
    [InlineData("MaxPacketsPerBurst", "0", "1 to 1024 packets")]
    [InlineData("MaxPacketsPerBurst", "1025", "1 to 1024 packets")]
    [InlineData("MaxPacketsPerSecond", "0", "1 to 10000000 packets")]
    [InlineData("MaxPacketsPerSecond", "10000001", "1 to 10000000 packets")]
    [InlineData("Tags", ":x", "a key that is not empty")]
    [InlineData("ResourceAttributes", "service.name=", "the key of its tag")]
    public void A_bad_value_stops_the_build_with_the_option_the_value_and_what_is_valid(string option, string value, string valid)
    {
        var builder = Sdk.CreateMeterProviderBuilder().AddStatsdExporter("named", options =>
        {
            switch (option)
            {
                case "Endpoint":
                    options.Endpoint = value;
                    break;
                case "Profile":
                    options.Profile = (StatsdProfile)99;
                    break;
                case "HistogramForm":
                    options.HistogramForm = (HistogramForm)99;
                    break;
                case "HistogramForms":
                    var form = value.Split('=');
                    options.HistogramForms[form[0]] = Enum.Parse<HistogramForm>(form[1]);
                    break;
                case "SummaryQuantiles":
                    var quantile = double.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                    options.SummaryQuantiles = quantile == 0.5 ? [0.5, 0.25, 0.5] : [0.25, quantile];
                    break;
                case "MaxPacketBytes":
                    options.MaxPacketBytes = Number(value);
                    break;
                case "MaxBufferBytes":
                    options.MaxBufferBytes = Number(value);
                    break;
                case "MaxPacketsPerBurst":
                    options.MaxPacketsPerBurst = Number(value);
                    break;
                case "MaxPacketsPerSecond":
                    options.MaxPacketsPerSecond = Number(value);
                    break;
                case "Tags":
                    options.Tags[string.Empty] = "x";
                    break;
                default:
                    options.ResourceAttributes["service.name"] = string.Empty;
                    break;
            }
        });
        var error = Assert.Throws<OptionsValidationException>(() => builder.Build());
        Assert.Contains("'named'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{option} is '{value}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(valid, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent, "Summary, Buckets, Distribution, Histogram, Timing")]
    [InlineData(StatsdProfile.StatsD, "Summary, Buckets, Timing")]
    [InlineData(StatsdProfile.StatsDGraphite, "Summary, Buckets, Timing")]
    [InlineData(StatsdProfile.PrometheusStatsdExporter, "Summary, Buckets, Distribution, Histogram, Timing")]
    [InlineData(StatsdProfile.Telegraf, "Summary, Buckets, Histogram, Timing")]
    [InlineData(StatsdProfile.OpenTelemetryCollector, "Summary, Buckets, Distribution, Histogram, Timing")]
    public void A_form_whose_type_the_receiver_does_not_know_is_an_error(StatsdProfile profile, string forms)
    {
        var validator = new StatsdExporterOptionsValidator();
        foreach (var form in Enum.GetValues<HistogramForm>())
        {
            var options = new StatsdExporterOptions { Endpoint = "stdout:", Profile = profile, HistogramForm = form };
            options.HistogramForms["x"] = form;
            string[] expected = forms.Split(", ").Contains(form.ToString()) ? [] :
            [
                $"StatsdExporterOptions: HistogramForm is '{form}'. Valid: {forms} for the profile {profile}.",
                $"StatsdExporterOptions: HistogramForms is 'x={form}'. Valid: a pattern that is not empty, with one of {forms} for the profile {profile}.",
            ];
            Assert.Equal(expected, validator.Validate(null, options).Failures ?? []);
        }
    }

    [Theory]
    [InlineData(null, 65_536)]
    [InlineData(16_384, 65_536)]
    [InlineData(16_385, 65_540)]
    [InlineData(65_507, 262_028)]
    public void A_buffer_has_room_for_four_packets(int? maxPacketBytes, int smallest)
    {
        var validator = new StatsdExporterOptionsValidator();
        var options = new StatsdExporterOptions { Endpoint = "stdout:", MaxPacketBytes = maxPacketBytes, MaxBufferBytes = smallest };
        Assert.True(validator.Validate(null, options).Succeeded);
        options.MaxBufferBytes--;
        var failure = Assert.Single(validator.Validate(null, options).Failures!);
        Assert.Contains($"MaxBufferBytes is '{smallest - 1}'. Valid: {smallest} to 1073741824 bytes", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exporter_gets_what_was_set()
    {
        var options = new StatsdExporterOptions
        {
            Endpoint = "tcp://agent:1",
            MaxPacketBytes = 100,
            MaxBufferBytes = 70_000,
            MaxPacketsPerBurst = 3,
            MaxPacketsPerSecond = 4,
        };
        var settings = options.ToSettings().Delivery;
        Assert.Equal("tcp://agent:1", settings.Endpoint.ToString());
        Assert.Equal(
            (100, 70_000, 3, 4),
            (settings.MaxPacketBytes, settings.MaxBufferBytes, settings.MaxPacketsPerBurst, settings.MaxPacketsPerSecond));
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var builder = Sdk.CreateMeterProviderBuilder().AddStatsdExporter(options =>
        {
            options.Endpoint = "nowhere";
            options.Prefix = new string('p', 101);
        });
        var error = Assert.Throws<OptionsValidationException>(() => builder.Build());
        Assert.Equal(2, error.Failures.Count());
    }

    private static int Number(string value) => int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);

    private static Dictionary<string, string?> EndpointVariables(string? url, string? pipe, string? host, string? port) => new()
    {
        ["DD_DOGSTATSD_URL"] = url,
        ["DD_DOGSTATSD_PIPE_NAME"] = pipe,
        ["DD_AGENT_HOST"] = host,
        ["DD_DOGSTATSD_PORT"] = port,
    };

    private static IConfiguration Configuration(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    private static StatsdExporterOptions Resolve(Dictionary<string, string?> environment, Action<StatsdExporterOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Configuration(environment));
        services.ConfigureOpenTelemetryMeterProvider(builder => builder.AddStatsdExporter(configure ?? (_ => { })));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<StatsdExporterOptions>>().CurrentValue;
    }
}
