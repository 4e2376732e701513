using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class OptionsTests
{
    public static TheoryData<Action<PrometheusAspNetCoreOptions>, string, string> Invalid => new()
    {
        { o => o.ScrapeEndpointPath = "", "ScrapeEndpointPath", "''" },
        { o => o.ScrapeEndpointPath = "/metrics/", "ScrapeEndpointPath", "'/metrics/'" },
        { o => o.ScrapeEndpointPath = "/metrics?x", "ScrapeEndpointPath", "'/metrics?x'" },
        { o => o.ScrapeResponseCacheDurationMilliseconds = -1, "ScrapeResponseCacheDurationMilliseconds", "-1; valid is 0" },
        { o => o.MaxScrapeResponseSizeBytes = 0, "MaxScrapeResponseSizeBytes", "0; valid is 1 or more" },
        { o => o.TranslationStrategy = (PrometheusTranslationStrategy)9, "TranslationStrategy", "9; valid is UnderscoreEscapingWithSuffixes" },
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
        Assert.Equal(PrometheusTranslationStrategy.UnderscoreEscapingWithSuffixes, options.TranslationStrategy);
    }

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Value_out_of_range_fails_the_build_and_is_named(Action<PrometheusAspNetCoreOptions> spoil, string option, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => Sdk.CreateMeterProviderBuilder().AddPrometheusExporter("shop", spoil).Build());

        Assert.Contains($"PrometheusAspNetCoreOptions.{option} of exporter 'shop' is {value}", error.Message, StringComparison.Ordinal);
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

    [Theory]
    [InlineData(PrometheusTranslationStrategy.UnderscoreEscapingWithSuffixes, "foo_bar_bytes_total{a_b=\"c\"} 1")]
    [InlineData(PrometheusTranslationStrategy.UnderscoreEscapingWithoutSuffixes, "foo_bar{a_b=\"c\"} 1")]
    [InlineData(PrometheusTranslationStrategy.NoUTF8EscapingWithSuffixes, "foo_bar_bytes_total{a_b=\"c\"} 1")]
    [InlineData(PrometheusTranslationStrategy.NoTranslation, "foo_bar{a_b=\"c\"} 1")]
    public async Task Every_strategy_is_legal_text(PrometheusTranslationStrategy strategy, string expected)
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
