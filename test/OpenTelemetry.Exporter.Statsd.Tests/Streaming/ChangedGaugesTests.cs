using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Streaming;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>The last value of a gauge comes out, whatever other threads are in the middle of.</summary>
[Collection(Alone.Name)]
public sealed class ChangedGaugesTests
{
    private static readonly Tag[] A = [new("k", "a")];
    private static readonly Tag[] B = [new("k", "b")];

    [Fact]
    public void A_thread_that_sets_a_series_just_forgotten_hides_no_other()
    {
        using var run = new RecorderRun(RecorderRun.Rule("changed.late"));
        using var meter = new Meter("changed.late");
        var gauge = meter.CreateGauge<long>("gauge");
        gauge.Record(1, B);
        gauge.Record(2, A);
        var forgotten = run.Recorder.Series.ToArray().Single(series => series?.Tags[0].Value is "a")!;
        run.Recorder.Forget(forgotten);

        // As a thread does that found the series before it was forgotten.
        Assert.False(forgotten.TrySet(3, run.Recorder.ChangedGauges));
        gauge.Record(4, A);
        Assert.Equal(["a=2", "a=4", "b=1"], Taken(run));
        for (var i = 100; i < 103; i++)
        {
            gauge.Record(i, B);
            Assert.Equal([$"b={i}"], Taken(run));
        }

        Assert.True(run.Recorder.ChangedGauges.IsEmpty);
    }

    [Fact]
    public void A_series_set_after_it_was_forgotten_says_nothing_in_the_place_of_its_successor()
    {
        using var run = new RecorderRun(RecorderRun.Rule("changed.reused"));
        using var meter = new Meter("changed.reused");
        var gauge = meter.CreateGauge<long>("gauge");
        gauge.Record(1, A);
        Assert.Equal(["a=1"], Taken(run));
        var forgotten = run.Recorder.Series.ToArray().Single(series => series is not null)!;
        run.Recorder.Forget(forgotten);
        run.Clock.Advance(SeriesIds.RestTime);
        gauge.Record(2, B);
        Assert.Equal(["b=2"], Taken(run));
        Assert.Equal(SeriesIds.IndexOf(forgotten.Id), SeriesIds.IndexOf(run.Recorder.Series.ToArray().Single(series => series is not null)!.Id));
        Assert.False(forgotten.TrySet(3, run.Recorder.ChangedGauges));
        Assert.Empty(Taken(run));
        gauge.Record(4, B);
        Assert.Equal(["b=4"], Taken(run));
    }

    [Fact]
    public void What_a_thread_has_set_can_be_taken_whoever_else_sets_the_same()
    {
        using var run = new RecorderRun(RecorderRun.Rule("changed.same"));
        using var meter = new Meter("changed.same");
        var gauge = meter.CreateGauge<long>("gauge");
        var isOver = false;
        var others = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                gauge.Record(-1, A);
            }
        })).ToArray();
        Array.ForEach(others, thread => thread.Start());
        try
        {
            for (var i = 0; i < 1_000_000; i++)
            {
                gauge.Record(i, A);
                Assert.True(run.Recorder.ChangedGauges.TryTake(out _, out var value));
                Assert.True(value == i || value == -1);
                while (run.Recorder.ChangedGauges.TryTake(out _, out _))
                {
                }
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            Array.ForEach(others, thread => thread.Join());
        }
    }

    [Fact]
    public void A_round_comes_to_its_end_though_gauges_are_set_all_the_time()
    {
        using var run = new RecorderRun(RecorderRun.Rule("changed.round", limit: 100_000));
        using var meter = new Meter("changed.round");
        var gauge = meter.CreateGauge<long>("gauge");
        var tags = Enumerable.Range(0, 40_000).Select(i => new Tag("k", i)).ToArray();
        foreach (var tag in tags)
        {
            gauge.Record(1, tag);
        }

        var taken = 0;
        while (run.Recorder.ChangedGauges.TryTake(out var series, out var value) && taken <= tags.Length)
        {
            Assert.Equal(1, value);
            taken++;
            gauge.Record(2, series!.Tags);
        }

        Assert.Equal(tags.Length, taken);
        Assert.False(run.Recorder.ChangedGauges.IsEmpty);
        Assert.Equal(Enumerable.Repeat(2L, tags.Length), run.TakeGauges().Select(gauge => gauge.Bits));
        Assert.True(run.Recorder.ChangedGauges.IsEmpty);
    }

    private static string[] Taken(RecorderRun run) => [.. run.TakeGauges().Select(gauge => $"{gauge.Series.Tags[0].Value}={gauge.Bits}").Order(StringComparer.Ordinal)];
}
