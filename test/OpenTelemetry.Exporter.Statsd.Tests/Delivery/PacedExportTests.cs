using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>Exports that would take minutes at their pace, but have to end earlier: what is left goes out at once, and none is lost.</summary>
public sealed class PacedExportTests : IDisposable
{
    // Fewer packets than a receiver takes at once.
    private const int Counters = 3;
    private const int SeriesPerCounter = 1000;

    /// <summary>Long enough for any of these exports on any machine, and far less than the pace would take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static int number;

    private readonly string name = $"paced.export.{Interlocked.Increment(ref number)}";
    private readonly CountingSink sink = new();
    private readonly UdpReceiver receiver;
    private readonly Meter meter;

    public PacedExportTests()
    {
        receiver = new UdpReceiver(options: new ReceiverOptions { Sink = sink });
        meter = new Meter(name);
    }

    public void Dispose()
    {
        meter.Dispose();
        receiver.Dispose();
    }

    [Fact]
    public void The_end_of_the_export_timeout_overrides_the_pace()
    {
        using var self = new SelfMetrics(name);
        using var provider = NewProvider(exportTimeout: 500);
        Record();
        Assert.True(Within(() => provider.ForceFlush()));
        AssertEverythingArrived(self);
    }

    [Fact]
    public void The_end_of_the_provider_overrides_the_pace()
    {
        using var self = new SelfMetrics(name);
        var provider = NewProvider(exportTimeout: Timeout.Infinite);
        Record();
        Within(() =>
        {
            provider.Dispose();
            return true;
        });
        AssertEverythingArrived(self);
    }

    [Fact]
    public void A_shutdown_overrides_the_pace_of_the_export_that_runs()
    {
        using var self = new SelfMetrics(name);
        using var provider = NewProvider(exportTimeout: Timeout.Infinite);
        Record();
        var export = Task.Run(() => provider.ForceFlush());
        receiver.WaitUntil(() => sink.Totals.Payloads > 0);

        // Of which the export keeps its pace for four tenths.
        Assert.True(Within(() => provider.Shutdown(10_000)));
        Assert.True(Within(() => export.Result));
        AssertEverythingArrived(self);
    }

    private static bool Within(Func<bool> call)
    {
        var running = Task.Run(call);
        Assert.True(running.Wait(Patience), "The pace was kept.");
        return running.Result;
    }

    private MeterProvider NewProvider(int exportTimeout) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
        .AddMeter(name)
        .AddStatsdExporter(name, (statsd, reader) =>
        {
            statsd.Endpoint = receiver.Address;
            statsd.MaxPacketsPerSecond = 1;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = exportTimeout;
        })
        .Build();

    private void Record()
    {
        for (var i = 0; i < Counters; i++)
        {
            var counter = meter.CreateCounter<long>($"paced.requests.handled.{i}");
            for (var series = 1; series <= SeriesPerCounter; series++)
            {
                counter.Add(series, new("route", $"orders-{series}"), new("host", "web-1"));
            }
        }
    }

    private void AssertEverythingArrived(SelfMetrics self)
    {
        // An end that runs out of time leaves the rest to the export that is under way.
        Observed.Until(() => self["statsd.exporter.points.exported"] + self.All("statsd.exporter.points.dropped") >= Counters * SeriesPerCounter);
        receiver.StopGracefully();
        Assert.Equal(Counters * SeriesPerCounter, sink.Totals.Lines);
        Assert.Equal(Counters * SeriesPerCounter * (SeriesPerCounter + 1) / 2, sink.Totals.Counted);
        Assert.Equal(Counters * SeriesPerCounter, self["statsd.exporter.points.exported"]);
        Assert.Equal(0, self.All("statsd.exporter.packets.dropped"));
    }
}
