using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Two streams that would be written under one name both arrive.</summary>
public sealed class StreamNameTests
{
    [Fact]
    public void Of_two_meters_the_second_carries_its_name()
    {
        using var second = new Meter("second.meter", "2.1");
        using var session = new Session(build: builder => builder.AddMeter(second.Name));
        session.Meter.CreateGauge<int>("queue").Record(1);
        second.CreateGauge<int>("queue").Record(2);
        Assert.Equal(["queue:1|g", "queue:2|g|#otel.scope.name:second.meter,otel.scope.version:2.1"], session.FlushLines());
    }

    [Fact]
    public void Of_two_meters_the_second_is_named_after_its_meter_where_there_are_no_tags()
    {
        using var second = new Meter("second.meter");
        using var session = new Session(StatsdProfile.StatsD, build: builder => builder.AddMeter(second.Name));
        session.Meter.CreateGauge<int>("queue").Record(1);
        second.CreateGauge<int>("queue").Record(2);
        Assert.Equal(["queue:1|g", "queue.second.meter:2|g"], session.FlushLines());
    }

    [Fact]
    public void Of_two_kinds_the_second_is_named_after_its_kind()
    {
        using var session = new Session();
        session.Meter.CreateCounter<int>("size").Add(1);
        session.Meter.CreateGauge<int>("size").Record(2);
        Assert.Equal(["size:1|c", "size.gauge:2|g"], session.FlushLines());
    }

    [Fact]
    public void Of_two_units_the_second_is_named_after_its_unit()
    {
        using var session = new Session();
        session.Meter.CreateCounter<int>("size", "By").Add(1);
        session.Meter.CreateCounter<int>("size", "{page}").Add(2);
        session.Meter.CreateCounter<int>("size").Add(3);
        Assert.Equal(["size:1|c", "size._page_:2|c", "size.unitless:3|c"], session.FlushLines());
    }

    [Fact]
    public void Names_that_only_sanitising_makes_the_same_are_told_apart()
    {
        using var session = new Session();
        session.Meter.CreateCounter<int>("a-b").Add(1);
        session.Meter.CreateGauge<int>("a_b").Record(2);
        session.Meter.CreateCounter<int>("a_b").Add(3);
        session.Meter.CreateCounter<int>("a/b").Add(4);
        Assert.Equal(["a_b:1|c", "a_b.gauge:2|g", "a_b.2:3|c", "a_b.3:4|c"], session.FlushLines());
    }

    [Fact]
    public void A_line_of_a_histogram_is_a_name_like_any_other()
    {
        using var session = new Session(
            options: Summarise, build: builder => builder.AddView("size", new ExplicitBucketHistogramConfiguration { RecordMinMax = false }));
        session.Meter.CreateHistogram<int>("size").Record(1);
        session.Meter.CreateGauge<int>("size.count").Record(2);
        Assert.Equal(["size.count:1|c", "size.sum:1|c", "size.avg:1|g", "size.count.gauge:2|g"], session.FlushLines());
    }

    [Fact]
    public void A_meter_made_anew_keeps_its_names()
    {
        using var session = new Session(build: builder => builder.AddMeter("again"));
        for (var i = 1; i <= 3; i++)
        {
            using var again = new Meter("again");
            again.CreateCounter<int>("c").Add(i);
            Assert.Equal([$"c:{i}|c"], session.FlushLines());
        }
    }

    [Fact]
    public void A_meter_made_anew_has_all_the_names_that_it_had_and_takes_none_of_one_that_lives()
    {
        using var session = new Session(build: builder => builder.AddMeter("again"));
        var living = session.Meter.CreateGauge<int>("g");
        for (var i = 1; i <= 4; i++)
        {
            living.Record(0);
            using var again = new Meter("again");
            again.CreateGauge<int>("g").Record(i);
            again.CreateGauge<double>("g").Record(-i);
            Assert.Equal(["g:0|g", $"g:{i}|g|#otel.scope.name:again", $"g.2:{-i}|g"], session.FlushLines());
        }
    }

    [Fact]
    public void A_stream_keeps_its_name_while_it_is_quiet()
    {
        using var session = new Session();
        var whole = session.Meter.CreateGauge<int>("g");
        var real = session.Meter.CreateGauge<double>("g");
        whole.Record(1);
        Assert.Equal(["g:1|g"], session.FlushLines());
        real.Record(2);
        Assert.Equal(["g.2:2|g"], session.FlushLines());
        whole.Record(3);
        Assert.Equal(["g:3|g"], session.FlushLines());
        real.Record(4);
        whole.Record(5);
        Assert.Equal(["g:5|g", "g.2:4|g"], session.FlushLines());
    }

