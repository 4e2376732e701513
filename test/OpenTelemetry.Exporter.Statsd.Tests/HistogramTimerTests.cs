using System.Diagnostics;
using System.Diagnostics.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Timers record what a clock says, in the histogram's unit and number type, once.</summary>
public sealed class HistogramTimerTests : IDisposable
{
    private readonly Meter meter = new("timers");
    private readonly ManualClock clock = new();
    private readonly List<MeterListener> listeners = [];

    public void Dispose()
    {
        listeners.ForEach(listener => listener.Dispose());
        meter.Dispose();
    }

    [Theory]
    [InlineData("ns", 5_400_000_000_000)]
    [InlineData("us", 5_400_000_000)]
    [InlineData("\u00B5s", 5_400_000_000)]
    [InlineData("\u03BCs", 5_400_000_000)]
    [InlineData("ms", 5_400_000)]
    [InlineData("s", 5400)]
    [InlineData("min", 90)]
    [InlineData("h", 1.5)]
    [InlineData("d", 0.0625)]
    [InlineData(null, 5400)]
    [InlineData("", 5400)]
    [InlineData("{request}", 5400)]
    [InlineData("MS", 5400)]
    public void The_time_is_in_the_histograms_unit(string? unit, double expected) =>
        Assert.Equal([expected], Measure<double>(unit, TimeSpan.FromMinutes(90)));

    [Fact]
    public void Short_times_are_exact()
    {
        Assert.Equal([0.0000123], Measure<double>("s", TimeSpan.FromTicks(123)));
        Assert.Equal([0.0123], Measure<double>("ms", TimeSpan.FromTicks(123)));
        Assert.Equal([12.3], Measure<double>("us", TimeSpan.FromTicks(123)));
        Assert.Equal([12_300.0], Measure<double>("ns", TimeSpan.FromTicks(123)));
        Assert.Equal([0.0], Measure<double>("ms", TimeSpan.Zero));
    }

    [Fact]
    public void Whole_numbers_are_the_nearest()
    {
        Assert.Equal([1L], Measure<long>("ms", TimeSpan.FromTicks(14_999)));
        Assert.Equal([2L], Measure<long>("ms", TimeSpan.FromTicks(15_000)));
        Assert.Equal([3L], Measure<long>("ms", TimeSpan.FromTicks(25_000)));
        Assert.Equal([0], Measure<int>("s", TimeSpan.FromTicks(4_999_999)));
        Assert.Equal([1], Measure<int>("s", TimeSpan.FromTicks(5_000_000)));
        Assert.Equal([(short)2], Measure<short>("s", TimeSpan.FromSeconds(1.5)));
        Assert.Equal([(byte)2], Measure<byte>("s", TimeSpan.FromSeconds(1.5)));
    }

    [Fact]
    public void Whole_numbers_end_with_their_range()
    {
        Assert.Equal([byte.MaxValue], Measure<byte>("s", TimeSpan.FromSeconds(255.4)));
        Assert.Equal([byte.MaxValue], Measure<byte>("s", TimeSpan.FromSeconds(256)));
        Assert.Equal([short.MaxValue], Measure<short>("s", TimeSpan.FromDays(1)));
        Assert.Equal([int.MaxValue], Measure<int>("ms", TimeSpan.FromDays(25)));
        Assert.Equal([long.MaxValue], Measure<long>("ns", TimeSpan.FromDays(365 * 300)));
    }

    [Fact]
    public void Other_number_types_get_fractions()
    {
        Assert.Equal([1.5f], Measure<float>("s", TimeSpan.FromSeconds(1.5)));
        Assert.Equal([1.2345678m], Measure<decimal>("s", TimeSpan.FromTicks(12_345_678)));
    }

    [Fact]
    public void Tags_are_recorded()
    {
        var (histogram, records) = Listen<double>("s");
        histogram.StartTimer().Dispose();
        histogram.StartTimer(new KeyValuePair<string, object?>("a", 1)).Dispose();
        histogram.StartTimer(new("a", 1), new("b", "x"), new("c", null)).Dispose();
        histogram.StartTimer(new TagList { { "list", true } }).Dispose();
        var many = Enumerable.Range(0, 9).Select(i => new KeyValuePair<string, object?>($"k{i}", i)).ToArray();
        var timer = histogram.StartTimer(many);
        many[0] = new("changed", "later");
        timer.Dispose();
        Assert.Equal(
            ["", "a=1", "a=1,b=x,c=", "list=True", "k0=0,k1=1,k2=2,k3=3,k4=4,k5=5,k6=6,k7=7,k8=8"], records.Select(record => record.Tags));
    }

