using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Streaming;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>What becomes of measurements on their way from the lanes to the receiver, step by step.</summary>
public sealed class OutletTests
{
    [Fact]
    public void A_counter_is_summed_over_the_flush_window_and_each_measurement_counts()
    {
        using var run = new OutletRun();
        var counter = run.Meter.CreateCounter<long>("hits");
        counter.Add(long.MaxValue - 10);
        run.Outlet.Step();
        var first = run.FlushRecords();
        for (var i = 0; i < 7; i++)
        {
            counter.Add(1);
        }

        Assert.Equal([$"{long.MaxValue - 10}", "7"], first.Concat(run.FlushRecords()).Select(record => record.Value));
        Assert.Equal(8, run.Told.MeasurementsExported);
        Assert.Equal(0, run.Told.MeasurementsDropped);
    }

    [Fact]
    public void A_double_counter_is_summed_as_doubles()
    {
        using var run = new OutletRun();
        var counter = run.Meter.CreateCounter<double>("sum");
        counter.Add(0.1);
        counter.Add(0.2);
        counter.Add(1e17);
        counter.Add(-1e17);
        Assert.Equal(0.1 + 0.2 + 1e17 - 1e17, Assert.Single(run.FlushRecords()).Number);
    }

    [Fact]
    public void Of_a_gauge_the_last_value_is_sent_and_counts_as_one_measurement()
    {
        using var run = new OutletRun();
        var gauge = run.Meter.CreateGauge<double>("level");
        gauge.Record(1);
        gauge.Record(2.5);
        Assert.Equal("level:2.5|g", Assert.Single(run.FlushRecords()).Line);
        Assert.Empty(run.FlushRecords());
        Assert.Equal(1, run.Told.MeasurementsExported);
    }

    [Fact]
    public void Gauges_alone_keep_the_interval_too()
    {
        using var run = new OutletRun();
        var gauge = run.Meter.CreateGauge<long>("g");
        var pace = new PollPace();
        var setAt = TimeSpan.Zero;
        for (var now = TimeSpan.Zero; now < TimeSpan.FromSeconds(4);)
        {
            for (; setAt <= now; setAt += TimeSpan.FromMilliseconds(5))
            {
                gauge.Record(setAt.Ticks);
            }

            var rest = pace.Next(run.Outlet.Step(), run.Outlet.IsFillingUp);
            run.Clock.Advance(rest);
            now += rest;
        }

        // Every 10 ms, unless it was not looked for a moment longer.
        Assert.InRange(run.Told.MeasurementsExported, 300, 400);
    }

    [Fact]
    public void A_gauge_that_waits_for_the_receiver_keeps_nobody_awake()
    {
        using var run = new OutletRun();
        run.Transport.Probes.Enqueue(SocketError.ConnectionRefused);
        run.Meter.CreateGauge<long>("g").Record(1);
        run.Outlet.Step();
        Assert.Equal(StatsdBreakerState.Open, run.Outlet.State);
        Assert.False(run.Outlet.Step());
    }

    [Fact]
    public void Values_of_a_histogram_share_lines_in_the_order_in_which_they_were_recorded()
    {
        using var run = new OutletRun();
        var histogram = run.Meter.CreateHistogram<double>("took");
        for (var i = 0; i < 10; i++)
        {
            histogram.Record(10 - i, new KeyValuePair<string, object?>("odd", i % 2));
        }

        var lines = run.FlushRecords().Select(record => record.Line).Distinct();
        Assert.Equal(["took:10:8:6:4:2|d|#odd:0", "took:9:7:5:3:1|d|#odd:1"], lines);
        Assert.Equal(10, run.Told.MeasurementsExported);
    }