    [Fact]
    public void A_disposed_stream_leaves_the_names_of_the_others_alone()
    {
        using var session = new Session(build: builder => builder.AddMeter("again"));
        using var second = new Meter(new MeterOptions("again") { Tags = [new("instance", 2)] });
        using (var first = new Meter(new MeterOptions("again") { Tags = [new("instance", 1)] }))
        {
            first.CreateUpDownCounter<int>("n").Add(1);
            second.CreateUpDownCounter<int>("n").Add(2);
            Assert.Equal(["n:1|g", "n.2:2|g"], session.FlushLines());
        }

        // The last of the first one's.
        session.FlushLines();
        Assert.Equal(["n.2:2|g"], session.FlushLines());
        using var third = new Meter(new MeterOptions("again") { Tags = [new("instance", 3)] });
        third.CreateUpDownCounter<int>("n").Add(3);
        Assert.Equal(["n.2:2|g", "n:3|g"], session.FlushLines());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bucket_without_tags_is_no_other_streams_name(bool histogramIsFirst)
    {
        using var session = new Session(StatsdProfile.StatsD, options => options.HistogramForm = HistogramForm.Buckets);
        var other = session.Meter.CreateCounter<int>("x.bucket.inf");
        var histogram = session.Meter.CreateHistogram("x", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1] });
        if (histogramIsFirst)
        {
            histogram.Record(5);
            session.FlushLines();
        }

