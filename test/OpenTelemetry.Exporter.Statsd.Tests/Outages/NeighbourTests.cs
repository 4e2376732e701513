using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>One provider with an exporter whose receiver is away, one whose receiver is stalled, and one whose receiver is there; with a reader for all or for each.</summary>
public sealed class NeighbourTests
{
    private const int Filling = 3_000;
    private const int Intervals = 20;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receiver_that_is_there_gets_each_interval_whatever_becomes_of_the_others(bool shareReader)
    {
        using var gone = new UdpReceiver();
        gone.StopGracefully();
        using var stalled = new UnixDatagramReceiver();
        stalled.Pause();
        using var live = new UnixStreamReceiver();
        var name = $"neighbours.{shareReader}";
        using var meter = new Meter(name);
        using var ofGone = new SelfMetrics($"{name}.gone");
        using var ofStalled = new SelfMetrics($"{name}.stalled");
        using var ofLive = new SelfMetrics($"{name}.live");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddView("c", new MetricStreamConfiguration { CardinalityLimit = 2 * Filling })
            .AddStatsdExporter($"{name}.gone", (statsd, reader) => Configure(statsd, reader, gone, 50))
            .AddStatsdExporter($"{name}.stalled", (statsd, reader) => Configure(statsd, reader, stalled, shareReader ? 50 : 51))
            .AddStatsdExporter($"{name}.live", (statsd, reader) => Configure(statsd, reader, live, shareReader ? 50 : 52))
            .Build();
        var counter = meter.CreateCounter<int>("c");
        var recorded = 0;

        // More than the kernel keeps for a receiver that reads nothing.
        Record(Filling);
        Receive();
        for (var interval = 0; interval < Intervals; interval++)
        {
            Record(1);
            Receive();
        }

        // All exporters in turn, the one that is well as the last.
        Record(1);
        var cancelled = TestContext.Current.CancellationToken;
        Assert.False(await Task.Run(() => provider.ForceFlush(10_000), cancelled).WaitAsync(Soon, cancelled));
        Receive();

        Record(1);
        await Task.Run(provider.Dispose, cancelled).WaitAsync(Soon, cancelled);
        Receive();

        // An end that runs out of time leaves counting to the export that is under way.
        Observed.Until(() => Array.TrueForAll(
            [ofGone, ofStalled, ofLive], self => self["statsd.exporter.points.exported"] + self.All("statsd.exporter.points.dropped") >= recorded));
        Assert.Equal(0, ofLive.All("statsd.exporter.points.dropped"));
        Assert.Equal(recorded, ofLive["statsd.exporter.points.exported"]);
        Assert.Equal(recorded, ofGone["statsd.exporter.points.dropped", "receiver_away"]);

        stalled.Resume();
        stalled.StopGracefully();
        var taken = PointApplication.Distinct(stalled.Payloads);
        Assert.InRange(taken, 1, recorded - Intervals);
        Assert.Equal(taken, ofStalled["statsd.exporter.points.exported"]);

        // What was recorded while it was not collected for the stalled receiver is in the last collection, of one point a series.
        Assert.Equal(recorded, taken + ofStalled.All("statsd.exporter.points.dropped"));

        void Record(int points)
        {
            for (var i = 0; i < points; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("point", recorded++));
            }
        }

        void Receive()
        {
            live.WaitFor(payloads => PointApplication.Lines(payloads) == recorded, Soon);
            Assert.Equal(recorded, PointApplication.Distinct(live.Payloads));
        }
    }

    private static void Configure(StatsdExporterOptions statsd, MetricReaderOptions reader, Receiver receiver, int interval)
    {
        statsd.Endpoint = receiver.Address;
        statsd.Tags["long"] = new string('x', 100);
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = interval;
    }
}