    [Fact]
    public void More_values_than_a_window_holds_are_written_at_once()
    {
        const int Values = 100_000;
        using var run = new OutletRun();
        var histogram = run.Meter.CreateHistogram<int>("took");
        for (var i = 0; i < Values; i++)
        {
            histogram.Record(i);
            if (i % 10_000 == 9_999)
            {
                // The first has room for what the one before has left.
                run.Outlet.Step();
                run.Outlet.Step();
            }
        }

        var sent = run.FlushRecords().Select(record => record.Number).ToList();
        Assert.Equal(Enumerable.Range(0, Values).Select(i => (double)i), sent);
        Assert.Equal(Values, run.Told.MeasurementsExported);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_counted_and_spoils_nothing(double value)
    {
        using var run = new OutletRun();
        var counter = run.Meter.CreateCounter<double>("c");
        var histogram = run.Meter.CreateHistogram<double>("h");
        var gauge = run.Meter.CreateGauge<double>("g");
        counter.Add(value);
        counter.Add(1);
        histogram.Record(2);
        histogram.Record(value);
        gauge.Record(value);
        Assert.Equal(["c:1|c", "h:2|d"], run.FlushRecords().Select(record => record.Line).Order(StringComparer.Ordinal));
        Assert.Equal(2, run.Told.MeasurementsExported);
        Assert.Equal(3, run.Told.MeasurementsDroppedByReason["invalid_value"]);
    }

    [Fact]
    public void A_sum_that_overflows_drops_all_that_were_summed()
    {
        using var run = new OutletRun();
        var counter = run.Meter.CreateCounter<double>("c");
        counter.Add(double.MaxValue);
        counter.Add(double.MaxValue);
        Assert.Empty(run.FlushRecords());
        Assert.Equal(2, run.Told.MeasurementsDroppedByReason["invalid_value"]);
    }

    [Fact]
    public void A_value_that_is_too_large_in_milliseconds_is_dropped()
    {
        using var run = new OutletRun(profile: StatsdProfile.StatsD);
        var histogram = run.Meter.CreateHistogram<double>("h", "s");
        histogram.Record(double.MaxValue);
        histogram.Record(0.25);
        Assert.Equal("h:250|ms", Assert.Single(run.FlushRecords()).Line);
        Assert.Equal(1, run.Told.MeasurementsDroppedByReason["invalid_value"]);
        Assert.Equal(1, run.Told.MeasurementsExported);
    }

    [Fact]
    public void A_counter_that_falls_is_counted_where_the_receiver_rejects_it()
    {
        using var run = new OutletRun(profile: StatsdProfile.PrometheusStatsdExporter);
        var counter = run.Meter.CreateCounter<long>("c");
        counter.Add(-3);
        counter.Add(1);
        Assert.Empty(run.FlushRecords());
        Assert.Equal(2, run.Told.MeasurementsDroppedByReason["negative_counter"]);
    }

    [Fact]
    public void A_line_that_fits_no_packet_drops_all_its_measurements()
    {
        using var run = new OutletRun(options => options.MaxPacketBytes = 64);
        var tag = new KeyValuePair<string, object?>("long", new string('x', 100));
        var counter = run.Meter.CreateCounter<long>("c");
        var histogram = run.Meter.CreateHistogram<double>("h");
        counter.Add(1, tag);
        counter.Add(1, tag);
        histogram.Record(1, tag);
        histogram.Record(2, tag);
        histogram.Record(3, tag);
        counter.Add(5);
        Assert.Equal("c:5|c", Assert.Single(run.FlushRecords()).Line);
        Assert.Equal(5, run.Told.MeasurementsDroppedByReason["line_too_long"]);
    }

    [Fact]
    public void While_the_receiver_is_away_counters_and_gauges_stay_exact_and_go_out_when_it_is_back()
    {
        using var run = new OutletRun();
        var counter = run.Meter.CreateCounter<long>("c");
        var gauge = run.Meter.CreateGauge<long>("g");
        var histogram = run.Meter.CreateHistogram<double>("h");
        for (var i = 0; i < 1000; i++)
        {
            run.Transport.Probes.Enqueue(SocketError.ConnectionRefused);
        }

        for (var i = 1; i <= 100; i++)
        {
            counter.Add(i);
            gauge.Record(i);
            histogram.Record(i);
            run.Flush();
            run.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(StatsdBreakerState.Open, run.Outlet.State);
        Assert.Empty(run.Transport.Taken);
        Assert.InRange(run.Transport.Calls, 2, 20);
        run.Transport.Probes.Clear();
        run.Clock.Advance(TimeSpan.FromSeconds(30));
        var records = run.FlushRecords();
        Assert.Equal("5050", records.Single(record => record.Name == "c").Value);
        Assert.Equal("100", records.Single(record => record.Name == "g").Value);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (double)i), records.Where(record => record.Name == "h").Select(record => record.Number));
        Assert.Equal(201, run.Told.MeasurementsExported);
        Assert.Equal(0, run.Told.MeasurementsDropped);
    }

