using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Streaming;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>How many series there may be, what becomes of further ones, and how they are forgotten.</summary>
public sealed class CardinalityTests
{
    [Fact]
    public void What_exceeds_the_limit_is_one_series()
    {
        using var run = new RecorderRun(RecorderRun.Rule("limit", limit: 10));
        using var meter = new Meter("limit");
        var counter = meter.CreateCounter<long>("counter");
        for (var i = 0; i < 3 * 15; i++)
        {
            counter.Add(i, new KeyValuePair<string, object?>("k", i % 15));
        }

        counter.Add(45);
        var records = run.Drain();
        Assert.Equal(46, records.Count);
        Assert.Equal(12, records.Select(record => record.Series).Distinct().Count());
        foreach (var (series, number) in records)
        {
            object? expected = number == 45 ? null : number % 15 < 10 ? new KeyValuePair<string, object?>("k", (int)number % 15) : new KeyValuePair<string, object?>("otel.metric.overflow", true);
            Assert.Equal(expected, series.Tags.IsEmpty ? null : series.Tags.ToArray().Single());
        }
    }

    [Fact]
    public void Instruments_have_a_limit_each()
    {
        using var run = new RecorderRun(RecorderRun.Rule("limits", limit: 1));
        using var meter = new Meter("limits");
        meter.CreateCounter<long>("a").Add(1, new KeyValuePair<string, object?>("k", 1));
        meter.CreateCounter<long>("b").Add(1, new KeyValuePair<string, object?>("k", 2));
        Assert.Equal([1, 2], run.Drain().Select(record => record.Series.Tags[0].Value));
    }

    [Fact]
    public void A_series_that_is_forgotten_makes_room_and_comes_back_as_another()
    {
        using var run = new RecorderRun(RecorderRun.Rule("forget", limit: 2));
        using var meter = new Meter("forget");
        var counter = meter.CreateCounter<long>("counter");
        var (one, two, three) = (Tag("one"), Tag("two"), Tag("three"));
        counter.Add(1, one);
        counter.Add(1, two);
        var (first, second) = (run.Drain()[0].Series, Live(run)[1]);
        run.Recorder.Forget(first);
        run.Recorder.Forget(first);
        counter.Add(1, three);
        counter.Add(1, one);
        counter.Add(1, two);
        Assert.Equal(["three", true, "two"], run.Drain().Select(record => record.Series.Tags[0].Value));
        Assert.Contains(second, Live(run));
        run.Recorder.Forget(second);
        counter.Add(1, one);
        var again = Assert.Single(run.Drain()).Series;
        Assert.Equal("one", again.Tags[0].Value);
        Assert.NotSame(first, again);
    }

    [Fact]
    public void What_has_no_tags_or_overflows_can_be_forgotten()
    {
        using var run = new RecorderRun(RecorderRun.Rule("special", limit: 0));
        using var meter = new Meter("special");
        var counter = meter.CreateCounter<long>("counter");
        for (var i = 0; i < 3; i++)
        {
            counter.Add(1);
            counter.Add(2, Tag("any"));
            counter.Add(3);
            counter.Add(4, Tag("other"));
            var records = run.Drain();
            Assert.Equal([1, 2, 3, 4], records.Select(record => record.Bits));
            Assert.Equal([records[0].Series, records[1].Series], Live(run));
            records.ForEach(record => run.Recorder.Forget(record.Series));
            Assert.Empty(Live(run));
        }
    }

    [Fact]
    public void A_number_leads_to_its_series_for_a_while_and_then_never_again()
    {
        var clock = new ManualClock();
        var ids = new SeriesIds(clock);
        var seen = new HashSet<int>();
        using var run = new RecorderRun(RecorderRun.Rule("ids"));
        using var meter = new Meter("ids");
        meter.CreateCounter<long>("counter");
        var instrument = run.Recorder.Instruments[0];
        StreamSeries? last = null;

        // More often than an index may be used.
        for (var i = 0; i < 10_000; i++)
        {
            var series = ids.TryAdd(instrument, [], 0)!;
            Assert.True(seen.Add(series.Id));
            Assert.Same(series, ids.Find(series.Id));
            Assert.Null(last is null ? null : ids.Find(last.Id));
            ids.Release(series);
            Assert.Same(series, ids.Find(series.Id));
            clock.Advance(SeriesIds.RestTime);
            last = series;
        }

        Assert.InRange(ids.Slots.Length, 2, 4);
    }

    [Fact]
    public void A_record_on_its_way_is_resolved_or_lost_and_never_anothers()
    {
        using var run = new RecorderRun(RecorderRun.Rule("late"));
        using var meter = new Meter("late");
        var counter = meter.CreateCounter<long>("counter");
        counter.Add(1, Tag("one"));
        counter.Add(2, Tag("one"));
        var series = Live(run)[0];
        run.Recorder.Forget(series);
        counter.Add(3, Tag("one"));
        Assert.Equal([1, 2, 3], run.Drain().Select(record => record.Bits));
        run.Recorder.Lanes.TryAppend(LaneSeat.First, series.Id, 4, EntryPriority.High);
        Assert.Same(series, Assert.Single(run.Drain()).Series);
        run.Clock.Advance(SeriesIds.RestTime);
        counter.Add(5, Tag("two"));
        counter.Add(6, Tag("three"));
        run.Recorder.Lanes.TryAppend(LaneSeat.First, series.Id, 7, EntryPriority.High);
        Assert.Equal([5, 6], run.Drain().Select(record => record.Bits));
        Assert.Equal(1, run.Lost);
    }

    private static KeyValuePair<string, object?> Tag(string value) => new("k", value);

    private static StreamSeries[] Live(RecorderRun run) =>
        [.. run.Recorder.Series.ToArray().OfType<StreamSeries>().Where(series => series.LiveId != 0)];
}
