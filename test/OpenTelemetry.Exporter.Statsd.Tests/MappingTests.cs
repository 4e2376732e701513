using System.Diagnostics.Metrics;
using System.Globalization;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What each instrument becomes.</summary>
public sealed class MappingTests
{
    private static readonly KeyValuePair<string, object?> Tag = new("k", "v");

    [Fact]
    public void Counters_are_sent_as_the_change_since_the_last_export()
    {
        using var session = new Session();
        var counter = session.Meter.CreateCounter<long>("requests");
        counter.Add(5, Tag);
        counter.Add(2, Tag);
        Assert.Equal(["requests:7|c|#k:v"], session.FlushLines());

        counter.Add(1, Tag);
        Assert.Equal(["requests:1|c|#k:v"], session.FlushLines());
        Assert.Empty(session.FlushLines());
    }

    [Fact]
    public void A_counter_that_did_not_change_is_not_sent()
    {
        using var session = new Session();
        session.Meter.CreateCounter<long>("longs").Add(0);
        session.Meter.CreateCounter<double>("doubles").Add(0.0);
        Assert.Empty(session.FlushLines());
    }

    [Fact]
    public void Fractions_of_a_counter_are_kept()
    {
        using var session = new Session();
        session.Meter.CreateCounter<double>("seconds").Add(0.125);
        Assert.Equal(["seconds:0.125|c"], session.FlushLines());
    }

    [Fact]
    public void An_observable_counter_is_sent_as_its_change()
    {
        using var session = new Session();
        var total = 10L;
        session.Meter.CreateObservableCounter("pages", () => total);
        Assert.Equal(["pages:10|c"], session.FlushLines());
        total = 25;
        Assert.Equal(["pages:15|c"], session.FlushLines());
        Assert.Empty(session.FlushLines());
    }

    [Fact]
    public void Up_down_counters_are_sent_as_their_level_each_time()
    {
        using var session = new Session();
        var queue = session.Meter.CreateUpDownCounter<int>("queue");
        queue.Add(5);
        Assert.Equal(["queue:5|g"], session.FlushLines());
        queue.Add(-2);
        Assert.Equal(["queue:3|g"], session.FlushLines());
        Assert.Equal(["queue:3|g"], session.FlushLines());
    }

    [Fact]
    public void An_observable_up_down_counter_is_sent_as_its_level()
    {
        using var session = new Session();
        session.Meter.CreateObservableUpDownCounter("threads", () => 12.5);
        Assert.Equal(["threads:12.5|g"], session.FlushLines());
    }

    [Fact]
    public void Gauges_are_sent_as_their_last_value()
    {
        using var session = new Session();
        var temperature = session.Meter.CreateGauge<double>("temperature");
        temperature.Record(20.5);
        temperature.Record(21.25);
        session.Meter.CreateObservableGauge("free", () => 42L);
        Assert.Equal(["temperature:21.25|g", "free:42|g"], session.FlushLines());
    }

