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
    public void Who_asks_waits_for_it_and_a_periodic_collection_hardly_does()
    {
        using var run = new OutletRun();
        var pump = new StreamPump(run.Name, run.Recorder, run.Outlet, isReady: () => false, TimeProvider.System);
        pump.Start();
        var exporter = new Exporter();
        var reader = new ReceiverAwareMetricReader<Exporter>(exporter, 1, 600_000, pump);
        using var provider = Sdk.CreateMeterProviderBuilder().AddReader(reader).Build();
        Assert.True(SpinWait.SpinUntil(() => exporter.Collections > 3, Soon), "A collection waits for the stream, which never gets there.");
        Assert.False(provider.ForceFlush(1));
    }

    [Fact]
    public async Task Nobody_goes_on_waiting_for_it_once_the_end_is_announced()
    {
        using var run = new OutletRun();
        var pump = new StreamPump(run.Name, run.Recorder, run.Outlet, isReady: () => false, TimeProvider.System);
        pump.Start();
        var exporter = new Exporter();
        var reader = new ReceiverAwareMetricReader<Exporter>(exporter, Timeout.Infinite, 600_000, pump);
        using var provider = Sdk.CreateMeterProviderBuilder().AddReader(reader).Build();
        var cancelled = TestContext.Current.CancellationToken;
        var flush = Task.Run(() => provider.ForceFlush(), cancelled);
        Assert.True(SpinWait.SpinUntil(() => exporter.Collections > 0, Soon), "Nothing is collected.");
        await Task.Run(() => provider.Shutdown(), cancelled).WaitAsync(Soon, cancelled);

        // By now the stream may have come to its end, with nothing left.
        await flush.WaitAsync(Soon, cancelled);
        Assert.Equal(2, exporter.Collections);
    }

    private sealed class Exporter : BaseExporter<Metric>, IDelivery
    {
        private int collections;

        public int Collections => Volatile.Read(ref collections);

        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;

        public bool IsAway => false;

        public bool IsReceiverThere(TimeSpan budget) => true;

        public void Grant(TimeSpan budget) => Interlocked.Increment(ref collections);

        public void Hurry(TimeSpan budget)
        {
        }
    }
}
