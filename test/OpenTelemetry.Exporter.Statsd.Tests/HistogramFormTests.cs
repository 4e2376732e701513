using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What each form of a histogram puts on the wire, per receiver.</summary>
public sealed class HistogramFormTests
{
    private static readonly KeyValuePair<string, object?> Tag = new("k", "v");

    public static TheoryData<StatsdProfile, HistogramForm?, string[]> Lines => new()
    {
        { StatsdProfile.DatadogAgent, null, ["took:1:2:4|d|#k:v"] },
        { StatsdProfile.DatadogAgent, HistogramForm.Histogram, ["took:1:2:4|h|#k:v"] },
        { StatsdProfile.DatadogAgent, HistogramForm.Timing, ["took:1000:2000:4000|ms|#k:v"] },
        { StatsdProfile.StatsD, null, ["took:1000|ms:2000|ms:4000|ms"] },
        { StatsdProfile.StatsDGraphite, null, ["took;k=v:1000|ms:2000|ms:4000|ms"] },
        { StatsdProfile.PrometheusStatsdExporter, HistogramForm.Distribution, ["took:1:2:4|d|#k:v"] },
        { StatsdProfile.PrometheusStatsdExporter, HistogramForm.Timing, ["took:1000:2000:4000|ms|#k:v"] },
        { StatsdProfile.Telegraf, HistogramForm.Histogram, ["took,k=v:1|h", "took,k=v:2|h", "took,k=v:4|h"] },
        { StatsdProfile.Telegraf, HistogramForm.Timing, ["took,k=v:1000|ms", "took,k=v:2000|ms", "took,k=v:4000|ms"] },
        { StatsdProfile.OpenTelemetryCollector, HistogramForm.Distribution, ["took:1|d|#k:v", "took:2|d|#k:v", "took:4|d|#k:v"] },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Values_are_written_under_the_name_of_the_metric(StatsdProfile profile, HistogramForm? form, string[] expected)
    {
        using var session = new Session(profile, options => options.HistogramForm = form, Exponential);
        var histogram = session.Meter.CreateHistogram<double>("took", "s");
        foreach (var seconds in (double[])[1, 2, 4])
        {
            histogram.Record(seconds, Tag);
        }

        Assert.Equal(expected, session.FlushLines());
        Assert.Empty(session.FlushLines());
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Values_that_come_often_are_written_with_their_weights(StatsdProfile profile, HistogramForm? form, string[] few)
    {
        using var session = new Session(profile, options => options.HistogramForm = form, Exponential);
        var histogram = session.Meter.CreateHistogram<double>("took", "s");
        foreach (var seconds in (double[])[1, .. Enumerable.Repeat(2, 1017), 4])
        {
            histogram.Record(seconds, Tag);
        }

        var records = session.FlushRecords();
        var milliseconds = few[0].Contains("|ms", StringComparison.Ordinal) ? 1000 : 1;

        // The daemon alone does not cut the weight off.
        var isDaemon = profile is StatsdProfile.StatsD or StatsdProfile.StatsDGraphite;
        Assert.Equal(
            [(1 * milliseconds, 1), (2 * milliseconds, 1017), (4 * milliseconds, 1)],
            records.GroupBy(record => record.Number).Select(group => (group.Key, group.Sum(record => isDaemon ? 1 / record.Rate : record.Weight))).Order());
        Assert.InRange(records.Count, 3, 100);
    }

    [Theory]
    [InlineData(StatsdProfile.PrometheusStatsdExporter)]
    [InlineData(StatsdProfile.Telegraf)]
    [InlineData(StatsdProfile.OpenTelemetryCollector)]
    public void All_others_get_a_summary(StatsdProfile profile)
    {
        using var session = new Session(profile, build: Exponential);
        session.Meter.CreateHistogram<double>("took", "s").Record(2);
        Assert.Equal(
            ["took.count:1|c", "took.sum:2|c", "took.min:2|g", "took.max:2|g", "took.avg:2|g", "took.p50:2|g", "took.p95:2|g", "took.p99:2|g"],
            session.FlushLines());
    }

    /// <summary>As the documents say of sums below 1, of which nothing arrives.</summary>
    [Theory]
    [InlineData(HistogramForm.Summary)]
    [InlineData(HistogramForm.Buckets)]
    public void Where_the_fraction_of_a_sum_is_cut_off_the_average_times_the_count_has_it(HistogramForm form)
    {
        using var session = new Session(StatsdProfile.Telegraf, options => options.HistogramForm = form, Exponential);
        var histogram = session.Meter.CreateHistogram<double>("took", "s");
        var model = new ReceiverModel(ReceiverKind.Telegraf);
        foreach (var seconds in (double[])[0.125, 0.25, 0.003])
        {
            histogram.Record(seconds);
        }

        model.Apply(session.FlushRecords());
        Assert.Equal(0, model.Counter("took.sum"));
        Assert.Equal(0.378, model.Gauge("took.avg") * model.Counter("took.count"), 1e-15);
    }

    [Fact]
    public void Quantiles_are_named_after_their_digits_and_near_the_true_ones()
    {
        using var session = new Session(
            options: options =>
            {
                options.HistogramForm = HistogramForm.Summary;
                options.SummaryQuantiles = [0.05, 0.5, 0.999, 0.000001];
            },
            build: Exponential);
        var histogram = session.Meter.CreateHistogram<int>("size");
        for (var i = 1; i <= 10_000; i++)
        {
            histogram.Record(i);
        }

        var model = new ReceiverModel(ReceiverKind.DatadogAgent).Apply(session.FlushRecords());
        Assert.Equal(
            ["size.avg", "size.max", "size.min", "size.p000001", "size.p05", "size.p50", "size.p999"],
            model.Gauges.Keys.Select(key => key.Name).Order(StringComparer.Ordinal));
        Assert.InRange(model.Gauge("size.p000001"), 1, 2);
        Assert.InRange(model.Gauge("size.p05"), 490, 510);
        Assert.InRange(model.Gauge("size.p50"), 4900, 5100);
        Assert.InRange(model.Gauge("size.p999"), 9800, 10_000);
    }

    [Fact]
    public void Quantiles_have_as_many_digits_as_an_estimate_deserves()
    {
        using var session = new Session(options: options => options.HistogramForm = HistogramForm.Summary, build: Exponential);
        var histogram = session.Meter.CreateHistogram<double>("took");
        var random = new Random(8);
        for (var i = 0; i < 1000; i++)
        {
            histogram.Record(random.NextDouble() * 1000);
        }

        var quantiles = session.FlushRecords().Where(record => record.Name.StartsWith("took.p", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, quantiles.Count);
        Assert.All(quantiles, record => Assert.InRange(record.Value.Replace(".", string.Empty, StringComparison.Ordinal).Length, 1, 6));
    }

    [Fact]
    public void The_most_specific_pattern_says_what_a_histogram_becomes()
    {
        using var session = new Session(
            options: options =>
            {
                options.HistogramForm = HistogramForm.Timing;
                options.HistogramForms["HTTP.*"] = HistogramForm.Histogram;
                options.HistogramForms["http.*.size"] = HistogramForm.Distribution;
                options.HistogramForms["renamed"] = HistogramForm.Distribution;
            },
            build: builder => builder.AddView("original", "renamed"));
        foreach (var name in (string[])["http.server.duration", "http.server.size", "original", "other"])
        {
            session.Meter.CreateHistogram<int>(name).Record(1);
        }

        Assert.Equal(["http.server.duration:1|h", "http.server.size:1|d", "renamed:1|d", "other:1|ms"], session.FlushLines());
    }

    [Theory]
    [InlineData("s", 1.5, "1500")]
    [InlineData("s", 1.001, "1001")]
    [InlineData("s", 0.0043, "4.3")]
    [InlineData("min", 0.0041, "246")]
    [InlineData("us", 1010.1, "1.0101")]
    [InlineData("ms", 1.5, "1.5")]
    [InlineData("us", 1500, "1.5")]
    [InlineData("\u00b5s", 1500, "1.5")]
    [InlineData("\u03bcs", 1500, "1.5")]
    [InlineData("ns", 123, "0.000123")]
    [InlineData("min", 1.5, "90000")]
    [InlineData("h", 0.5, "1800000")]
    [InlineData("d", 2, "172800000")]
    [InlineData("By", 1.5, "1.5")]
    [InlineData("S", 1.5, "1.5")]
    [InlineData(null, 1.5, "1.5")]
    public void Timings_are_in_milliseconds(string? unit, double value, string expected)
    {
        using var session = new Session(StatsdProfile.StatsD, build: Exponential);
        session.Meter.CreateHistogram<double>("took", unit).Record(value);
        Assert.Equal([$"took:{expected}|ms"], session.FlushLines());
    }

    /// <summary>As the documents warn of: without a unit a timer records seconds, and a timing takes them to be milliseconds.</summary>
    [Theory]
    [InlineData("s", "20")]
    [InlineData("ms", "20")]
    [InlineData(null, "0.02")]
    public void A_timer_needs_the_unit_of_its_histogram(string? unit, string expected)
    {
        using var session = new Session(StatsdProfile.StatsD, build: Exponential);
        var clock = new ManualClock();
        using (session.Meter.CreateHistogram<double>("work", unit).StartTimer(clock, []))
        {
            clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal([$"work:{expected}|ms"], session.FlushLines());
    }

    [Theory]
    [InlineData(StatsdProfile.StatsD, HistogramForm.Timing, "change:4|ms")]
    [InlineData(StatsdProfile.StatsDGraphite, HistogramForm.Timing, "change:4|ms")]
    [InlineData(StatsdProfile.Telegraf, HistogramForm.Histogram, "change:4|h")]
    [InlineData(StatsdProfile.Telegraf, HistogramForm.Timing, "change:4|ms")]
    public void A_value_below_zero_is_left_out_and_counted_where_the_receiver_rejects_it(StatsdProfile profile, HistogramForm form, string expected)
    {
        using var session = new Session(profile, options => options.HistogramForm = form);
        using var self = new SelfMetrics(session.Name);
        var change = session.Meter.CreateHistogram<int>("change");
        change.Record(-3);
        change.Record(4);
        session.Meter.CreateHistogram<int>("below").Record(-1);
        session.Meter.CreateHistogram<int>("above").Record(1);
        Assert.Equal([expected, expected.Replace("change:4", "above:1", StringComparison.Ordinal)], session.FlushLines());
        Assert.Equal(2, self["statsd.exporter.points.dropped", "negative_value"]);
        Assert.Equal(1, self["statsd.exporter.points.exported"]);
    }

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent)]
    [InlineData(StatsdProfile.PrometheusStatsdExporter)]
    [InlineData(StatsdProfile.OpenTelemetryCollector)]
    public void A_value_below_zero_is_written_where_the_receiver_takes_it(StatsdProfile profile)
    {
        using var session = new Session(profile, options => options.HistogramForm = HistogramForm.Histogram);
        var change = session.Meter.CreateHistogram<int>("change");
        change.Record(-3);
        change.Record(4);
        Assert.Equal([-3, 4], session.FlushRecords().Select(record => record.Number).Order());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_no_number_costs_the_point_but_not_its_other_values(double value)
    {
        using var session = new Session(build: Exponential);
        using var self = new SelfMetrics(session.Name);
        var histogram = session.Meter.CreateHistogram<double>("took");
        histogram.Record(value);
        histogram.Record(8);
        session.Meter.CreateHistogram<double>("none").Record(value);
        Assert.InRange(Assert.Single(session.FlushRecords()).Number, 7.99, 8);
        Assert.Equal(2, self["statsd.exporter.points.dropped", "invalid_value"]);
    }

    [Fact]
    public void A_timing_beyond_all_numbers_is_dropped_and_counted()
    {
        using var session = new Session(StatsdProfile.StatsD, build: Exponential);
        using var self = new SelfMetrics(session.Name);
        var histogram = session.Meter.CreateHistogram<double>("took", "d");
        histogram.Record(1e304);
        histogram.Record(1);
        Assert.Equal(["took:86400000|ms"], session.FlushLines());
        Assert.Equal(1, self["statsd.exporter.points.dropped", "invalid_value"]);
    }

    [Fact]
    public void A_large_histogram_is_one_point_over_several_packets()
    {
        using var session = new Session(options: options => options.MaxPacketBytes = 200, build: Exponential);
        using var self = new SelfMetrics(session.Name);
        var histogram = session.Meter.CreateHistogram<double>("took");
        var random = new Random(5);
        var values = Enumerable.Range(0, 20_000).Select(_ => Math.Exp(random.NextDouble() * 10)).ToArray();
        foreach (var value in values)
        {
            histogram.Record(value);
        }

        var packets = session.FlushPackets();
        Assert.InRange(packets.Count, 5, 100);
        var samples = new ReceiverModel(ReceiverKind.DatadogAgent).Apply(Session.DecoderFor(StatsdProfile.DatadogAgent).DecodeAll(packets)).Samples("took");
        Assert.Equal(values.Length, samples.Sum(sample => sample.Weight));
        Assert.Equal(values.Min(), samples.Min(sample => sample.Value));
        Assert.Equal(values.Max(), samples.Max(sample => sample.Value));
        Assert.Equal(1, self["statsd.exporter.points.exported"]);
    }

    private static void Exponential(MeterProviderBuilder builder) =>
        builder.AddView("*", new Base2ExponentialBucketHistogramConfiguration());
}
