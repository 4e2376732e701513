using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>A flush of a stream under more than it can send, and who waits for it.</summary>
[Collection(Alone.Name)]
public sealed class StreamFlushTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public void It_ends_and_numbers_go_on_being_sent_while_threads_record_more_than_can_be_sent()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("flush.overload");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddStatsdExporter(meter.Name, options =>
            {
                options.Endpoint = receiver.Address;
                options.Profile = StatsdProfile.OpenTelemetryCollector;
                options.MaxStreamPacketsPerSecond = 1000;
                options.MaxBufferBytes = 65_536;
                options.Stream(meter.Name);
            })
            .Build();
        var histogram = meter.CreateHistogram<long>("h");
        var counter = meter.CreateCounter<long>("c");
        var gauge = meter.CreateGauge<long>("g");
        var (recorded, isOver) = (0L, false);
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            var own = 0L;
            while (!Volatile.Read(ref isOver))
            {
                histogram.Record(own++);
            }

            Interlocked.Add(ref recorded, own);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        try
        {
            Assert.True(SpinWait.SpinUntil(() => Told().MeasurementsRefused > 0, Soon), "The threads are not faster than the stream.");
            counter.Add(3);
            gauge.Record(4);
            Assert.True(provider.ForceFlush());
            receiver.WaitFor(_ => Has("c:3|c") && Has("g:4|g"), Soon);
            counter.Add(5);
            gauge.Record(6);
            receiver.WaitFor(_ => Has("c:5|c") && Has("g:6|g"), Soon);
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            Array.ForEach(threads, thread => thread.Join());
        }

        provider.Shutdown();
        Assert.Equal(recorded + 4, Told().MeasurementsExported + Told().MeasurementsDropped + Told().MeasurementsRefused);

        StatsdExporterStatistics Told() => provider.GetStatsdExporterStatistics(meter.Name)!;

        bool Has(string line) => receiver.Payloads.Any(packet => System.Text.Encoding.UTF8.GetString(packet).Split('\n').Contains(line));
    }

    [Fact]
    public void Several_at_once_all_end_while_others_ask_again_and_again()
    {
        using var run = new OutletRun();
        using var pump = new StreamPump(run.Name, run.Recorder, run.Outlet, () => true, TimeProvider.System);
        pump.Start();
        var counter = run.Meter.CreateCounter<long>("c");
        var flushed = new bool[4];
        var threads = Enumerable.Range(0, flushed.Length).Select(index => new Thread(() =>
        {
            flushed[index] = true;
            for (var i = 0; i < 50; i++)
            {
                counter.Add(1);
                flushed[index] &= pump.WaitForFlush(pump.RequestFlush(), Soon);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.DoesNotContain(false, flushed);
        Assert.Equal(200, run.Told.MeasurementsExported);
    }

    [Fact]
    public void A_collection_ends_once_its_streams_are_flushed()
    {
        using var run = new OutletRun();
        using var pump = new StreamPump(run.Name, run.Recorder, run.Outlet, isReady: () => false, TimeProvider.System);
        var reader = new ReceiverAwareMetricReader<Exporter>(new Exporter(), Timeout.Infinite, 600_000, pump);
        using var provider = Sdk.CreateMeterProviderBuilder().AddReader(reader).Build();
        pump.Start();
        run.Meter.CreateCounter<long>("c").Add(1);
        Assert.False(provider.ForceFlush(1), "The stream was not ready, and could not be flushed.");
        Assert.Equal(0, run.Told.MeasurementsExported);
    }

    private sealed class Exporter : BaseExporter<Metric>, IDelivery
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;

        public bool IsAway => false;

        public bool IsReceiverThere(TimeSpan budget) => true;

        public void Grant(TimeSpan budget)
        {
        }

        public void Hurry(TimeSpan budget)
        {
        }
    }
}
