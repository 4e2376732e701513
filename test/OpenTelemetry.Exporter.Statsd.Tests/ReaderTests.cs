using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The reader that the exporter hangs on: its interval, its temporality, and that both stay its own.</summary>
public sealed class ReaderTests
{
    [Fact]
    public void The_interval_is_ten_seconds_by_default() => Assert.Equal(10_000, ProviderReaders.Interval(Build(builder => builder.AddStatsdExporter())));

    [Fact]
    public void The_environment_sets_the_interval()
    {
        var reader = Build(builder => builder.AddStatsdExporter(), new() { ["OTEL_METRIC_EXPORT_INTERVAL"] = "1234" });
        Assert.Equal(1234, ProviderReaders.Interval(reader));
    }

    [Fact]
    public void The_callback_sets_the_interval()
    {
        var reader = Build(builder => builder.AddStatsdExporter((_, options) =>
            options.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 777));
        Assert.Equal(777, ProviderReaders.Interval(reader));
    }

    [Fact]
    public void The_options_pipeline_sets_the_interval_of_a_named_exporter()
    {
        var reader = Build(builder => builder
            .AddStatsdExporter("mine", (Action<StatsdExporterOptions>?)null)
            .ConfigureServices(services => services.Configure<MetricReaderOptions>(
                "mine", options => options.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 555)));
        Assert.Equal(555, ProviderReaders.Interval(reader));
    }

    [Fact]
    public void Temporality_is_delta_whatever_the_options_say()
    {
        var reader = Build(builder => builder.AddStatsdExporter((_, options) =>
            options.TemporalityPreference = MetricReaderTemporalityPreference.Cumulative));
        Assert.Equal(MetricReaderTemporalityPreference.Delta, reader.TemporalityPreference);
    }

    [Fact]
    public void What_is_set_for_it_does_not_reach_the_other_exporters_of_the_provider()
    {
        var services = new ServiceCollection();
        MetricReader? otlp = null;
        services.ConfigureOpenTelemetryMeterProvider(builder => builder
            .AddStatsdExporter((_, options) =>
            {
                options.TemporalityPreference = MetricReaderTemporalityPreference.Delta;
                options.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 777;
                options.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = 333;
            })
            .AddOtlpExporter()
            .AddReader(provider => Capture(provider.GetRequiredService<IOptionsMonitor<MetricReaderOptions>>().CurrentValue)));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        new HostlessBuilder(services).WithMetrics(_ => { });
        using var container = services.BuildServiceProvider();
        var meterProvider = container.GetRequiredService<MeterProvider>();

        Assert.NotNull(otlp);
        Assert.Equal(MetricReaderTemporalityPreference.Cumulative, otlp.TemporalityPreference);
        var shared = container.GetRequiredService<IOptionsMonitor<MetricReaderOptions>>().CurrentValue;
        Assert.Null(shared.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds);
        Assert.Null(shared.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds);

        // All readers of the provider as it really runs: ours has what was set, the OTLP exporter's and a third have the SDK's own values.
        var readers = ProviderReaders.Of(meterProvider).ToArray();
        Assert.Equal([777, 60_000, 60_000], readers.Select(ProviderReaders.Interval));
        Assert.Equal(
            [MetricReaderTemporalityPreference.Delta, MetricReaderTemporalityPreference.Cumulative, MetricReaderTemporalityPreference.Cumulative],
            readers.Select(reader => reader.TemporalityPreference));

        MetricReader Capture(MetricReaderOptions options)
        {
            var periodic = options.PeriodicExportingMetricReaderOptions;
            return otlp = new PeriodicExportingMetricReader(
                new NothingExporter(), periodic.ExportIntervalMilliseconds ?? 60_000, periodic.ExportTimeoutMilliseconds ?? 30_000)
            {
                TemporalityPreference = options.TemporalityPreference,
            };
        }
    }

