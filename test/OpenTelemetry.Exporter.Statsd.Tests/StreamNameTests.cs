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
        using var session = new Session(build: builder => builder
            .AddView("size", new ExplicitBucketHistogramConfiguration { RecordMinMax = false }));
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
}