        other.Add(7);
        session.FlushLines();
        other.Add(7);
        histogram.Record(5);
        var counters = session.FlushLines().Where(line => line.EndsWith("|c", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(
            histogramIsFirst
                ? ["x.bucket.inf.counter:7|c", "x.bucket.inf:1|c", "x.count:1|c", "x.sum:5|c"]
                : ["x.bucket.inf:7|c", "x.histogram.bucket.inf:1|c", "x.histogram.count:1|c", "x.histogram.sum:5|c"],
            counters);
    }

    [Fact]
    public void Streams_that_differ_in_description_or_number_type_are_told_apart()
    {
        using var session = new Session();
        session.Meter.CreateGauge<int>("g").Record(1);
        session.Meter.CreateGauge<double>("g").Record(2);
        session.Meter.CreateGauge<int>("g", description: "Described.").Record(3);
        Assert.Equal(["g:1|g", "g.2:2|g", "g.3:3|g"], session.FlushLines());
    }

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent)]
    [InlineData(StatsdProfile.StatsD)]
    public void Meters_that_differ_in_tags_are_told_apart(StatsdProfile profile)
    {
        using var session = new Session(profile, build: builder => builder.AddMeter("tagged"));
        using var first = new Meter(new MeterOptions("tagged") { Tags = [new("instance", 1)] });
        using var second = new Meter(new MeterOptions("tagged") { Tags = [new("instance", 2)] });
        first.CreateGauge<int>("g").Record(1);
        second.CreateGauge<int>("g").Record(2);
        Assert.Equal(["g:1|g", "g.2:2|g"], session.FlushLines());
    }

    [Fact]
    public void Streams_that_views_give_one_name_are_told_apart()
    {
        using var session = new Session(build: builder => builder.AddView("a", "x").AddView("b", "x").AddView("c", "x"));
        session.Meter.CreateCounter<int>("a").Add(1);
        session.Meter.CreateCounter<int>("b").Add(2);
        session.Meter.CreateGauge<int>("c").Record(3);
        Assert.Equal(["x:1|c", "x.2:2|c", "x.gauge:3|g"], session.FlushLines());
    }

    [Fact]
    public void Two_streams_of_the_second_meter_do_not_share_a_name_and_its_tag()
    {
        using var second = new Meter("second");
        using var session = new Session(build: builder => builder.AddMeter(second.Name));
        session.Meter.CreateGauge<int>("a_b").Record(1);
        second.CreateGauge<int>("a-b").Record(2);
        second.CreateGauge<int>("a_b").Record(3);
        Assert.Equal(["a_b:1|g", "a_b:2|g|#otel.scope.name:second", "a_b.2:3|g"], session.FlushLines());
    }

    [Fact]
    public void Meters_that_only_sanitising_makes_the_same_do_not_share_a_tag()
    {
        using var second = new Meter("me|ter");
        using var third = new Meter("me,ter");
        using var session = new Session(build: builder => builder.AddMeter(second.Name, third.Name));
        session.Meter.CreateGauge<int>("g").Record(1);
        second.CreateGauge<int>("g").Record(2);
        third.CreateGauge<int>("g").Record(3);
        Assert.Equal(["g:1|g", "g:2|g|#otel.scope.name:me_ter", "g.2:3|g"], session.FlushLines());
    }

    [Fact]
    public void Neither_an_attribute_nor_a_configured_tag_takes_the_place_of_the_meter()
    {
        var posing = new KeyValuePair<string, object?>("otel.scope.name", "posing");
        using var second = new Meter("second");
        using var session = new Session(
            options: options => options.Tags["otel.scope.version"] = "1", build: builder => builder.AddMeter(second.Name));
        session.Meter.CreateGauge<int>("g").Record(1, posing);
        second.CreateGauge<int>("g").Record(2, posing);
        Assert.Equal(
            [
                "g:1|g|#otel.otel.scope.name:posing,otel.otel.scope.version:1",
                "g:2|g|#otel.otel.scope.name:posing,otel.otel.scope.version:1,otel.scope.name:second",
            ],
            session.FlushLines());
    }

    [Fact]
    public void A_suffix_that_is_taken_is_followed_by_an_ordinal()
    {
        using var session = new Session();
        session.Meter.CreateCounter<int>("size").Add(1);
        session.Meter.CreateGauge<int>("size.gauge").Record(2);
        session.Meter.CreateGauge<int>("size").Record(3);
        Assert.Equal(["size:1|c", "size.gauge:2|g", "size.gauge.2:3|g"], session.FlushLines());
    }

    [Fact]
    public void With_the_option_every_series_carries_its_meter()
    {
        using var second = new Meter("second.meter", "2.1");
        using var session = new Session(options: options => options.IncludeScopeTags = true, build: builder => builder.AddMeter(second.Name));
        session.Meter.CreateCounter<int>("mine").Add(1);
        second.CreateCounter<int>("other").Add(2);
        Assert.Equal(
            [$"mine:1|c|#otel.scope.name:{session.Name}", "other:2|c|#otel.scope.name:second.meter,otel.scope.version:2.1"],
            session.FlushLines());
    }

    [Fact]
    public void A_counter_named_like_buckets_does_not_rename_a_histogram_of_its_name()
    {
        using var session = new Session(StatsdProfile.StatsD, Summarise, builder => builder
            .AddView(instrument => instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal)
                ? new ExplicitBucketHistogramConfiguration { RecordMinMax = false }
                : null));
        session.Meter.CreateCounter<int>("x.bucket").Add(1);
        session.Meter.CreateHistogram<int>("x.bucket").Record(2);
        Assert.Equal(["x.bucket:1|c", "x.bucket.count:1|c", "x.bucket.sum:2|c", "x.bucket.avg:2|g"], session.FlushLines());
    }

    [Fact]
    public void Values_of_a_histogram_have_the_name_that_a_counter_has_not()
    {
        using var session = new Session();
        session.Meter.CreateCounter<int>("size").Add(1);
        session.Meter.CreateHistogram<int>("size").Record(2);
        session.Meter.CreateGauge<int>("size.count").Record(3);
        Assert.Equal(["size:1|c", "size.histogram:2|d", "size.count:3|g"], session.FlushLines());
    }

    [Theory]
    [InlineData(HistogramForm.Histogram)]
    [InlineData(HistogramForm.Timing)]
    public void What_an_Agent_derives_from_a_histogram_is_no_other_streams_name(HistogramForm form)
    {
        using var session = new Session(options: options => options.HistogramForm = form);
        session.Meter.CreateHistogram<int>("size").Record(1);
        foreach (var suffix in (string[])["count", "avg", "median", "max", "95percentile", "min"])
        {
            session.Meter.CreateGauge<int>($"size.{suffix}").Record(2);
        }

        Assert.Equal(
            ["size.count.gauge", "size.avg.gauge", "size.median.gauge", "size.max.gauge", "size.95percentile.gauge", "size.min"],
            session.FlushRecords().Skip(1).Select(record => record.Name));
    }

    [Fact]
    public void Histograms_of_different_types_do_not_share_a_name()
    {
        using var second = new Meter("second");
        using var session = new Session(
            options: options =>
            {
                Summarise(options);
                options.HistogramForms["x.count"] = HistogramForm.Distribution;
                options.HistogramForms["a-b"] = HistogramForm.Timing;
                options.HistogramForms["a_b"] = HistogramForm.Histogram;
            },
            build: builder => builder.AddMeter(second.Name)
                .AddView("x", new ExplicitBucketHistogramConfiguration { RecordMinMax = false }));
        session.Meter.CreateHistogram<int>("x").Record(1);
        second.CreateHistogram<int>("x.count").Record(2);
        session.Meter.CreateHistogram<int>("a-b").Record(3);
        session.Meter.CreateHistogram<int>("a_b").Record(4);
        Assert.Equal(["x.count:1|c", "x.sum:1|c", "x.avg:1|g", "x.count.2:2|d", "a_b:3|ms", "a_b.2:4|h"], session.FlushLines());
    }

    private static void Summarise(StatsdExporterOptions options)
    {
        options.HistogramForm = HistogramForm.Summary;
        options.SummaryQuantiles = [];
    }
}
