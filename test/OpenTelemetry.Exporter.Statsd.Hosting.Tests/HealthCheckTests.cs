using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Hosting.Tests;

public sealed class HealthCheckTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_receiver_that_takes_packets_is_healthy()
    {
        using var receiver = new UdpReceiver();
        await using var app = new App("healthy", receiver.EndPoint);
        app.Meter.CreateCounter<int>("c").Add(1);
        Assert.True(app.Flush());

        var entry = await app.Check("statsd-healthy");
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(nameof(StatsdBreakerState.Closed), entry.Data["BreakerState"]);
        Assert.Equal(1L, entry.Data["PointsExported"]);
        Assert.Equal(1L, entry.Data["PacketsSent"]);
        Assert.Equal(0L, entry.Data["PointsDropped"]);
        Assert.Equal(0, entry.Data["QueuedPackets"]);
    }

    [Fact]
    public async Task A_receiver_that_is_away_is_degraded_until_it_is_back()
    {
        using var receiver = new UdpReceiver();
        receiver.StopGracefully();
        await using var app = new App("away", receiver.EndPoint);
        app.Meter.CreateCounter<int>("c").Add(1);
        Assert.False(app.Flush());
        var away = await app.Check("statsd-away");
        Assert.Equal(HealthStatus.Degraded, away.Status);
        Assert.Equal("The StatsD exporter 'away' takes its receiver for unreachable.", away.Description);
        Assert.Equal(nameof(StatsdBreakerState.Open), away.Data["BreakerState"]);

        // It says so as long as that is so.
        Assert.Equal(HealthStatus.Degraded, (await app.Check("statsd-away")).Status);

        receiver.Start();
        Assert.True(SpinWait.SpinUntil(app.Flush, Deadline), "The exporter did not find the receiver again.");
        var back = await app.Check("statsd-away");
        Assert.Equal(HealthStatus.Healthy, back.Status);
        Assert.Equal(1L, back.Data["PointsExported"]);
        Assert.Equal(0L, back.Data["PointsDropped"]);
    }

    [Fact]
    public async Task A_receiver_that_is_back_is_healthy_although_there_is_nothing_to_send()
    {
        using var receiver = new UdpReceiver();
        receiver.StopGracefully();
        await using var app = new App("idle", receiver.EndPoint);
        app.Flush();
        Assert.Equal(HealthStatus.Degraded, (await app.Check("statsd-idle")).Status);

        receiver.Start();
        Assert.True(SpinWait.SpinUntil(app.Flush, Deadline), "The exporter did not find the receiver again.");
        Assert.Equal(HealthStatus.Healthy, (await app.Check("statsd-idle")).Status);
    }

    [Fact]
    public async Task Dropped_points_are_told_once()
    {
        using var receiver = new UdpReceiver();
        await using var app = new App("dropped", receiver.EndPoint);
        Assert.Equal(HealthStatus.Healthy, (await app.Check("statsd-dropped")).Status);
        var gauge = app.Meter.CreateGauge<double>("g");
        gauge.Record(double.NaN);
        gauge.Record(double.NaN, new KeyValuePair<string, object?>("k", "v"));
        app.Flush();

        var dropped = await app.Check("statsd-dropped");
        Assert.Equal(HealthStatus.Degraded, dropped.Status);
        Assert.Equal("The StatsD exporter 'dropped' has dropped points since the last check: 2.", dropped.Description);
        Assert.Equal(2L, dropped.Data["PointsDropped"]);
        Assert.Equal(2L, dropped.Data["PointsDropped.invalid_value"]);

        var after = await app.Check("statsd-dropped");
        Assert.Equal(HealthStatus.Healthy, after.Status);
        Assert.Equal(2L, after.Data["PointsDropped"]);
    }

    [Fact]
    public async Task Lost_measurements_of_a_stream_are_told_once()
    {
        using var receiver = new UdpReceiver();
        await using var app = new App("streamed", receiver.EndPoint, stream: "values");
        var values = app.Meter.CreateHistogram<double>("values");
        values.Record(double.NaN);
        values.Record(1, new KeyValuePair<string, object?>("thrower", new Thrower()));
        values.Record(2);
        Assert.True(SpinWait.SpinUntil(app.Flush, Deadline), "The stream was not flushed.");

        var lost = await app.Check("statsd-streamed");
        Assert.Equal(HealthStatus.Degraded, lost.Status);
        Assert.Equal("The StatsD exporter 'streamed' has dropped measurements since the last check: 1 and has refused measurements since the last check: 1.", lost.Description);
        Assert.Equal(1L, lost.Data["MeasurementsExported"]);
        Assert.Equal(1L, lost.Data["MeasurementsDropped.invalid_value"]);
        Assert.Equal(1L, lost.Data["MeasurementsRefused.no_series"]);
        Assert.Equal(HealthStatus.Healthy, (await app.Check("statsd-streamed")).Status);
    }

    [Fact]
    public async Task Of_many_checks_at_the_same_time_one_is_told_of_a_drop()
    {
        using var receiver = new UdpReceiver();
        await using var app = new App("many", receiver.EndPoint);
        var gauge = app.Meter.CreateGauge<double>("g");
        var told = 0;
        for (var round = 0; round < 20; round++)
        {
            gauge.Record(double.NaN);
            app.Flush();
            await Parallel.ForAsync(0, 8, async (_, _) =>
            {
                if ((await app.Check("statsd-many")).Status == HealthStatus.Degraded)
                {
                    Interlocked.Increment(ref told);
                }
            });
        }

        Assert.Equal(20, told);
    }

    [Fact]
    public async Task Each_check_remembers_for_itself()
    {
        using var receiver = new UdpReceiver();
        await using var app = new App(
            "each", receiver.EndPoint, checks => checks.AddStatsdExporter("each", name: "second", failureStatus: HealthStatus.Unhealthy));
        app.Meter.CreateGauge<double>("g").Record(double.NaN);
        app.Flush();

        Assert.Equal(HealthStatus.Degraded, (await app.Check("statsd-each")).Status);
        Assert.Equal(HealthStatus.Healthy, (await app.Check("statsd-each")).Status);
        Assert.Equal(HealthStatus.Unhealthy, (await app.Check("second")).Status);
        Assert.Equal(HealthStatus.Healthy, (await app.Check("second")).Status);
    }

    [Fact]
    public async Task An_exporter_that_does_not_exist_is_degraded_and_says_why()
    {
        using var receiver = new UdpReceiver();
        await using (var app = new App("there", receiver.EndPoint, checks => checks.AddStatsdExporter("elsewhere").AddStatsdExporter()))
        {
            var elsewhere = await app.Check("statsd-elsewhere");
            Assert.Equal(HealthStatus.Degraded, elsewhere.Status);
            Assert.Contains("'elsewhere' does not run: the MeterProvider has none of that name", elsewhere.Description, StringComparison.Ordinal);
            Assert.Equal(HealthStatus.Degraded, (await app.Check("statsd")).Status);
        }

        await using (var app = new App("disabled", receiver.EndPoint, isDisabled: true))
        {
            var disabled = await app.Check("statsd-disabled");
            Assert.Equal(HealthStatus.Degraded, disabled.Status);
            Assert.Contains("the SDK is disabled", disabled.Description, StringComparison.Ordinal);
        }

        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks().AddStatsdExporter();
        await using var bare = services.BuildServiceProvider();
        var report = await bare.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Degraded, report.Entries["statsd"].Status);
        Assert.Contains("no MeterProvider is registered", report.Entries["statsd"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_is_registered_as_told()
    {
        var services = new ServiceCollection();
        var builder = services.AddHealthChecks();
        Assert.Same(builder, builder.AddStatsdExporter("e", "n", failureStatus: null, ["ready", "metrics"], TimeSpan.FromSeconds(3)));
        using var container = services.BuildServiceProvider();
        var registration = Assert.Single(container.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);
        Assert.Equal("n", registration.Name);
        Assert.Equal(HealthStatus.Unhealthy, registration.FailureStatus);
        Assert.Equal(["metrics", "ready"], registration.Tags.Order());
        Assert.Equal(TimeSpan.FromSeconds(3), registration.Timeout);
        Assert.Throws<ArgumentNullException>(() => ((IHealthChecksBuilder)null!).AddStatsdExporter());
    }

    /// <summary>A container with an exporter, a check of it and a meter to record with.</summary>
    private sealed class App : IAsyncDisposable
    {
        private readonly ServiceProvider services;

        public App(string name, IPEndPoint receiver, Action<IHealthChecksBuilder>? more = null, bool isDisabled = false, string? stream = null)
        {
            Meter = new Meter($"health.{name}");
            var collection = new ServiceCollection();
            collection.AddLogging();
            collection.AddSingleton<IConfiguration>(
                new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_SDK_DISABLED", isDisabled ? "true" : "false")]).Build());
            collection.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddMeter(Meter.Name)
                .AddStatsdExporter(name, (statsd, reader) =>
                {
                    statsd.Endpoint = $"udp://{receiver}";
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
                    if (stream is not null)
                    {
                        statsd.Stream(Meter.Name, stream);
                    }
                }));
            var checks = collection.AddHealthChecks().AddStatsdExporter(name);
            more?.Invoke(checks);
            services = collection.BuildServiceProvider();
            services.GetRequiredService<MeterProvider>();
        }

        public Meter Meter { get; }

        public bool Flush() => services.GetRequiredService<MeterProvider>().ForceFlush();

        public async Task<HealthReportEntry> Check(string name)
        {
            var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == name);
            return report.Entries[name];
        }

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            Meter.Dispose();
        }
    }

    /// <summary>The value of a tag whose own code fails.</summary>
    private sealed class Thrower
    {
        public override bool Equals(object? obj) => throw new InvalidOperationException("A tag of the application.");

        public override int GetHashCode() => throw new InvalidOperationException("A tag of the application.");
    }
}