    [Fact]
    public void A_zero_gauge_is_sent()
    {
        using var session = new Session();
        session.Meter.CreateGauge<long>("zero").Record(0);
        session.Meter.CreateGauge<double>("minus.zero").Record(-0.0);
        Assert.Equal(["zero:0|g", "minus.zero:0|g"], session.FlushLines());
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 53) + 1)]
    [InlineData(-1)]
    public void Whole_numbers_are_exact(long value)
    {
        using var session = new Session();
        session.Meter.CreateGauge<long>("exact").Record(value);
        Assert.Equal([$"exact:{value.ToString(CultureInfo.InvariantCulture)}|g"], session.FlushLines());
    }

    [Fact]
    public void Numbers_do_not_follow_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE") { NumberFormat = { NegativeSign = "~" } };
        try
        {
            using var session = new Session();
            session.Meter.CreateGauge<double>("g").Record(-1234.5, new KeyValuePair<string, object?>("ratio", 0.5));
            Assert.Equal(["g:-1234.5|g|#ratio:0.5"], session.FlushLines());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Values_that_are_no_numbers_are_dropped_and_counted(double value)
    {
        using var session = new Session();
        using var self = new SelfMetrics(session.Name);
        session.Meter.CreateGauge<double>("broken").Record(value);
        session.Meter.CreateCounter<double>("broken.too").Add(value);
        session.Meter.CreateGauge<double>("whole").Record(1);
        Assert.Equal(["whole:1|g"], session.FlushLines());
        Assert.Equal(2, self["statsd.exporter.points.dropped", "invalid_value"]);
        Assert.Equal(1, self["statsd.exporter.points.exported"]);
    }

    [Fact]
    public void A_histogram_is_summarised()
    {
        using var session = new Session(options: options =>
        {
            options.HistogramForm = HistogramForm.Summary;
            options.SummaryQuantiles = [];
        });
        var latency = session.Meter.CreateHistogram<double>("latency");
        latency.Record(0.5, Tag);
        latency.Record(2, Tag);
        latency.Record(6.5, Tag);
        Assert.Equal(
            [
                "latency.count:3|c|#k:v",
                "latency.sum:9|c|#k:v",
                "latency.min:0.5|g|#k:v",
                "latency.max:6.5|g|#k:v",
                "latency.avg:3|g|#k:v",
            ],
            session.FlushLines());
        Assert.Empty(session.FlushLines());
    }

    [Fact]
    public void A_histogram_without_min_and_max_leaves_them_out()
    {
        using var session = new Session(
            options: options =>
            {
                options.HistogramForm = HistogramForm.Summary;
                options.SummaryQuantiles = [];
            },
            build: builder => builder.AddView("latency", new ExplicitBucketHistogramConfiguration { RecordMinMax = false }));
        session.Meter.CreateHistogram<long>("latency").Record(4);
        Assert.Equal(["latency.count:1|c", "latency.sum:4|c", "latency.avg:4|g"], session.FlushLines());
    }

    [Fact]
    public void Explicit_buckets_are_counters_with_their_upper_bound()
    {
        using var session = new Session(options: options => options.HistogramForm = HistogramForm.Buckets, build: builder => builder
            .AddView("size", new ExplicitBucketHistogramConfiguration { Boundaries = [0.25, 10, 1e6] }));
        var size = session.Meter.CreateHistogram<double>("size");
        foreach (var value in (double[])[0.25, 0.3, 9, 2e6])
        {
            size.Record(value, Tag);
        }

        Assert.Equal(
            ["size.bucket:1|c|#k:v,upper_bound:0.25", "size.bucket:2|c|#k:v,upper_bound:10", "size.bucket:1|c|#k:v,upper_bound:inf"],
            session.FlushLines().Skip(5));
    }

    [Fact]
    public void Exponential_buckets_are_merged_to_powers_of_two()
    {
        using var session = new Session(options: options => options.HistogramForm = HistogramForm.Buckets, build: builder => builder
            .AddView("size", new Base2ExponentialBucketHistogramConfiguration()));
        var size = session.Meter.CreateHistogram<double>("size");
        foreach (var value in (double[])[0, 0.3, 0.5, 1, 1.5, 2, 3, 1000])
        {
            size.Record(value);
        }

        Assert.Equal(
            [
                "size.count:8|c", "size.sum:1008.3|c", "size.min:0|g", "size.max:1000|g", "size.avg:126.0375|g",
                "size.bucket:1|c|#upper_bound:0", "size.bucket:2|c|#upper_bound:0.5", "size.bucket:1|c|#upper_bound:1",
                "size.bucket:2|c|#upper_bound:2", "size.bucket:1|c|#upper_bound:4", "size.bucket:1|c|#upper_bound:1024",
            ],
            session.FlushLines());
    }

    [Fact]
    public void Where_there_are_no_tags_the_bound_ends_the_name()
    {
        using var session = new Session(StatsdProfile.StatsD, options => options.HistogramForm = HistogramForm.Buckets, builder => builder
            .AddView("size", new ExplicitBucketHistogramConfiguration { Boundaries = [0.25] }));
        var size = session.Meter.CreateHistogram<double>("size");
        size.Record(0.1);
        size.Record(7);
        Assert.Equal(["size.bucket.0_25:1|c", "size.bucket.inf:1|c"], session.FlushLines().Skip(5));
    }

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent)]
    [InlineData(StatsdProfile.StatsD)]
    [InlineData(StatsdProfile.Telegraf)]
    [InlineData(StatsdProfile.OpenTelemetryCollector)]
    public void A_counter_that_fell_is_sent_where_the_receiver_sums_it(StatsdProfile profile)
    {
        using var session = new Session(profile);
        session.Meter.CreateCounter<long>("fell").Add(-3);
        Assert.Equal(["fell:-3|c"], session.FlushLines());
    }

    [Fact]
    public void A_counter_that_fell_is_dropped_and_counted_where_the_receiver_rejects_it()
    {
        using var session = new Session(StatsdProfile.PrometheusStatsdExporter);
        using var self = new SelfMetrics(session.Name);
        session.Meter.CreateCounter<long>("fell").Add(-3);
        session.Meter.CreateCounter<double>("fell.too").Add(-0.5);
        Assert.Empty(session.FlushLines());
        Assert.Equal(2, self["statsd.exporter.points.dropped", "negative_counter"]);
    }

    [Fact]
    public void The_overflow_series_keeps_its_tag()
    {
        using var session = new Session(build: builder => builder.AddView("c", new MetricStreamConfiguration { CardinalityLimit = 1 }));
        var counter = session.Meter.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("user", "a"));
        counter.Add(2, new KeyValuePair<string, object?>("user", "b"));
        counter.Add(4, new KeyValuePair<string, object?>("user", "c"));
        Assert.Equal(["c:1|c|#user:a", "c:6|c|#otel.metric.overflow:true"], session.FlushLines().Order());
    }

    [Fact]
    public void A_value_whose_text_is_null_costs_nothing_but_itself()
    {
        using var session = new Session();
        var counter = session.Meter.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("k", new Unformattable()));
        counter.Add(2, new KeyValuePair<string, object?>("k", "v"));
        Assert.Equal(["c:1|c|#k:n/a", "c:2|c|#k:v"], session.FlushLines());
    }

    private sealed class Unformattable : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => null!;
    }
}