    [Fact]
    public void Values_that_no_longer_fit_while_the_receiver_is_away_make_the_oldest_give_way()
    {
        const int Values = 500_000;
        using var run = new OutletRun(options => options.MaxBufferBytes = 65_536);
        run.Transport.Probes.Enqueue(SocketError.ConnectionRefused);
        var counter = run.Meter.CreateCounter<long>("c");
        var histogram = run.Meter.CreateHistogram<int>("h");
        for (var i = 0; i < Values; i++)
        {
            counter.Add(1);
            histogram.Record(i);
            if (i % 5_000 == 4_999)
            {
                // The first has room for what the one before has left.
                run.Outlet.Step();
                run.Outlet.Step();
            }
        }

        run.Clock.Advance(TimeSpan.FromSeconds(30));
        var records = run.FlushRecords();
        var arrived = records.Where(record => record.Name == "h").Select(record => record.Number).ToList();
        Assert.Equal(Values, records.Where(record => record.Name == "c").Sum(record => record.Number));
        Assert.Equal(Enumerable.Range(Values - arrived.Count, arrived.Count).Select(i => (double)i), arrived);
        Assert.True(arrived.Count > 5_000);
        Assert.Equal(Values + arrived.Count, run.Told.MeasurementsExported);
        Assert.Equal(Values - arrived.Count, run.Told.MeasurementsDroppedByReason["buffer_full"]);
        Assert.Equal(0, run.Told.MeasurementsRefused);
    }

    [Fact]
    public void A_receiver_that_stalls_holds_nothing_up_and_counts_as_away_after_half_a_second()
    {
        using var run = new OutletRun();
        var counter = run.Meter.CreateCounter<long>("c");
        for (var i = 0; i < 10_000; i++)
        {
            run.Transport.Answer(SocketError.WouldBlock);
        }

        for (var i = 0; i < 60; i++)
        {
            counter.Add(1);
            run.Flush();
        }

        Assert.Equal(StatsdBreakerState.Open, run.Outlet.State);
        Assert.Empty(run.Transport.Waits);
    }

    [Fact]
    public void The_receiver_is_asked_every_ten_seconds_before_anything_is_written()
    {
        using var run = new OutletRun();
        var counter = run.Meter.CreateCounter<long>("c");
        counter.Add(1);
        Assert.Single(run.FlushRecords());
        run.Transport.Probes.Enqueue(SocketError.ConnectionRefused);
        counter.Add(2);
        Assert.Single(run.FlushRecords());
        run.Clock.Advance(TimeSpan.FromSeconds(10));
        counter.Add(3);
        Assert.Empty(run.FlushRecords());
        Assert.Equal(StatsdBreakerState.Open, run.Outlet.State);
        run.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("c:3|c", Assert.Single(run.FlushRecords()).Line);
    }

