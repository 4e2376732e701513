using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Which instruments a recorder listens to, and what it leaves of their measurements.</summary>
public sealed class StreamRecorderTests
{
    [Fact]
    public void Measurements_of_each_number_type_arrive_with_their_tags()
    {
        using var run = new RecorderRun(RecorderRun.Rule("types"));
        using var meter = new Meter("types");
        meter.CreateCounter<byte>("byte").Add(200, new("k", 1), new("l", "v"));
        meter.CreateCounter<short>("short").Add(-3, new KeyValuePair<string, object?>("k", null));
        meter.CreateHistogram<int>("int").Record(int.MinValue);
        meter.CreateCounter<long>("long").Add(long.MaxValue);
        meter.CreateHistogram<float>("float").Record(0.1f);
        meter.CreateCounter<double>("double").Add(Math.PI);
        meter.CreateHistogram<decimal>("decimal").Record(12.345m);
        var records = run.Drain().Select(record => (
            record.Series.Instrument.Instrument.Name,
            record.Series.Instrument.Kind,
            Value: record.Series.Instrument.IsIntegral ? (object)record.Bits : BitConverter.Int64BitsToDouble(record.Bits),
            Tags: string.Join(',', record.Series.Tags.ToArray())));
        Assert.Equal(
            [
                ("byte", MetricKind.Counter, 200L, "[k, 1],[l, v]"),
                ("short", MetricKind.Counter, -3L, "[k, ]"),
                ("int", MetricKind.Histogram, (long)int.MinValue, string.Empty),
                ("long", MetricKind.Counter, long.MaxValue, string.Empty),
                ("float", MetricKind.Histogram, (double)0.1f, string.Empty),
                ("double", MetricKind.Counter, Math.PI, string.Empty),
                ("decimal", MetricKind.Histogram, 12.345, string.Empty),
            ],
            records);
    }

    [Fact]
    public void A_gauge_leaves_its_last_value_once()
    {
        using var run = new RecorderRun(RecorderRun.Rule("gauges"));
        using var meter = new Meter("gauges");
        var gauge = meter.CreateGauge<long>("gauge");
        gauge.Record(1, new KeyValuePair<string, object?>("k", "a"));
        gauge.Record(2, new KeyValuePair<string, object?>("k", "a"));
        gauge.Record(3, new KeyValuePair<string, object?>("k", "b"));
        Assert.Equal([2, 3], run.TakeGauges().Select(taken => taken.Bits).Order());
        Assert.Empty(run.TakeGauges());
        gauge.Record(2, new KeyValuePair<string, object?>("k", "a"));
        Assert.Equal(2, Assert.Single(run.TakeGauges()).Bits);
        Assert.Empty(run.Drain());
    }

    [Fact]
    public void Instruments_are_found_whenever_they_are_made()
    {
        using var meter = new Meter("before");
        var before = meter.CreateCounter<long>("before");
        using var run = new RecorderRun(RecorderRun.Rule("before"));
        var after = meter.CreateCounter<long>("after");
        before.Add(1);
        after.Add(2);
        Assert.Equal(["before", "after"], run.Recorder.Instruments.Select(instrument => instrument.Instrument.Name));
        Assert.Equal([1, 2], run.Drain().Select(record => record.Bits));
    }

    [Fact]
    public void The_first_rule_that_matches_counts()
    {
        using var run = new RecorderRun(RecorderRun.Rule("My*", "*.low", EntryPriority.Low), RecorderRun.Rule("mymeter"));
        using var meter = new Meter("MyMeter");
        using var other = new Meter("other");
        meter.CreateCounter<long>("a.low").Add(1);
        meter.CreateCounter<long>("a.high").Add(2);
        other.CreateCounter<long>("a.low").Add(3);
        Assert.Equal(
            [("a.low", EntryPriority.Low), ("a.high", EntryPriority.High)],
            run.Drain().Select(record => (record.Series.Instrument.Instrument.Name, record.Series.Instrument.Rule.Priority)));
    }

    [Fact]
    public void What_is_a_level_or_observed_is_not_streamed()
    {
        using var run = new RecorderRun(RecorderRun.Rule("kinds"));
        using var meter = new Meter("kinds");
        meter.CreateUpDownCounter<long>("level").Add(1);
        meter.CreateObservableGauge("observed", () => 1);
        meter.CreateObservableCounter("observed.counter", () => 1);
        Assert.DoesNotContain(run.Recorder.Instruments, instrument => instrument.Instrument.Meter == meter);
        Assert.Null(run.Recorder.RuleFor(meter.CreateObservableUpDownCounter("observed.level", () => 1)));
    }

    [Fact]
    public void The_exporter_does_not_stream_its_own_metrics()
    {
        using var run = new RecorderRun(RecorderRun.Rule("OpenTelemetry.Exporter.*"));
        using var meter = new Meter("OpenTelemetry.Exporter.Statsd");
        meter.CreateCounter<long>("own").Add(1);
        Assert.DoesNotContain(run.Recorder.Instruments, instrument => instrument.Instrument.Meter.Name == meter.Name);
        Assert.DoesNotContain(run.Drain(), record => record.Series.Instrument.Instrument.Meter.Name == meter.Name);
    }

    [Fact]
    public void A_meter_may_end_and_come_back()
    {
        using var run = new RecorderRun(RecorderRun.Rule("recorder.again"));
        for (var i = 0; i < 3; i++)
        {
            using var meter = new Meter("recorder.again");
            meter.CreateCounter<long>("counter").Add(i);
            meter.CreateCounter<long>("counter", unit: "s").Add(i);
            Assert.Equal(2, run.Recorder.Instruments.Count);
        }

        var records = run.Drain();
        Assert.Equal([0, 0, 1, 1, 2, 2], records.Select(record => record.Bits));
        Assert.Equal(6, records.Select(record => record.Series.Instrument).Distinct().Count());
        Assert.All(records, record => Assert.True(record.Series.Instrument.IsOver));
        Assert.Empty(run.Recorder.Instruments);
    }

    [Fact]
    public void Nothing_comes_after_the_end_and_all_of_it_before()
    {
        var run = new RecorderRun(RecorderRun.Rule("end"));
        using var meter = new Meter("end");
        var counter = meter.CreateCounter<long>("counter");
        counter.Add(1);
        var instrument = Assert.Single(run.Recorder.Instruments);
        run.Dispose();
        counter.Add(2);
        instrument.Record(3, []);
        Assert.Equal(1, Assert.Single(run.Drain()).Bits);
        Assert.Equal(1, run.Refused(RefusalReason.Closed));
        Assert.True(instrument.IsOver);
        Assert.True(run.Recorder.Lanes.IsDrained);
    }
}