    [Fact]
    public void Exporters_of_different_names_have_their_own_options()
    {
        using var agent = new TestSupport.UdpReceiver();
        using var daemon = new TestSupport.UdpReceiver();
        using var meter = new System.Diagnostics.Metrics.Meter("two.exporters");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddStatsdExporter("agent", options => options.Endpoint = $"udp://{agent.EndPoint}")
            .AddStatsdExporter("daemon", options =>
            {
                options.Endpoint = $"udp://{daemon.EndPoint}";
                options.Profile = StatsdProfile.StatsD;
            })
            .Build();
        meter.CreateGauge<int>("g").Record(-1, new KeyValuePair<string, object?>("k", "v"));
        Assert.True(provider.ForceFlush());

        Assert.Equal("g:-1|g|#k:v"u8.ToArray(), Assert.Single(agent.WaitForDatagrams(1)));
        Assert.Equal("g:0|g\ng:-1|g"u8.ToArray(), Assert.Single(daemon.WaitForDatagrams(1)));
    }

    [Theory]
    [InlineData(10_000, 30_000, 1)]
    [InlineData(10_001, 30_000, 2)]
    [InlineData(10_000, 29_999, 2)]
    public void Exporters_of_one_interval_and_one_time_limit_share_a_reader(int interval, int timeout, int readers)
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddStatsdExporter()
            .AddStatsdExporter("other", (_, options) =>
            {
                options.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = interval;
                options.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = timeout;
            })
            .AddStatsdExporter("third", (_, _) => { })
            .Build();
        Assert.Equal(readers, ProviderReaders.Of(provider).Count());
    }

    [Theory]
    [InlineData(null, "without a name")]
    [InlineData("agent", "with the name 'agent'")]
    public void Two_exporters_of_one_name_stop_the_build(string? name, string said)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .AddStatsdExporter(name, options => options.Endpoint = "udp://127.0.0.1:1")
            .AddStatsdExporter(name, options => options.Endpoint = "udp://127.0.0.1:2");
        var error = Assert.Throws<InvalidOperationException>(() => builder.Build());
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_service_collection_may_make_several_containers()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        new HostlessBuilder(services).WithMetrics(builder => builder.AddStatsdExporter((_, options) =>
            options.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (options.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds ?? 0) + 5));
        for (var i = 0; i < 2; i++)
        {
            using var container = services.BuildServiceProvider();
            Assert.Equal(5, ProviderReaders.Interval(ProviderReaders.Of(container.GetRequiredService<MeterProvider>()).Single()));
        }
    }

    [Theory]
    [InlineData(500, 30_000, 500)]
    [InlineData(30_000, 500, 500)]
    [InlineData(Timeout.Infinite, 500, 500)]
    [InlineData(500, Timeout.Infinite, 500)]
    public void A_shutdown_has_the_lower_of_two_limits(int asked, int exportTimeout, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Shutdown(asked, exportTimeout).Hurried);

    [Fact]
    public void Without_any_limit_there_is_time_for_ever()
    {
        var delivery = Shutdown(Timeout.Infinite, Timeout.Infinite);
        Assert.True(delivery.Hurried > TimeSpan.FromDays(1));
        Assert.True(delivery.Granted > TimeSpan.FromDays(1));
    }

    private static DeliveryOfBudgets Shutdown(int timeout, int exportTimeout)
    {
        var delivery = new DeliveryOfBudgets();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddReader(new ReceiverAwareMetricReader<DeliveryOfBudgets>(delivery, Timeout.Infinite, exportTimeout))
            .Build();
        provider.Shutdown(timeout);
        return delivery;
    }

    private static PeriodicExportingMetricReader Build(Action<MeterProviderBuilder> configure, Dictionary<string, string?>? environment = null)
    {
        var builder = Sdk.CreateMeterProviderBuilder().ConfigureServices(services => services
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(environment ?? []).Build()));
        configure(builder);
        using var provider = builder.Build();
        return ProviderReaders.Of(provider).Single();
    }

    private sealed class HostlessBuilder(IServiceCollection services) : IOpenTelemetryBuilder
    {
        public IServiceCollection Services { get; } = services;
    }

    private sealed class DeliveryOfBudgets : BaseExporter<Metric>, IDelivery
    {
        public TimeSpan Hurried { get; private set; }

        public TimeSpan Granted { get; private set; }

        public bool IsAway => false;

        public bool IsReceiverThere(TimeSpan budget) => true;

        public void Grant(TimeSpan budget) => Granted = budget;

        public void Hurry(TimeSpan budget) => Hurried = budget;

        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }

    private sealed class NothingExporter : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
