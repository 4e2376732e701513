using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>The thread of a stream, from its beginning to its end.</summary>
public sealed class StreamPumpTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public void It_can_be_disposed_of_without_a_start_and_more_than_once()
    {
        using var run = new OutletRun();
        var pump = NewPump(run);
        pump.Dispose();
        pump.Dispose();
        pump.Start();
        Assert.True(pump.WaitForStop(TimeSpan.Zero));
        Assert.True(run.Recorder.Lanes.IsClosed);
    }

    [Fact]
    public void It_leaves_no_thread_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are found by their names in /proc.");
        using var run = new OutletRun();
        var pump = NewPump(run, name: "~");
        pump.Start();
        Assert.True(SpinWait.SpinUntil(() => HasThread("StatsD stream ~"), Long));
        pump.Dispose();
        Assert.True(SpinWait.SpinUntil(() => !HasThread("StatsD stream ~"), Long));
    }

    [Fact]
    public void A_provider_that_cannot_be_built_leaves_nothing_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are found by their names in /proc.");
        using var meter = new Meter("pump.unbuilt");
        var counter = meter.CreateCounter<long>("counter");
        Assert.ThrowsAny<ArgumentException>(() => Sdk.CreateMeterProviderBuilder()
            .AddStatsdExporter("!", (statsd, reader) =>
            {
                statsd.Endpoint = "udp://127.0.0.1:9";
                statsd.Stream(meter.Name);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 0;
            })
            .Build());
        Assert.False(counter.Enabled);
        Assert.True(SpinWait.SpinUntil(() => !HasThread("StatsD stream !"), Long));
    }

    [Fact]
    public void What_was_recorded_is_delivered_when_a_flush_returns()
    {
        using var run = new OutletRun();
        using var pump = NewPump(run);
        pump.Start();
        var counter = run.Meter.CreateCounter<long>("c");
        for (var i = 1; i <= 20; i++)
        {
            counter.Add(1);
            Assert.True(pump.WaitForFlush(pump.RequestFlush(), Long));
            Assert.Equal(i, run.Told.MeasurementsExported);
        }
    }

    [Fact]
    public void A_defect_is_told_and_does_not_end_it()
    {
        using var run = new OutletRun();
        var failures = 3;
        using var pump = NewPump(run, isReady: () => failures-- > 0 ? throw new InvalidOperationException("A defect.") : true);
        pump.Start();
        run.Meter.CreateCounter<long>("c").Add(1);
        Assert.True(pump.WaitForFlush(pump.RequestFlush(), Long));
        Assert.Equal(1, run.Told.MeasurementsExported);
    }

    [Fact]
    public void Its_end_sends_what_is_left_and_refuses_the_rest()
    {
        using var run = new OutletRun();
        using var pump = NewPump(run);
        var counter = run.Meter.CreateCounter<long>("c");
        pump.Start();
        counter.Add(1);
        pump.RequestStop(Long);
        Assert.True(pump.WaitForStop(Long));
        counter.Add(1);
        Assert.Equal(1, run.Told.MeasurementsExported);
        Assert.True(pump.WaitForFlush(pump.RequestFlush(), TimeSpan.Zero));
    }

    [Fact]
    public void What_threads_record_while_it_ends_is_counted_to_the_last_measurement()
    {
        for (var round = 0; round < 200; round++)
        {
            using var run = new OutletRun(options => options.MaxStreamBufferBytes = 1 << 20);
            using var pump = NewPump(run);
            pump.Start();
            var counter = run.Meter.CreateCounter<long>("c");
            var isOver = false;
            var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    counter.Add(1);
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Assert.True(SpinWait.SpinUntil(() => run.Recorder.Lanes.ReadTotals().Appended > 100, Long));
            pump.RequestStop(Long);
            Assert.True(pump.WaitForStop(Long));
            Volatile.Write(ref isOver, true);
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(run.Recorder.Lanes.ReadTotals().Appended, run.Told.MeasurementsExported + run.Told.MeasurementsDropped);
        }
    }

    [Fact]
    public void A_gauge_that_is_being_set_while_it_ends_is_refused()
    {
        using var run = new OutletRun();
        using var pump = NewPump(run);
        pump.Start();
        var value = new Interruption(() =>
        {
            pump.RequestStop(Long);
            Assert.True(pump.WaitForStop(Long));
        });
        run.Meter.CreateGauge<long>("g").Record(1, new KeyValuePair<string, object?>("k", value));
        Assert.Equal(1, run.Told.MeasurementsRefusedByReason["closed"]);
        Assert.Equal(0, run.Told.MeasurementsExported);
    }

    [Fact]
    public void Nothing_is_taken_before_it_is_ready_but_at_its_end()
    {
        using var run = new OutletRun();
        using var pump = NewPump(run, isReady: () => false);
        pump.Start();
        run.Meter.CreateCounter<long>("c").Add(1);
        Assert.False(pump.WaitForFlush(pump.RequestFlush(), TimeSpan.FromMilliseconds(20)));
        Assert.Equal(0, run.Told.MeasurementsExported);
        pump.RequestStop(Long);
        Assert.True(pump.WaitForStop(Long));
        Assert.Equal(1, run.Told.MeasurementsExported);
    }

    private static StreamPump NewPump(OutletRun run, string? name = null, Func<bool>? isReady = null) =>
        new(name ?? run.Name, run.Recorder, run.Outlet, isReady ?? (() => true), TimeProvider.System);

    /// <summary>A value of a tag that does something when it is looked up.</summary>
    private sealed class Interruption(Action action)
    {
        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode()
        {
            action();
            return 1;
        }
    }

    private static bool HasThread(string name) => Directory.GetDirectories("/proc/self/task").Any(task =>
    {
        try
        {
            return File.ReadAllText($"{task}/comm").Trim() == name;
        }
        catch (IOException)
        {
            return false;
        }
    });
}
