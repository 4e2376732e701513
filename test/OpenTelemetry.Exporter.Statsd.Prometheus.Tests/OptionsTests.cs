using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class OptionsTests
{
    public static TheoryData<Action<PrometheusAspNetCoreOptions>, string, string> Invalid => new()
    {
        { o => o.ScrapeEndpointPath = "/metrics?x", "ScrapeEndpointPath", "'/metrics?x'" },
        { o => o.ScrapeEndpointPath = "/metrics#x", "ScrapeEndpointPath", "'/metrics#x'" },
        { o => o.ScrapeEndpointPath = "http://localhost/metrics", "ScrapeEndpointPath", "'http://localhost/metrics'" },
        { o => o.ScrapeEndpointPath = "/{id}", "ScrapeEndpointPath", "'/{id}'" },
        { o => o.ScrapeEndpointPath = "/metrics*", "ScrapeEndpointPath", "'/metrics*'" },
        { o => o.ScrapeEndpointPath = "/metrics\n", "ScrapeEndpointPath", "'/metrics\n'" },
        { o => o.ScrapeResponseCacheDurationMilliseconds = -1, "ScrapeResponseCacheDurationMilliseconds", "-1; valid is 0" },
        { o => o.MaxScrapeResponseSizeBytes = 0, "MaxScrapeResponseSizeBytes", "0; valid is 1 or more" },
        { o => o.ScrapeResponseTimeoutMilliseconds = 0, "ScrapeResponseTimeoutMilliseconds", "0; valid is 1 or more" },
        { o => o.ScrapeResponseTimeoutMilliseconds = -1, "ScrapeResponseTimeoutMilliseconds", "-1; valid is 1 or more" },
        { o => o.TranslationStrategy = (PrometheusAspNetCoreTranslationStrategy)9, "TranslationStrategy", "9; valid is UnderscoreEscapingWithSuffixes" },
        { o => o.MaxScrapeSeries = 0, "MaxScrapeSeries", "0; valid is 1 or more" },
        { o => o.MaxExponentialHistogramBuckets = 1, "MaxExponentialHistogramBuckets", "1; valid is 2 or more" },
        { o => o.AllowedAttributes = ["a", ""], "AllowedAttributes", "''; valid is keys" },
        { o => o.ExcludedAttributes = ["a*b"], "ExcludedAttributes", "'a*b'; valid is keys" },
        { o => o.Port = 0, "Port", "0; valid is 1 to 65535" },
        { o => o.Port = 65_536, "Port", "65536; valid is 1 to 65535" },
        { o => o.Host = "example.org", "Host", "'example.org'; valid is localhost" },
        { o => o.Host = "", "Host", "''; valid is localhost" },
        { o => o.Host = "9464", "Host", "'9464'; valid is localhost, an IP address such as 127.0.0.1" },
        { o => o.Host = "127.1", "Host", "'127.1'; valid is localhost" },
        { o => o.Host = "127.0.0.010", "Host", "'127.0.0.010'; valid is localhost" },
        { o => o.Host = "127.0.0.1:9464", "Host", "'127.0.0.1:9464'; valid is localhost" },
        { o => o.Host = "[::1]:9464", "Host", "'[::1]:9464'; valid is localhost" },
        { o => o.BearerToken = "", "BearerToken", "empty; valid is ASCII" },
        { o => o.BearerToken = "two words", "BearerToken", "a text that is not shown here" },
        { o => o.BearerToken = "line\n", "BearerToken", "a text that is not shown here" },
        { o => o.BearerToken = "schl\u00FCssel", "BearerToken", "a text that is not shown here" },
        { o => o.BasicCredentials = "", "BasicCredentials", "empty; valid is user:password" },
        { o => o.BasicCredentials = "no-colon", "BasicCredentials", "a text that is not shown here" },
        { o => o.BasicCredentials = ":no-user", "BasicCredentials", "a text that is not shown here" },
        { o => o.BasicCredentials = "user:tab\t", "BasicCredentials", "a text that is not shown here" },
    };

    public static TheoryData<Action<PrometheusAspNetCoreOptions>> Valid => new()
    {
        o => o.MaxScrapeSeries = 1,
        o => o.ScrapeResponseTimeoutMilliseconds = 1,
        o => o.ScrapeResponseTimeoutMilliseconds = int.MaxValue,
        o => o.MaxExponentialHistogramBuckets = 2,
        o => (o.AllowedAttributes, o.ExcludedAttributes) = ([], []),
        o => (o.AllowedAttributes, o.ExcludedAttributes) = (["*"], ["a.b", "user.*"]),
        o => o.Host = "*",
        o => o.Host = "0.0.0.0",
        o => o.Host = "::1",
        o => o.Host = "0:0::1",
        o => o.Host = "::ffff:127.0.0.1",
        o => o.BearerToken = "~!*:",
        o => o.BasicCredentials = "j\u00F6rg:p\u00E4ss: word",
        o => o.BasicCredentials = "user:",
    };

    [Fact]
    public void Defaults_are_those_of_the_official_package()
    {
        var options = new PrometheusAspNetCoreOptions();
        Assert.Equal("/metrics", options.ScrapeEndpointPath);
        Assert.Equal(300, options.ScrapeResponseCacheDurationMilliseconds);
        Assert.False(options.DisableTotalNameSuffixForCounters);
        Assert.True(options.ScopeInfoEnabled);
        Assert.True(options.TargetInfoEnabled);
        Assert.Null(options.ResourceConstantLabels);
        Assert.Equal(85_000 * 2048, options.MaxScrapeResponseSizeBytes);
        Assert.Equal(60_000, options.ScrapeResponseTimeoutMilliseconds);
        Assert.Equal(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, options.TranslationStrategy);
    }

    [Fact]
    public void Options_that_the_official_package_lacks_change_nothing_by_default()
    {
        var options = new PrometheusAspNetCoreOptions();
        Assert.Null(options.AllowedAttributes);
        Assert.Null(options.ExcludedAttributes);
        Assert.Equal(160, options.MaxExponentialHistogramBuckets);
        Assert.False(options.HistogramMinMaxEnabled);
        Assert.Null(options.MaxScrapeSeries);
        Assert.False(options.NativeHistogramsWithClassicBuckets);
        Assert.Null(options.BearerToken);
        Assert.Null(options.BasicCredentials);
        Assert.Null(options.Port);
        Assert.Equal("localhost", options.Host);
    }

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Value_out_of_range_fails_the_build_and_is_named(Action<PrometheusAspNetCoreOptions> spoil, string option, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => Sdk.CreateMeterProviderBuilder().AddPrometheusExporter("shop", spoil).Build());

        Assert.Contains($"PrometheusAspNetCoreOptions.{option} of exporter 'shop' is {value}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Valid), DisableDiscoveryEnumeration = true)]
    public void Value_at_the_edge_of_its_range_builds(Action<PrometheusAspNetCoreOptions> set) =>
        Sdk.CreateMeterProviderBuilder().AddPrometheusExporter(set).Build().Dispose();

    [Theory]
    [InlineData("BearerToken", "s3cret token")]
    [InlineData("BasicCredentials", "s3cret")]
    public void Error_does_not_show_the_credential(string option, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Sdk.CreateMeterProviderBuilder()
            .AddPrometheusExporter(o => typeof(PrometheusAspNetCoreOptions).GetProperty(option)!.SetValue(o, value))
            .Build());

        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_bind_from_configuration_and_code_comes_last()
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(options => options.ScrapeEndpointPath += "/2"),
            app => app.MapPrometheusScrapingEndpoint(),
            [
                new("Prometheus:ScrapeEndpointPath", "/bound"),
                new("Prometheus:ScopeInfoEnabled", "false"),
                new("Prometheus:TargetInfoEnabled", "false"),
                new("Prometheus:DisableTotalNameSuffixForCounters", "true"),
                new("Prometheus:ScrapeResponseCacheDurationMilliseconds", "0"),
                new("Prometheus:MaxScrapeResponseSizeBytes", "123456"),
                new("Prometheus:TranslationStrategy", "UnderscoreEscapingWithoutSuffixes"),
            ],
            (services, configuration) => services.Configure<PrometheusAspNetCoreOptions>(configuration.GetSection("Prometheus")));
        meter.CreateCounter<long>("hits", "s", "Hits.").Add(3);

        Assert.Equal("# HELP hits Hits.\n# TYPE hits counter\nhits 3\n", await app.GetAsync("/bound/2"));
        Assert.Equal(123456, app.Services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().CurrentValue.MaxScrapeResponseSizeBytes);
    }

    [Fact]
    public void Every_option_binds_from_configuration()
    {
        var options = new PrometheusAspNetCoreOptions();
        new ConfigurationBuilder()
            .AddInMemoryCollection(
            [
                new("AllowedAttributes:0", "route"),
                new("AllowedAttributes:1", "http.*"),
                new("ExcludedAttributes:0", "user.id"),
                new("MaxExponentialHistogramBuckets", "20"),
                new("HistogramMinMaxEnabled", "true"),
                new("MaxScrapeSeries", "1000"),
                new("ScrapeResponseTimeoutMilliseconds", "25000"),
                new("NativeHistogramsWithClassicBuckets", "true"),
                new("BearerToken", "t"),
                new("BasicCredentials", "u:p"),
                new("Port", "9464"),
                new("Host", "*"),
            ])
            .Build()
            .Bind(options);

        Assert.Equal(["route", "http.*"], options.AllowedAttributes);
        Assert.Equal(["user.id"], options.ExcludedAttributes);
        Assert.Equal(20, options.MaxExponentialHistogramBuckets);
        Assert.True(options.HistogramMinMaxEnabled);
        Assert.Equal(1000, options.MaxScrapeSeries);
        Assert.Equal(25_000, options.ScrapeResponseTimeoutMilliseconds);
        Assert.True(options.NativeHistogramsWithClassicBuckets);
        Assert.Equal("t", options.BearerToken);
        Assert.Equal("u:p", options.BasicCredentials);
        Assert.Equal(9464, options.Port);
        Assert.Equal("*", options.Host);
    }

    [Theory]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, "foo_bar_bytes_total{a_b=\"c\"} 1")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes, "foo_bar{a_b=\"c\"} 1")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes, "foo_bar_bytes_total{a_b=\"c\"} 1")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.NoTranslation, "foo_bar{a_b=\"c\"} 1")]
    public async Task Every_strategy_is_legal_text(PrometheusAspNetCoreTranslationStrategy strategy, string expected)
    {
        using var scrape = new Scrape(o =>
        {
            o.ScopeInfoEnabled = false;
            o.TranslationStrategy = strategy;
        });
        scrape.Meter().CreateCounter<long>("foo.bar", "By").Add(1, new KeyValuePair<string, object?>("a.b", "c"));

        Assert.EndsWith($"\n{expected}\n", await scrape.TextAsync(), StringComparison.Ordinal);
        Assert.Single(await scrape.FamiliesAsync());
    }

    [Fact]
    public async Task Without_target_info_there_is_none()
    {
        using var scrape = new Scrape(o => o.TargetInfoEnabled = false, resource: new() { ["a"] = "b" });
        Assert.Empty(await scrape.BytesAsync());
    }

    [Fact]
    public void Other_readers_keep_their_temporality()
    {
        var temporality = default(MetricReaderTemporalityPreference);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.Configure<MetricReaderOptions>(
                o => o.TemporalityPreference = MetricReaderTemporalityPreference.Delta))
            .AddPrometheusExporter()
            .AddReader(services =>
            {
                temporality = services.GetRequiredService<IOptionsMonitor<MetricReaderOptions>>().CurrentValue.TemporalityPreference;
                return new BaseExportingMetricReader(new Nothing());
            })
            .Build();

        Assert.Equal(MetricReaderTemporalityPreference.Delta, temporality);
    }

    private sealed class Nothing : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
