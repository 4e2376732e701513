using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Streaming;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Of a meter that is over, a stream keeps nothing but the name.</summary>
public sealed class StreamMemoryTests
{
    [Fact]
    public void The_instruments_of_a_meter_that_is_over_are_garbage()
    {
        using var run = new OutletRun(options => options.Stream("streaming.memory*"));
        var (stream, _) = RecordAndEnd(run);
        Forget(run);
        Collect();
        Assert.False(stream.TryGetTarget(out _));
    }

    [Fact]
    public void A_stream_that_is_over_holds_no_tags()
    {
        using var run = new OutletRun(options => options.Stream("streaming.memory*"));
        var (stream, value) = RecordAndEnd(run);
        Assert.True(stream.TryGetTarget(out var held));
        Forget(run);
        Collect();
        Assert.True(held.IsOver);
        Assert.False(value.TryGetTarget(out _));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference<StreamInstrument> Stream, WeakReference<object> Value) RecordAndEnd(OutletRun run)
    {
        using var meter = new Meter("streaming.memory.over");
        var value = new object();
        var counter = meter.CreateCounter<long>("counter");
        counter.Add(1, new Tag("k", value));
        counter.Add(1, new Tag("k", value));
        Assert.Single(run.FlushRecords());
        return (new(Assert.Single(run.Recorder.Instruments)), new(value));
    }

    /// <summary>Lets the times pass after which a series is forgotten, and its number free.</summary>
    private static void Forget(OutletRun run)
    {
        for (var i = 0; i < 3; i++)
        {
            run.Clock.Advance(SeriesIds.RestTime);
            run.Outlet.Step();
        }

        using var other = new Meter("streaming.memory.other");
        other.CreateCounter<long>("other").Add(1);
        Assert.Single(run.FlushRecords());
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