    [Fact]
    public void Low_priority_is_refused_first_and_all_that_is_refused_is_counted()
    {
        const int Each = 20_000;
        using var meter = new Meter("outlet.priorities");
        using var run = new OutletRun(options =>
        {
            options.MaxStreamBufferBytes = 262_144;
            options.Stream(meter.Name, "low", stream => stream.Priority = StreamPriority.Low);
            options.Stream(meter.Name, "normal");
            options.Stream(meter.Name, "high", stream => stream.Priority = StreamPriority.High);
        });
        var low = meter.CreateCounter<long>("low");
        var normal = meter.CreateCounter<long>("normal");
        var high = meter.CreateCounter<long>("high");
        for (var i = 0; i < Each; i++)
        {
            low.Add(1);
            normal.Add(1);
            high.Add(1);
        }

        var arrived = run.FlushRecords().ToDictionary(record => record.Name, record => record.Number);
        Assert.True(arrived["low"] < arrived["normal"] && arrived["normal"] < arrived["high"], string.Join(' ', arrived));
        Assert.Equal(3 * Each, arrived.Values.Sum() + run.Told.MeasurementsRefused);
        Assert.Equal(arrived.Values.Sum(), run.Told.MeasurementsExported);
        Assert.Equal(Each - arrived["low"], run.Told.MeasurementsRefusedByPriority["low"]);
        Assert.Equal(Each - arrived["high"], run.Told.MeasurementsRefusedByPriority["high"]);
        Assert.Equal(run.Told.MeasurementsRefused, run.Told.MeasurementsRefusedByReason["buffer_full"]);
    }

    [Fact]
    public void An_idle_series_is_forgotten_with_its_text_and_comes_back_as_it_was()
    {
        using var run = new OutletRun();
        var counter = run.Meter.CreateCounter<long>("c");
        var gauge = run.Meter.CreateGauge<long>("g");
        var tag = new KeyValuePair<string, object?>("key", "value");
        counter.Add(1, tag);
        gauge.Record(1, tag);
        counter.Add(1);
        run.Flush();
        var before = run.Outlet.StreamBytes;
        for (var minute = 0; minute < 6; minute++)
        {
            run.Clock.Advance(TimeSpan.FromMinutes(1));
            counter.Add(1);
            run.Flush();
        }

        Assert.Single(Live());
        Assert.True(run.Outlet.StreamBytes < before);
        counter.Add(5, tag);
        Assert.Equal("c:5|c|#key:value", Assert.Single(run.FlushRecords(), record => record.Tags.Count > 0 && record.Value == "5").Line);
        Assert.Equal(2, Live().Count());

        IEnumerable<object> Live()
        {
            foreach (var series in run.Recorder.Series.ToArray())
            {
                if (series is { LiveId: not 0 })
                {
                    yield return series;
                }
            }
        }
    }

    [Fact]
    public void Series_of_a_meter_that_was_disposed_of_are_forgotten_once_they_are_written()
    {
        using var run = new OutletRun();
        run.Meter.CreateCounter<long>("c").Add(3);
        run.Meter.Dispose();
        Assert.Equal("c:3|c", Assert.Single(run.FlushRecords()).Line);
        run.Clock.Advance(TimeSpan.FromSeconds(10));
        run.Outlet.Step();
        Assert.DoesNotContain(run.Recorder.Series.ToArray(), series => series is { LiveId: not 0 });
    }

