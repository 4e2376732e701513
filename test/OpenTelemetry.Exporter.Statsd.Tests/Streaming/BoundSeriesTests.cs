using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>A bound series records what its instrument would with the same tags, to those who are to see it, once each.</summary>
public sealed class BoundSeriesTests
{
    private readonly List<(object Value, string Tags)> heard = [];

    [Fact]
    public void A_stream_that_is_dropped_from_the_SDK_gets_measurements_straight()
    {
        using var meter = new Meter("bound.straight");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider);
        using var listener = Listen(meter);
        var histogram = meter.CreateHistogram<double>("histogram");
        var counter = meter.CreateCounter<int>("counter");
        Tag[] tags = [new("a", "x"), new("b", 2)];
        var bound = provider.BindStatsdSeries(histogram, tags);
        var untagged = provider.BindStatsdSeries(counter);
        tags[0] = new("changed", "since");
        bound.Record(0.5);
        untagged.Record(7);
        histogram.Record(1.5, new("b", 2), new("a", "x"));
        bound.Record(2.5);
        var records = run.Drain();
        Assert.Equal([0.5, 1.5, 2.5], records.Where(record => !record.Series.Instrument.IsIntegral).Select(record => BitConverter.Int64BitsToDouble(record.Bits)));
        Assert.Equal(7, Assert.Single(records, record => record.Series.Instrument.IsIntegral).Bits);
        Assert.Equal(2, records.Select(record => record.Series).Distinct().Count());
        Assert.Equal([(1.5, "[b, 2],[a, x]")], heard);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void In_all_other_cases_the_instrument_is_called(bool hasOtherProvider, bool hasTwo)
    {
        using var meter = new Meter("bound.instrument");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var other = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, hasOtherProvider ? other : provider, dropsFromSdk: hasOtherProvider || hasTwo);
        using var second = hasTwo ? Stream(meter, provider) : null;
        using var listener = Listen(meter);
        var bound = provider.BindStatsdSeries(meter.CreateCounter<long>("counter"), new Tag("a", "x"));
        bound.Record(1);
        bound.Record(2);
        Assert.Equal([(1L, "[a, x]"), (2L, "[a, x]")], heard);
        Assert.Equal([1, 2], run.Drain().Select(record => record.Bits));
        Assert.Equal(hasTwo ? [1, 2] : [], second?.Drain().Select(record => record.Bits) ?? []);
    }

    [Fact]
    public void Instruments_that_are_not_streamed_are_called()
    {
        using var meter = new Meter("bound.not");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider, instrument: "other");
        using var listener = Listen(meter);
        provider.BindStatsdSeries(meter.CreateHistogram<decimal>("histogram")).Record(1.5m);
        Assert.Equal([(1.5m, string.Empty)], heard);
        Assert.Empty(run.Drain());
    }

    [Fact]
    public void Every_number_type_is_recorded_as_by_the_instrument()
    {
        using var meter = new Meter("bound.types");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider);
        Check<byte>(255);
        Check<short>(-5);
        Check<int>(int.MinValue);
        Check<long>(long.MaxValue);
        Check<float>(0.1f);
        Check<double>(-0.1);
        Check<decimal>(1.1m);

        void Check<T>(T value)
            where T : struct
        {
            var counter = meter.CreateCounter<T>(typeof(T).Name);
            provider.BindStatsdSeries(counter).Record(value);
            counter.Add(value);
            var records = run.Drain();
            Assert.Equal(2, records.Count);
            Assert.Equal(records[1], records[0]);
        }
    }

    [Fact]
    public void A_series_that_was_forgotten_is_looked_up_again()
    {
        using var meter = new Meter("bound.forgotten");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider);
        var bound = provider.BindStatsdSeries(meter.CreateCounter<long>("counter"), new Tag("a", "x"));
        bound.Record(1);
        var first = run.Drain()[0].Series;
        run.Recorder.Forget(first);
        bound.Record(2);
        var (second, bits) = Assert.Single(run.Drain());
        Assert.Equal(2, bits);
        Assert.NotSame(first, second);
        Assert.Equal(first.Tags.ToArray(), second.Tags.ToArray());
    }

    [Fact]
    public void A_series_that_found_no_room_gets_its_own_when_there_is_some()
    {
        using var meter = new Meter("bound.room");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider, limit: 1);
        var counter = meter.CreateCounter<long>("counter");
        counter.Add(1, new Tag("a", "x"));
        var bound = provider.BindStatsdSeries(counter, new Tag("a", "y"));
        bound.Record(2);
        var records = run.Drain();
        Assert.Equal("otel.metric.overflow", records[1].Series.Tags[0].Key);
        run.Recorder.Forget(records[0].Series);
        bound.Record(3);
        Assert.Equal("y", Assert.Single(run.Drain()).Series.Tags[0].Value);
    }

    [Fact]
    public void Sampling_applies()
    {
        using var meter = new Meter("bound.sampled");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider, sampleOneIn: 1_000_000);
        var bound = provider.BindStatsdSeries(meter.CreateCounter<long>("counter"), new Tag("a", "x"));
        Packing.Lanes.OnThread(() =>
        {
            Sampler.Seed(1);
            for (var i = 0; i < 1000; i++)
            {
                bound.Record(1);
            }
        });
        Assert.Empty(run.Drain());
        Assert.Equal(0, Enum.GetValues<RefusalReason>().Sum(run.Refused));
    }

    [Fact]
    public void When_the_stream_is_over_the_instrument_is_called()
    {
        using var meter = new Meter("bound.over");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider);
        using var listener = Listen(meter);
        var bound = provider.BindStatsdSeries(meter.CreateCounter<long>("counter"), new Tag("a", "x"));
        bound.Record(1);
        run.Recorder.Dispose();
        bound.Record(2);
        bound.Record(3);
        Assert.Equal([1], run.Drain().Select(record => record.Bits));
        Assert.Equal([(2L, "[a, x]"), (3L, "[a, x]")], heard);
        Assert.Equal(0, run.Refused(RefusalReason.Closed));
    }

    [Fact]
    public void A_meter_that_is_over_gets_nothing_more()
    {
        var meter = new Meter("bound.meter");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider);
        var bound = provider.BindStatsdSeries(meter.CreateCounter<long>("counter"), new Tag("a", "x"));
        bound.Record(1);
        meter.Dispose();
        bound.Record(2);
        Assert.Equal([1], run.Drain().Select(record => record.Bits));
    }

    [Fact]
    public void A_meter_that_is_over_gets_nothing_more_though_another_of_its_name_lives()
    {
        var meter = new Meter("bound.alike");
        using var other = new Meter("bound.alike");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        using var run = Stream(meter, provider);
        var bound = provider.BindStatsdSeries(meter.CreateCounter<long>("counter"), new Tag("a", "x"));
        var living = provider.BindStatsdSeries(other.CreateCounter<long>("counter"), new Tag("a", "x"));
        bound.Record(1);
        living.Record(2);
        meter.Dispose();
        bound.Record(3);
        living.Record(4);
        var records = run.Drain();
        Assert.Equal([1, 2, 4], records.Select(record => record.Bits));
        Assert.Single(records.Select(record => record.Series).Distinct());
    }

    [Fact]
    public void A_series_bound_before_the_stream_begins_is_in_it_afterwards()
    {
        using var meter = new Meter("bound.early");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        var counter = meter.CreateCounter<long>("counter");
        using var run = Stream(meter, provider, starts: false);
        var bound = provider.BindStatsdSeries(counter, new Tag("a", "x"));
        bound.Record(1);
        run.Recorder.Start();
        bound.Record(2);
        using var listener = Listen(meter);
        bound.Record(3);
        Assert.Equal([2, 3], run.Drain().Select(record => record.Bits));
        Assert.Empty(heard);
    }

    [Fact]
    public void Nothing_is_bound_without_a_provider_or_an_instrument()
    {
        using var meter = new Meter("bound.null");
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        Assert.Throws<ArgumentNullException>(() => ((MeterProvider)null!).BindStatsdSeries(meter.CreateCounter<long>("c")));
        Assert.Throws<ArgumentNullException>(() => provider.BindStatsdSeries((Counter<long>)null!));
        Assert.Throws<ArgumentNullException>(() => provider.BindStatsdSeries((Histogram<long>)null!));
    }

    private static RecorderRun Stream(
        Meter meter,
        MeterProvider provider,
        bool dropsFromSdk = true,
        string instrument = "*",
        int limit = 2000,
        int sampleOneIn = 1,
        bool starts = true) =>
        new(provider, dropsFromSdk, starts, RecorderRun.Rule(meter.Name, instrument, EntryPriority.High, sampleOneIn, limit));

    private MeterListener Listen(Meter meter)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => heard.Add((value, string.Join(',', tags.ToArray()))));
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => heard.Add((value, string.Join(',', tags.ToArray()))));
        listener.SetMeasurementEventCallback<decimal>((_, value, tags, _) => heard.Add((value, string.Join(',', tags.ToArray()))));
        listener.Start();
        return listener;
    }
}
