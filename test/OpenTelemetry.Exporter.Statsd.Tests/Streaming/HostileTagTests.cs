using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Tag values whose own code misbehaves: nothing reaches the thread that records, and the measurement is counted.</summary>
public sealed class HostileTagTests
{
    [Fact]
    public void A_value_that_throws_costs_its_own_measurement_alone()
    {
        using var run = new RecorderRun(RecorderRun.Rule("throws"));
        using var meter = new Meter("throws");
        var counter = meter.CreateCounter<long>("counter");
        counter.Add(1, Tag(new Value { OnHash = () => throw new InvalidOperationException() }));
        counter.Add(2, Tag(new Value()));
        counter.Add(3, Tag(new Value { OnEquals = () => throw new InvalidOperationException() }));
        counter.Add(4, Tag(new Value()));
        Assert.Equal([2, 4], run.Drain().Select(record => record.Bits));
        Assert.Equal(2, run.Refused(RefusalReason.NoEntry));
    }

    [Fact]
    public void A_value_that_records_does_so_once_at_the_most()
    {
        using var run = new RecorderRun(RecorderRun.Rule("records"));
        using var meter = new Meter("records");
        var counter = meter.CreateCounter<long>("counter");
        var gauge = meter.CreateGauge<long>("gauge");
        Value? value = null;
        value = new Value
        {
            OnHash = () =>
            {
                counter.Add(1, Tag(value!));
                gauge.Record(1, Tag(value!));
                counter.Add(2);
            },
        };
        counter.Add(3, Tag(value));
        Assert.Equal(3, run.Drain()[^1].Bits);
        Assert.Empty(run.TakeGauges());
        Assert.InRange(run.Refused(RefusalReason.NoEntry), 2, 4);
        counter.Add(4, Tag(value));

        // It is asked once more if it was moved in memory meanwhile.
        var drained = run.Drain();
        Assert.Equal(4, drained[^1].Bits);
        Assert.InRange(drained.Count, 1, 2);
    }

    [Fact]
    public void No_lock_is_held_while_a_value_is_asked()
    {
        using var run = new RecorderRun(RecorderRun.Rule("waits"));
        using var meter = new Meter("waits");
        var counter = meter.CreateCounter<long>("counter");
        var others = 0;
        var value = new Value { OnHash = Other, OnEquals = Other };
        counter.Add(1, Tag(value));
        counter.Add(2, Tag(new Value()));
        Assert.InRange(others, 1, 100);
        Assert.Equal(2 + others, run.Drain().Count);

        // Returns only when another thread has added a series of the same instrument.
        void Other()
        {
            if (others < 100)
            {
                var number = ++others;
                Packing.Lanes.OnThread(() => counter.Add(0, Tag(number)));
            }
        }
    }

    [Fact]
    public void Tags_without_a_key_are_a_series()
    {
        using var run = new RecorderRun(RecorderRun.Rule("null"));
        using var meter = new Meter("null");
        var counter = meter.CreateCounter<long>("counter");
        counter.Add(1, default(KeyValuePair<string, object?>));
        counter.Add(2, new KeyValuePair<string, object?>(string.Empty, null));
        counter.Add(3, default, new KeyValuePair<string, object?>("k", 1));
        counter.Add(4, new("k", 1), new KeyValuePair<string, object?>(string.Empty, null));
        var records = run.Drain();
        Assert.Equal([1, 2, 3, 4], records.Select(record => record.Bits));
        Assert.Same(records[0].Series, records[1].Series);
        Assert.Same(records[2].Series, records[3].Series);
        Assert.Equal(string.Empty, records[0].Series.Tags[0].Key);
    }

    [Fact]
    public void A_value_that_changes_cannot_break_forgetting()
    {
        using var run = new RecorderRun(RecorderRun.Rule("changes"));
        using var meter = new Meter("changes");
        var counter = meter.CreateCounter<long>("counter");
        var value = new Value();
        counter.Add(1, Tag(value));
        value.Hash = 2;
        value.OnHash = value.OnEquals = () => throw new InvalidOperationException();
        run.Recorder.Forget(run.Drain()[0].Series);
        (value.OnHash, value.OnEquals) = (null, null);
        counter.Add(2, Tag(value));
        Assert.Equal(2, Assert.Single(run.Drain()).Bits);
    }

    private static KeyValuePair<string, object?> Tag(object value) => new("k", value);

    /// <summary>All are equal.</summary>
    private sealed class Value
    {
        public Action? OnHash { get; set; }

        public Action? OnEquals { get; set; }

        public int Hash { get; set; }

        public override int GetHashCode()
        {
            OnHash?.Invoke();
            return Hash;
        }

        public override bool Equals(object? obj)
        {
            OnEquals?.Invoke();
            return obj is Value;
        }
    }
}
