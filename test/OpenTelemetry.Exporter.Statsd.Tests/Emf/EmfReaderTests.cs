using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>The reader of an EMF exporter, which StatsD exporters may share, and what it is put together from.</summary>
public sealed class EmfReaderTests
{
    private const string Nobody = "udp://127.0.0.1:9";

    [Theory]
    [InlineData(null, 10_000)]
    [InlineData("1234", 1234)]
    public void The_interval_is_ten_seconds_unless_the_environment_says_otherwise(string? variable, int milliseconds)
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(
                new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_METRIC_EXPORT_INTERVAL", variable)]).Build()))
            .AddEmfExporter(options => options.Endpoint = Nobody)
            .Build();
        Assert.Equal(milliseconds, ProviderReaders.Interval(ProviderReaders.Of(provider).Single()));
    }

    [Fact]
    public void Temporality_is_delta_whatever_the_options_say()
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddEmfExporter((options, reader) =>
            {
                options.Endpoint = Nobody;
                reader.TemporalityPreference = MetricReaderTemporalityPreference.Cumulative;
            })
            .Build();
        Assert.Equal(MetricReaderTemporalityPreference.Delta, ProviderReaders.Of(provider).Single().TemporalityPreference);
    }

    [Theory]
    [InlineData(10_000, 30_000, new[] { 10_000 })]
    [InlineData(10_001, 30_000, new[] { 10_001, 10_000 })]
    [InlineData(10_000, 29_999, new[] { 10_000, 10_000 })]
    public void Exporters_of_both_kinds_share_a_reader_if_interval_and_time_limit_are_the_same(int interval, int timeout, int[] readers)
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddStatsdExporter("statsd", options => options.Endpoint = Nobody)
            .AddEmfExporter("emf", (options, reader) =>
            {
                options.Endpoint = Nobody;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = interval;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = timeout;
            })
            .AddStatsdExporter("other", options => options.Endpoint = Nobody)
            .Build();
        Assert.Equal(readers, ProviderReaders.Of(provider).Select(ProviderReaders.Interval));
        Assert.NotNull(provider.GetEmfExporterStatistics());
        Assert.NotNull(provider.GetStatsdExporterStatistics("statsd"));
        Assert.NotNull(provider.GetStatsdExporterStatistics("other"));
    }

    [Fact]
    public void Exporters_without_a_name_share_a_reader_but_not_what_one_of_them_sets_for_it()
    {
        using var shared = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.Configure<MetricReaderOptions>(
                options => options.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 555))
            .AddEmfExporter(options => options.Endpoint = Nobody)
            .AddStatsdExporter(options => options.Endpoint = Nobody)
            .Build();
        Assert.Equal([555], ProviderReaders.Of(shared).Select(ProviderReaders.Interval));

        using var separate = Sdk.CreateMeterProviderBuilder()
            .AddEmfExporter((options, reader) =>
            {
                options.Endpoint = Nobody;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 777;
            })
            .AddStatsdExporter(options => options.Endpoint = Nobody)
            .Build();
        Assert.Equal([777, 10_000], ProviderReaders.Of(separate).Select(ProviderReaders.Interval));
    }

    [Fact]
    public void No_two_exporters_of_a_provider_have_one_name_of_whatever_kind_they_are()
    {
        AssertTaken(
            builder => builder.AddEmfExporter().AddEmfExporter(),
            "AddEmfExporter was called more than once without a name, so that",
            "without one, it is 'emf'.");
        AssertTaken(
            builder => builder.AddEmfExporter("agent", (_, _) => { }).AddEmfExporter("agent", (_, _) => { }),
            "AddEmfExporter was called more than once with the name 'agent', so that",
            "without one, it is 'emf'.");
        AssertTaken(
            builder => builder.AddStatsdExporter("agent", (_, _) => { }).AddEmfExporter("agent", (_, _) => { }),
            "AddStatsdExporter and AddEmfExporter were called with the name 'agent', so that",
            "without one, it is 'default' or 'emf'.");
        AssertTaken(
            builder => builder.AddEmfExporter().AddStatsdExporter("emf", (_, _) => { }),
            "AddEmfExporter and AddStatsdExporter were called with the name 'emf', so that",
            "without one, it is 'emf' or 'default'.");
        AssertTaken(
            builder => builder.AddEmfExporter("default", (_, _) => { }).AddStatsdExporter(),
            "AddEmfExporter and AddStatsdExporter were called with the name 'default', so that",
            "without one, it is 'emf' or 'default'.");
    }

    [Fact]
    public void An_exporter_is_disposed_of_when_what_belongs_to_it_or_to_another_cannot_be_made()
    {
        var whole = new Registration("whole");
        var broken = new Registration("broken") { IsBroken = true };
        var builder = Sdk.CreateMeterProviderBuilder().ConfigureServices(services => services
            .AddSingleton<PushExporterRegistration>(whole)
            .AddSingleton<PushExporterRegistration>(broken));
        ((IDeferredMeterProviderBuilder)builder).Configure(broken.Configure);
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => builder.Build()).Message);
        Assert.Equal((1, 1), (whole.Disposals, broken.Disposals));
    }

    private static void AssertTaken(Action<MeterProviderBuilder> add, string begin, string end)
    {
        var builder = Sdk.CreateMeterProviderBuilder();
        add(builder);
        var message = Assert.Throws<InvalidOperationException>(() => builder.Build()).Message;
        Assert.StartsWith(begin, message, StringComparison.Ordinal);
        Assert.EndsWith(end, message, StringComparison.Ordinal);
    }

    /// <summary>Adds an exporter, and then fails if it is told to.</summary>
    private sealed class Registration(string name) : PushExporterRegistration(name, "AddNothing", "nothing")
    {
        public bool IsBroken { get; init; }

        public int Disposals { get; private set; }

        protected override void ResolveOptions(IServiceProvider services)
        {
        }

        protected override void AddTo(ReaderParts parts, IServiceProvider services)
        {
            Assert.True(parts.IsShared);
            parts.Add(new Exporter(() => Disposals++));
            if (IsBroken)
            {
                throw new InvalidOperationException(Name);
            }
        }
    }

    private sealed class Exporter(Action disposed) : BaseExporter<Metric>, IDelivery
    {
        public bool IsAway => false;

        public bool IsReceiverThere(TimeSpan budget) => true;

        public void Grant(TimeSpan budget)
        {
        }

        public void Hurry(TimeSpan budget)
        {
        }

        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;

        protected override void Dispose(bool disposing)
        {
            disposed();
            base.Dispose(disposing);
        }
    }
}
