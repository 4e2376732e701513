using System.Diagnostics.Metrics;
using System.Globalization;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Streaming;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Eight threads record while another drains and forgets: whatever was recorded comes out under its own tags, or is counted.</summary>
/// <remarks>RECORDER_STRESS_MEASUREMENTS says how many measurements each thread makes; the default takes some seconds.</remarks>
[Collection(Alone.Name)]
public sealed class RecorderStressTests(ITestOutputHelper output)
{
    private const int Threads = 8;
    private const int Values = 40;

    private static readonly int Measurements = int.Parse(
        Environment.GetEnvironmentVariable("RECORDER_STRESS_MEASUREMENTS") ?? "200000", CultureInfo.InvariantCulture);

    /// <summary>Lanes for all, for some; so small that measurements are refused; with series forgotten all the time, and few of them allowed.</summary>
    [Theory]
    [InlineData(16, 1 << 22, false, 2000)]
    [InlineData(3, 1 << 14, false, 2000)]
    [InlineData(16, 1 << 20, true, 2000)]
    [InlineData(4, 1 << 16, true, Values / 2)]
    public void Everything_recorded_comes_out_under_its_own_tags_or_is_counted(int ownLanes, int bytes, bool forgets, int limit)
    {
        using var run = new RecorderRun(bytes, ownLanes, RecorderRun.Rule("stress", "*", EntryPriority.Normal, 1, limit));
        using var meter = new Meter("stress");
        var counter = meter.CreateCounter<long>("counter");
        var other = meter.CreateHistogram<double>("other");
        var (drained, sums) = (0L, new long[Values]);
        var overflow = 0L;
        Run(
            thread =>
            {
                var random = new Random(thread);
                var shared = Enumerable.Range(0, Values).Select(value => (object)Text(value)).ToArray();
                for (var i = 0; i < Measurements; i++)
                {
                    if (i % 500 == 0)
                    {
                        // So that most is drained: there are more threads than processors.
                        Thread.Yield();
                    }

                    // Bits say which tags they belong to.
                    var value = random.Next(Values);
                    var tag = new Tag("value", random.Next(8) == 0 ? Text(value) : shared[value]);
                    var parity = new Tag("parity", (value & 1) == 0 ? "even" : "odd");
                    if (random.Next(4) == 0)
                    {
                        other.Record(value, random.Next(2) == 0 ? [tag, parity] : [parity, tag]);
                    }
                    else
                    {
                        counter.Add(value, parity, tag);
                    }
                }
            },
            Drain);

        var refused = Enum.GetValues<RefusalReason>().ToDictionary(reason => reason, run.Refused);
        Assert.Equal((long)Threads * Measurements, drained + run.Lost + refused.Values.Sum());
        Assert.Equal(0, refused[RefusalReason.NoEntry]);
        Assert.Equal(limit < Values, overflow > 0);
        if (!forgets)
        {
            Assert.Equal(0, run.Lost);
            Assert.All(sums, sum => Assert.True(sum > 0));
        }

        output.WriteLine($"{drained} drained, {overflow} of them of the overflow series, {run.Lost} lost, refused: {string.Join(", ", refused)}");

        void Drain(Random random)
        {
            foreach (var (series, bits) in run.Drain())
            {
                drained++;
                var value = series.Instrument.IsIntegral ? bits : (long)BitConverter.Int64BitsToDouble(bits);
                if (series.Tags[0].Key == "otel.metric.overflow")
                {
                    overflow++;
                }
                else
                {
                    sums[value]++;
                    var own = series.Tags[0].Key == "value" ? series.Tags[0] : series.Tags[1];
                    Assert.Equal((Text((int)value), 2), (own.Value, series.Tags.Length));
                }
            }

            if (forgets)
            {
                run.Clock.Advance(SeriesIds.RestTime / 3);
                foreach (var series in run.Recorder.Series)
                {
                    if (series is { LiveId: not 0 } && random.Next(4) == 0)
                    {
                        run.Recorder.Forget(series);
                    }
                }
            }
        }
    }

    [Fact]
    public void The_last_value_of_a_gauge_always_comes_out_last()
    {
        using var run = new RecorderRun(RecorderRun.Rule("gauges"));
        using var meter = new Meter("gauges");
        var gauge = meter.CreateGauge<long>("gauge");
        var last = new long[Threads + 1];
        Run(
            thread =>
            {
                Tag[] own = [new("thread", thread)];
                Tag[] common = [new("thread", Threads)];
                for (var i = 1; i <= Measurements; i++)
                {
                    gauge.Record(i, own);
                    gauge.Record(i, common);
                }
            },
            random =>
            {
                foreach (var (series, value) in run.TakeGauges())
                {
                    var thread = (int)series.Tags[0].Value!;
                    if (thread < Threads)
                    {
                        Assert.InRange(value, last[thread], Measurements);
                    }

                    last[thread] = value;
                }

                foreach (var series in run.Recorder.Series)
                {
                    if (series is { LiveId: not 0 } && random.Next(4) == 0)
                    {
                        run.Recorder.Forget(series);
                    }
                }

                run.Clock.Advance(SeriesIds.RestTime / 3);
            });
        Assert.All(last.AsSpan(0, Threads).ToArray(), value => Assert.Equal(Measurements, value));

        // Of threads that end in no certain order one has the last word.
        Assert.InRange(last[Threads], 1, Measurements);
    }

    [Fact]
    public void All_that_a_closing_recorder_did_not_refuse_comes_out()
    {
        for (var round = 0; round < 50; round++)
        {
            using var run = new RecorderRun(1 << 22, 16, RecorderRun.Rule("closing"));
            using var meter = new Meter("closing");
            meter.CreateCounter<long>("counter");
            var instrument = run.Recorder.Instruments[0];
            var (drained, recorded, isOver) = (0L, 0L, false);
            Run(
                thread =>
                {
                    Tag[] tags = [new("thread", thread)];
                    for (var i = 0; !Volatile.Read(ref isOver) || i % 100 != 0; i++)
                    {
                        instrument.Record(i, tags);
                        Interlocked.Increment(ref recorded);
                    }
                },
                _ =>
                {
                    drained += run.Drain().Count;
                    if (Volatile.Read(ref recorded) > 1000)
                    {
                        run.Recorder.Dispose();
                        Volatile.Write(ref isOver, true);
                    }
                });
            Assert.True(run.Recorder.Lanes.IsDrained);
            Assert.Equal(recorded, drained + Enum.GetValues<RefusalReason>().Sum(run.Refused));
        }
    }

    private static string Text(int value) => value.ToString("D2", CultureInfo.InvariantCulture);

    /// <summary>Runs something on eight threads, and something else again and again meanwhile and twice afterwards.</summary>
    private static void Run(Action<int> record, Action<Random> consume)
    {
        var random = new Random(1);
        var threads = Enumerable.Range(0, Threads).Select(thread => new Thread(() => record(thread))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        while (threads.Any(thread => thread.IsAlive))
        {
            consume(random);
            Thread.Yield();
        }

        consume(random);
        consume(random);
    }
}