    [Fact]
    public void A_timer_records_once()
    {
        var (histogram, records) = Listen<double>("s");
        var timer = histogram.StartTimer(clock, default);
        clock.Advance(TimeSpan.FromSeconds(2));
        timer.Dispose();
        clock.Advance(TimeSpan.FromSeconds(3));
        timer.Dispose();
        Assert.Equal([2.0], records.Select(record => record.Value));
    }

    [Fact]
    public void A_default_timer_records_nothing() => default(HistogramTimer<double>).Dispose();

    [Fact]
    public void Nested_timers_have_each_their_own_time()
    {
        var (histogram, records) = Listen<double>("s");
        using (histogram.StartTimer(clock, new TagList { { "level", "outer" } }))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            using (histogram.StartTimer(clock, new TagList { { "level", "inner" } }))
            {
                clock.Advance(TimeSpan.FromSeconds(2));
            }

            clock.Advance(TimeSpan.FromSeconds(4));
        }

        Assert.Equal([(2.0, "level=inner"), (7.0, "level=outer")], records);
    }

    [Fact]
    public void While_nobody_listens_the_clock_is_not_read()
    {
        var histogram = meter.CreateHistogram<double>("unheard", "s");
        var counting = new CountingClock();
        var timer = histogram.StartTimer(counting, default);
        using var listener = new MeterListener();
        var records = new List<double>();
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => records.Add(value));
        listener.EnableMeasurementEvents(histogram);
        timer.Dispose();
        Assert.Equal(0, counting.Reads);
        Assert.Empty(records);

        histogram.StartTimer(counting, default).Dispose();
        Assert.Equal(2, counting.Reads);
        Assert.Single(records);
    }

    [Fact]
    public void The_clock_is_the_stopwatch()
    {
        var (histogram, records) = Listen<double>("ns");
        var before = Stopwatch.GetTimestamp();
        var timer = histogram.StartTimer();
        var shortest = TakeTime();
        timer.Dispose();
        AssertBetween(shortest, Assert.Single(records).Value, Stopwatch.GetTimestamp() - before);
    }

    [Fact]
    public void An_action_is_timed()
    {
        var (histogram, records) = Listen<double>("ns");
        var shortest = 0L;
        var before = Stopwatch.GetTimestamp();
        histogram.Time(() => { shortest = TakeTime(); }, new("a", 1), new("b", 2));
        var longest = Stopwatch.GetTimestamp() - before;
        var record = Assert.Single(records);
        Assert.Equal("a=1,b=2", record.Tags);
        AssertBetween(shortest, record.Value, longest);
    }

    [Fact]
    public void A_function_is_timed_and_its_result_returned()
    {
        var (histogram, records) = Listen<double>("ns");
        var before = Stopwatch.GetTimestamp();
        var shortest = histogram.Time(TakeTime, new KeyValuePair<string, object?>("a", 1));
        var longest = Stopwatch.GetTimestamp() - before;
        var record = Assert.Single(records);
        Assert.Equal("a=1", record.Tags);
        AssertBetween(shortest, record.Value, longest);
    }

    [Fact]
    public void What_throws_is_timed_and_its_exception_passes()
    {
        var (histogram, records) = Listen<double>("s");
        var error = new InvalidOperationException("on purpose");
        Assert.Same(error, Assert.Throws<InvalidOperationException>(() => histogram.Time(() => throw error)));
        Assert.Same(error, Assert.Throws<InvalidOperationException>(() => histogram.Time<double, int>(() => throw error)));
        Assert.Equal(2, records.Count);
    }

    [Fact]
    public async Task A_task_is_timed_until_it_completes()
    {
        var (histogram, records) = Listen<double>("ns");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timed = histogram.TimeAsync(() => gate.Task, new KeyValuePair<string, object?>("a", 1));
        Assert.False(timed.IsCompleted);
        Assert.Empty(records);
        var shortest = TakeTime();
        gate.SetResult();
        await timed;
        var record = Assert.Single(records);
        Assert.Equal("a=1", record.Tags);
        AssertBetween(shortest, record.Value, long.MaxValue);
    }

    [Fact]
    public async Task The_result_of_a_task_is_returned()
    {
        var (histogram, records) = Listen<double>("s");
        Assert.Equal(42, await histogram.TimeAsync(async () =>
        {
            await Task.Yield();
            return 42;
        }));
        Assert.Single(records);
    }

    [Fact]
    public async Task Tasks_that_fail_are_timed_and_their_exceptions_pass()
    {
        var (histogram, records) = Listen<double>("s");
        var error = new InvalidOperationException("on purpose");
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => histogram.TimeAsync(() => Task.FromException(error))));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => histogram.TimeAsync(() => Task.FromException<int>(error))));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => histogram.TimeAsync(Task () => throw error)));
        Assert.Equal(3, records.Count);
    }

    [Fact]
    public async Task Tasks_that_are_cancelled_are_timed_and_stay_cancelled()
    {
        var (histogram, records) = Listen<double>("s");
        var cancelled = new CancellationToken(canceled: true);
        var task = histogram.TimeAsync(() => Task.FromCanceled(cancelled));
        Assert.Equal(cancelled, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task)).CancellationToken);
        Assert.True(task.IsCanceled);
        Assert.Single(records);
    }

    [Fact]
    public async Task A_timer_may_end_on_another_thread()
    {
        var (histogram, records) = Listen<double>("s");
        var timer = histogram.StartTimer(clock, default);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Task.Factory.StartNew(() => timer.Dispose(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.Equal([1.0], records.Select(record => record.Value));
    }

    [Fact]
    public void What_is_missing_is_refused_before_anything_runs()
    {
        var (histogram, records) = Listen<double>("s");
        Histogram<double> none = null!;
        var ran = false;
        AssertMissing("histogram", () => none.StartTimer());
        AssertMissing("histogram", () => none.StartTimer(new TagList()));
        AssertMissing("histogram", () => none.Time(() => { ran = true; }));
        AssertMissing("histogram", () => none.TimeAsync(() => Task.FromResult(ran = true)));
        AssertMissing("action", () => histogram.Time(null!));
        AssertMissing("function", () => histogram.Time((Func<int>)null!));
        AssertMissing("action", () => histogram.TimeAsync((Func<Task>)null!));
        AssertMissing("function", () => histogram.TimeAsync((Func<Task<int>>)null!));
        Assert.False(ran);
        Assert.Empty(records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Timing_allocates_nothing(bool isHeard)
    {
        object? one = 1;
        var seen = 0L;
        Assert.Equal(0, AllocatedBy<double>());
        Assert.Equal(0, AllocatedBy<float>());
        Assert.Equal(0, AllocatedBy<decimal>());
        Assert.Equal(0, AllocatedBy<long>());
        Assert.Equal(0, AllocatedBy<int>());
        Assert.Equal(0, AllocatedBy<short>());
        Assert.Equal(0, AllocatedBy<byte>());
        Assert.Equal(isHeard ? 7 * Allocated.Attempts * 1000 * 5 : 0, seen);

        long AllocatedBy<T>()
            where T : struct
        {
            var histogram = meter.CreateHistogram<T>("allocation", "us");
            using var listener = new MeterListener();
            listener.SetMeasurementEventCallback<T>((_, _, _, _) => seen++);
            if (isHeard)
            {
                listener.EnableMeasurementEvents(histogram);
            }

            Action action = () => { };
            var tags = new TagList { { "a", one }, { "b", one } };
            return Allocated.AtLeastBy(Run);

            void Run()
            {
                for (var i = 0; i < 1000; i++)
                {
                    using (histogram.StartTimer())
                    {
                        using var inner = histogram.StartTimer(new KeyValuePair<string, object?>("a", one));
                    }

                    histogram.StartTimer(new("1", one), new("2", one), new("3", one), new("4", one), new("5", one), new("6", one), new("7", one), new("8", one)).Dispose();
                    histogram.StartTimer(tags).Dispose();
                    histogram.Time(action, new KeyValuePair<string, object?>("a", one));
                }
            }
        }
    }

    /// <summary>Takes a millisecond or more, far more than what a timer itself takes, and returns how much.</summary>
    private static long TakeTime()
    {
        var (from, elapsed) = (Stopwatch.GetTimestamp(), 0L);
        while (elapsed < Stopwatch.Frequency / 1000)
        {
            elapsed = Stopwatch.GetTimestamp() - from;
        }

        return elapsed;
    }

    private static void AssertMissing(string name, Action action) => Assert.Throws<ArgumentNullException>(name, action);

    private static void AssertBetween(long shortest, double nanoseconds, long longest) => Assert.InRange(
        nanoseconds * Stopwatch.Frequency / 1e9, shortest - 0.5, longest + 0.5);

    private List<T> Measure<T>(string? unit, TimeSpan time)
        where T : struct
    {
        var (histogram, records) = Listen<T>(unit);
        var timer = histogram.StartTimer(clock, default);
        clock.Advance(time);
        timer.Dispose();
        return [.. records.Select(record => record.Value)];
    }

    private (Histogram<T> Histogram, List<(T Value, string Tags)> Records) Listen<T>(string? unit)
        where T : struct
    {
        var histogram = meter.CreateHistogram<T>("timed", unit);
        var records = new List<(T, string)>();
        var listener = new MeterListener();
        listener.SetMeasurementEventCallback<T>((_, value, tags, _) =>
            records.Add((value, string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")))));
        listener.EnableMeasurementEvents(histogram);
        listeners.Add(listener);
        return (histogram, records);
    }

    private sealed class CountingClock : TimeProvider
    {
        public int Reads { get; private set; }

        public override long GetTimestamp() => ++Reads;
    }
}