    [Fact]
    public void A_listener_to_its_own_meter_whose_exception_cannot_even_be_told_spoils_nothing()
    {
        using var events = new Events();
        using var run = new OutletRun();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "OpenTelemetry.Exporter.Statsd")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "exporter" && Equals(tag.Value, run.Name))
                {
                    throw new MuteException();
                }
            }
        });
        listener.Start();
        var histogram = run.Meter.CreateHistogram<long>("h");
        for (var i = 1; i <= 3; i++)
        {
            histogram.Record(i);
            Assert.Equal($"h:{i}|d", Assert.Single(run.FlushRecords()).Line);
        }

        Assert.Equal(3, run.Told.MeasurementsExported);
    }

    [Fact]
    public void Series_of_dead_meters_of_which_nothing_waits_are_forgotten_while_the_receiver_is_away_too()
    {
        using var run = new OutletRun();
        run.Transport.Throws = new IOException();
        using (var dead = new Meter(run.Name))
        {
            dead.CreateHistogram<long>("h").Record(1);
            dead.CreateCounter<long>("c").Add(2);
            dead.CreateGauge<long>("g").Record(3);
        }

        run.Outlet.Step();

        // More values than a window holds are written without a receiver, into the ring.
        var living = run.Meter.CreateHistogram<long>("h");
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 10_000; i++)
            {
                living.Record(i);
            }

            run.Flush();
        }

        Assert.Equal(StatsdBreakerState.Open, run.Outlet.State);
        run.Clock.Advance(TimeSpan.FromSeconds(10));
        run.Outlet.Step();
        Assert.Equal(["c", "g", "h"], Names());
        run.Transport.Throws = null;
        run.Clock.Advance(TimeSpan.FromSeconds(30));
        var records = run.FlushRecords();
        Assert.Equal(["2", "3"], records.Where(record => record.Name is "c" or "g").OrderBy(record => record.Name).Select(record => record.Value));
        run.Clock.Advance(TimeSpan.FromSeconds(10));
        run.Outlet.Step();
        Assert.Equal(["h"], Names());

        IEnumerable<string> Names() =>
            run.Recorder.Series.ToArray().Where(series => series is { LiveId: not 0 }).Select(series => series!.Instrument.Instrument.Name).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_flush_takes_everything_and_ends_when_it_is_delivered()
    {
        using var run = new OutletRun();
        run.Meter.CreateCounter<long>("c").Add(1);
        run.Outlet.BeginFlush();
        run.Outlet.Step();
        Assert.True(run.Outlet.TryEndFlush(out var isDelivered) && isDelivered);
        Assert.Equal("c:1|c", Assert.Single(run.Transport.Taken));
    }

    [Fact]
    public void A_flush_fails_while_the_receiver_is_away()
    {
        using var run = new OutletRun();
        run.Transport.Probes.Enqueue(SocketError.ConnectionRefused);
        run.Meter.CreateCounter<long>("c").Add(1);
        run.Outlet.BeginFlush();
        run.Outlet.Step();
        Assert.True(run.Outlet.TryEndFlush(out var isDelivered));
        Assert.False(isDelivered);
    }

    [Fact]
    public void At_the_end_everything_is_tried_and_what_is_left_counts_as_dropped()
    {
        using var run = new OutletRun();
        run.Transport.Probes.Enqueue(SocketError.ConnectionRefused);
        run.Transport.Probes.Enqueue(SocketError.ConnectionRefused);
        for (var i = 0; i < 100; i++)
        {
            run.Transport.Answer(SocketError.ConnectionRefused);
        }

        var counter = run.Meter.CreateCounter<long>("c");
        counter.Add(1);
        counter.Add(1);
        run.Meter.CreateHistogram<long>("h").Record(1);
        run.Flush();
        run.Recorder.Dispose();
        run.Outlet.Hurry(TimeSpan.FromSeconds(1));
        Assert.False(run.Outlet.Finish(TimeSpan.FromSeconds(1)));
        Assert.Equal(3, run.Told.MeasurementsDroppedByReason["receiver_away"]);
        Assert.Equal(0, run.Outlet.QueuedPackets);
    }

    private sealed class MuteException : Exception
    {
        public override string ToString() => throw new InvalidOperationException("It says nothing.");
    }

    /// <summary>Listens, so that an exception is asked for its text.</summary>
    private sealed class Events : EventListener
    {
        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-Statsd")
            {
                EnableEvents(eventSource, EventLevel.Error);
            }
        }
    }
}
