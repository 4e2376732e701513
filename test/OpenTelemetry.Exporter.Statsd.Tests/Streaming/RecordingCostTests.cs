using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;
using TestSupport;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>What recording allocates, and what becomes of series found by address when objects move.</summary>
[Collection(Alone.Name)]
public sealed class RecordingCostTests
{
    private const int Rounds = 20_000;

    private static readonly bool IsUnoptimised =
        typeof(StatsdExporterOptions).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    [Fact]
    public void Recording_with_the_same_objects_allocates_nothing()
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var run = new RecorderRun(RecorderRun.Rule("allocation", "*.sampled", sampleOneIn: 2), RecorderRun.Rule("allocation"));
        using var meter = new Meter("allocation");
        var (counter, sampled) = (meter.CreateCounter<long>("counter"), meter.CreateHistogram<double>("histogram.sampled"));
        var (histogram, gauge) = (meter.CreateHistogram<double>("histogram"), meter.CreateGauge<int>("gauge"));
        var series = Enumerable.Range(0, 100).Select(i => new Tag("series", $"value {i}")).ToArray();
        var sink = new Nothing();
        Assert.Equal(0, AllocatedBy(i =>
        {
            counter.Add(i);
            counter.Add(i, series[i % 100], series[i % 5], series[i % 2]);
            sampled.Record(i, series[i % 100]);
            histogram.Record(i, series[i % 100], series[i % 5]);
            gauge.Record(i, series[i % 100]);
            run.Recorder.Lanes.Drain(ref sink);
            while (run.Recorder.ChangedGauges.TryTake(out _, out _))
            {
            }
        }));
    }

    /// <summary>Equal values that are others each time are found by what they say, and at last nothing is kept of them.</summary>
    [Fact]
    public void Recording_with_other_objects_each_time_at_last_allocates_nothing()
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var run = new RecorderRun(RecorderRun.Rule("others"));
        using var meter = new Meter("others");
        var counter = meter.CreateCounter<long>("counter");
        var copies = new Queue<Tag>(Enumerable.Range(0, Allocated.Attempts * Rounds).Select(i => new Tag("series", $"value {i % 100}")));
        var sink = new Nothing();
        var allocated = AllocatedBy(i =>
        {
            counter.Add(i, copies.Dequeue());
            run.Recorder.Lanes.Drain(ref sink);
        });
        Assert.Equal(0, allocated);
        Assert.Equal(100, run.Recorder.Series.ToArray().Count(series => series is not null));
    }

    /// <summary>Though after each collection some might be found that were not found before.</summary>
    [Fact]
    public void Recording_with_boxed_values_at_last_allocates_nothing_however_often_the_collector_runs()
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        const int RoundsPerCollection = 500;
        using var run = new RecorderRun(RecorderRun.Rule("boxed"));
        using var meter = new Meter("boxed");
        var counter = meter.CreateCounter<long>("counter");
        var boxes = new Queue<Tag>(Enumerable.Range(0, Allocated.Attempts * Rounds).Select(i => new Tag("series", i % 100)));
        var sink = new Nothing();
        Assert.Equal(0, AllocatedBy(i =>
        {
            if (i % RoundsPerCollection == 0)
            {
                GC.Collect(0);
            }

            counter.Add(i, boxes.Dequeue());
            run.Recorder.Lanes.Drain(ref sink);
        }));
    }

    [Fact]
    public void What_is_of_use_again_is_found_by_address_again()
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var run = new RecorderRun(RecorderRun.Rule("useful"));
        using var meter = new Meter("useful");
        var counter = meter.CreateCounter<long>("counter");
        var sink = new Nothing();
        for (var i = 0; i < Rounds; i++)
        {
            counter.Add(1, new Tag("series", i % 100));
            run.Recorder.Lanes.Drain(ref sink);
        }

        // The same object from now on, of which the code is called only while it is not found.
        var value = new Asked();
        var asked = 0;
        for (var collection = 0; collection < 10 && (asked == 0 || value.Times > asked); collection++)
        {
            GC.Collect();
            asked = value.Times;
            counter.Add(1, new Tag("series", value));
            counter.Add(1, new Tag("series", value));
            counter.Add(1, new Tag("series", value));
        }

        Assert.Equal(asked, value.Times);
    }

    [Fact]
    public void Series_whose_tags_are_moved_again_and_again_are_found_by_address_after_each_move()
    {
        const int Rounds = 60;
        const int Series = 200;
        const int Times = 5;
        using var run = new RecorderRun(RecorderRun.Rule("moved"));
        using var meter = new Meter("moved");
        var counter = meter.CreateCounter<long>("counter");
        var sink = new Nothing();

        // Garbage at lower addresses, some of which goes with each round, so that a compaction moves everything behind it.
        var garbage = Enumerable.Range(0, Rounds).Select(_ => new byte[1024]).ToArray();
        var values = Enumerable.Range(0, Series).Select(_ => new Asked()).ToArray();
        var before = 0;
        for (var round = 0; round < Rounds; round++)
        {
            garbage[round] = [];
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            before = round == Rounds / 2 ? values.Sum(value => value.Times) : before;
            for (var time = 0; time < Times; time++)
            {
                Array.ForEach(values, value => counter.Add(1, new Tag("series", value)));
                run.Recorder.Lanes.Drain(ref sink);
            }
        }

        // A look into the value after each move, and more for those that drive each other out of their places; without the cache it would be five.
        var asked = values.Sum(value => value.Times) - before;
        Assert.InRange(asked, 0, Rounds / 2 * Series * 7 / 2);
    }

    [Fact]
    public void Recording_with_a_bound_series_allocates_nothing()
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = new RecorderRun(provider, dropsFromSdk: true, starts: true, RecorderRun.Rule("bound.allocation"));
        using var meter = new Meter("bound.allocation");
        var histogram = provider.BindStatsdSeries(meter.CreateHistogram<double>("histogram"), new Tag("a", "x"), new Tag("b", 2));
        var counter = provider.BindStatsdSeries(meter.CreateCounter<long>("counter"));
        var sink = new Nothing();
        Assert.Equal(0, AllocatedBy(i =>
        {
            histogram.Record(i);
            counter.Record(i);
            run.Recorder.Lanes.Drain(ref sink);
        }));
        Assert.Equal(2L * Allocated.Attempts * Rounds, run.Recorder.Lanes.ReadTotals().Drained);
    }

    [Fact]
    public void Series_stay_the_same_when_the_collector_moves_their_tags()
    {
        using var run = new RecorderRun(RecorderRun.Rule("moving"));
        using var meter = new Meter("moving");
        var counter = meter.CreateCounter<long>("counter");

        // With garbage between them, so that a compaction moves every one, and at times to where another one was.
        var garbage = new List<object>();
        var values = Enumerable.Range(0, 500).Select(i =>
        {
            garbage.Add(new byte[48]);
            return $"value {i}";
        }).ToArray();
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < values.Length; i++)
            {
                counter.Add(i, new Tag("a", values[i]), new Tag("b", values[(i + 1) % values.Length]));
            }

            Assert.All(run.Drain(), record => Assert.Equal(values[record.Bits], record.Series.Tags[0].Value));
            garbage.RemoveAll(_ => garbage.Count % 2 == round % 2);
            garbage.Clear();
            GC.Collect(round % 3, GCCollectionMode.Forced, blocking: true, compacting: true);
        }

        Assert.Equal(values.Length, run.Recorder.Series.ToArray().Count(series => series is not null));
    }

    private static long AllocatedBy(Action<int> record) => Allocated.AtLeastBy(() =>
    {
        for (var i = 0; i < Rounds; i++)
        {
            record(i);
        }
    });

    private sealed class Asked
    {
        public int Times { get; private set; }

        public override int GetHashCode()
        {
            Times++;
            return System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
        }

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);
    }

    private readonly struct Nothing : IEntrySink
    {
        public bool Take(ReadOnlySpan<byte> entry) => true;
    }
}
