using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>What streamed instruments become on the wire, and that nothing becomes of them a second time.</summary>
public sealed class StreamingTests
{
    public static TheoryData<StatsdProfile> Profiles => [.. Enum.GetValues<StatsdProfile>()];

    [Fact]
    public void Counters_are_summed_and_histograms_keep_every_value()
    {
        using var session = new Session(stream: (options, meter) => options.Stream(meter));
        var counter = session.Meter.CreateCounter<long>("hits");
        var histogram = session.Meter.CreateHistogram<double>("took");
        for (var i = 1; i <= 10; i++)
        {
            counter.Add(i, new KeyValuePair<string, object?>("route", "/a"));
            histogram.Record(i / 2.0, new KeyValuePair<string, object?>("route", "/a"));
        }

        var records = session.FlushRecords();
        Assert.Equal(55, records.Where(record => record.Name == "hits").Sum(record => record.Number));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => i / 2.0), records.Where(record => record.Name == "took").Select(record => record.Number));
        Assert.All(records, record => Assert.Equal(("route", "/a"), record.Tags.Select(tag => (tag.Key, tag.Value)).Single()));
        Assert.Equal(20, session.Provider.GetStatsdExporterStatistics(session.Name)!.MeasurementsExported);
        Assert.Equal(0, session.Provider.GetStatsdExporterStatistics(session.Name)!.PointsExported);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_streamed_instrument_has_the_lines_of_an_aggregated_one(StatsdProfile profile)
    {
        var aggregated = Lines(profile, isStreamed: false);
        var streamed = Lines(profile, isStreamed: true);
        Assert.NotEmpty(aggregated);
        Assert.Equal(aggregated, streamed);
    }

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent, null, "took:250:500|d|#k:v")]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Histogram, "took:250:500|h|#k:v")]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Timing, "took:250000:500000|ms|#k:v")]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Summary, "took:250:500|d|#k:v")]
    [InlineData(StatsdProfile.StatsD, null, "took:250000|ms:500000|ms")]
    [InlineData(StatsdProfile.StatsDGraphite, null, "took;k=v:250000|ms:500000|ms")]
    [InlineData(StatsdProfile.PrometheusStatsdExporter, null, "took:250:500|h|#k:v")]
    [InlineData(StatsdProfile.Telegraf, null, "took,k=v:250|h\ntook,k=v:500|h")]
    [InlineData(StatsdProfile.OpenTelemetryCollector, null, "took:250|h|#k:v\ntook:500|h|#k:v")]
    public void Values_of_a_histogram_are_of_the_type_that_suits_the_receiver(StatsdProfile profile, HistogramForm? form, string lines)
    {
        using var run = new OutletRun(options => options.HistogramForm = form, profile);
        var histogram = run.Meter.CreateHistogram<int>("took", "s");
        histogram.Record(250, new KeyValuePair<string, object?>("k", "v"));
        histogram.Record(500, new KeyValuePair<string, object?>("k", "v"));
        Assert.Equal(lines, string.Join('\n', run.FlushRecords().Select(record => record.Line).Distinct()));
    }

    [Fact]
    public void What_is_sampled_says_so_on_its_line()
    {
        const int Measurements = 20_000;
        using var run = new OutletRun(options => options.MaxStreamBufferBytes = 16 << 20);
        using var sampled = new OutletRun(options =>
        {
            options.MaxStreamBufferBytes = 16 << 20;
            options.Stream(run.Name, "*", stream => stream.SampleOneIn = 10);
        });
        var counter = run.Meter.CreateCounter<long>("c");
        var histogram = run.Meter.CreateHistogram<long>("h");
        var gauge = run.Meter.CreateGauge<long>("g");
        for (var i = 0; i < Measurements; i++)
        {
            counter.Add(1);
            histogram.Record(5);
            gauge.Record(i);
        }

        var records = sampled.FlushRecords();
        Assert.All(records.Where(record => record.Name != "g"), record => Assert.Equal("0.1", record.RateText));
        Assert.Equal($"g:{Measurements - 1}|g", Assert.Single(records, record => record.Name == "g").Line);

        // Of 20,000 with a chance of a tenth each, 2000 with a standard deviation of 42.
        Assert.InRange(records.Where(record => record.Name == "c").Sum(record => record.Number), 1500, 2500);
        Assert.InRange(records.Count(record => record.Name == "h"), 1500, 2500);
        Assert.Equal(
            records.Where(record => record.Name == "c").Sum(record => record.Number) + records.Count(record => record.Name != "c"),
            sampled.Told.MeasurementsExported);
    }

    [Fact]
    public void Only_this_exporter_leaves_streamed_instruments_out_of_what_is_aggregated()
    {
        var others = new List<string>();
        using var session = new Session(
            stream: (options, meter) => options.Stream(meter),
            build: builder => builder.AddReader(new BaseExportingMetricReader(new NamesExporter(others))));
        Record(session.Meter);
        var names = session.FlushRecords().Select(record => record.Name).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["c", "g", "h", "observed", "updown"], names);
        Assert.Equal(["c", "g", "h", "observed", "updown"], others.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Streamed_instruments_can_be_dropped_from_the_SDK()
    {
        var others = new List<string>();
        using var session = new Session(
            stream: (options, meter) => options.Stream(meter).DropStreamedFromSdk = true,
            build: builder => builder.AddReader(new BaseExportingMetricReader(new NamesExporter(others))));
        Record(session.Meter);
        var names = session.FlushRecords().Select(record => record.Name).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["c", "g", "h", "observed", "updown"], names);
        Assert.Equal(["observed", "updown"], others.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_view_that_renames_a_streamed_instrument_does_not_bring_it_back()
    {
        using var session = new Session(
            stream: (options, meter) => options.Stream(meter, "c"),
            build: builder => builder.AddView("c", "renamed").AddView("c", "twice"));
        Record(session.Meter);
        var names = session.FlushRecords().Select(record => record.Name).Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["c", "g", "h", "observed", "updown"], names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Meters_of_one_name_that_live_at_once_are_one_metric_as_where_they_are_aggregated(bool isStreamed)
    {
        var name = $"streaming.alike.{isStreamed}";
        var meters = Enumerable.Range(0, 4).Select(_ => new Meter(name)).ToArray();
        using var other = new Meter(new MeterOptions(name) { Tags = [new("instance", 2)] });
        using var session = new Session(
            stream: (options, _) =>
            {
                if (isStreamed)
                {
                    // By itself it sends so late that what is recorded before a flush is sent with it.
                    options.Stream(name).StreamFlushInterval = TimeSpan.FromSeconds(10);
                }
            },
            build: builder => builder.AddMeter(name));
        var counters = meters.Select(meter => meter.CreateCounter<long>("hits")).ToArray();
        var gauges = meters.Select(meter => meter.CreateGauge<long>("level")).ToArray();
        var number = 0;
        foreach (var (counter, gauge) in counters.Zip(gauges))
        {
            counter.Add(1);
            gauge.Record(++number);
        }

        gauges[1].Record(9);
        Assert.Equal(["hits:4|c", "level:9|g"], session.FlushLines());

        // They are one until the last has ended, and what is another is told apart all along.
        other.CreateCounter<long>("hits").Add(10);
        counters[3].Add(1);
        Assert.Equal(["hits.2:10|c", "hits:1|c"], session.FlushLines().Where(line => line.StartsWith('h')).Order(StringComparer.Ordinal));
        Array.ForEach(meters[..3], meter => meter.Dispose());
        counters[0].Add(100);
        counters[3].Add(2);
        gauges[3].Record(10);
        Assert.Equal(["hits:2|c", "level:10|g"], session.FlushLines());
        meters[3].Dispose();
        session.FlushLines();
        using var again = new Meter(name);
        again.CreateCounter<long>("hits").Add(3);
        Assert.Equal(["hits:3|c"], session.FlushLines());
    }

    [Fact]
    public void A_view_that_is_added_after_the_exporter_does_not_bring_back_an_instrument_that_was_there_before()
    {
        using var meter = new Meter("streaming.before");
        var counter = meter.CreateCounter<long>("before");
        using var session = new Session(
            stream: (options, _) => options.Stream(meter.Name),
            build: builder => builder.AddMeter(meter.Name).AddView("before", "renamed").AddView("after", "renamed.too"));
        counter.Add(1);
        meter.CreateCounter<long>("after").Add(2);
        Assert.Equal(["before:1|c", "after:2|c"], session.FlushLines());
    }

    [Fact]
    public void Views_are_not_asked_while_the_provider_is_being_built()
    {
        using var meter = new Meter("streaming.during");
        var (asked, askedEarly) = (0, -1);
        using var session = new Session(
            stream: (options, _) => options.Stream(meter.Name),
            build: builder => ((IDeferredMeterProviderBuilder)builder.AddMeter(meter.Name).AddView(instrument =>
            {
                asked += instrument.Meter == meter ? 1 : 0;
                return new MetricStreamConfiguration { Name = "renamed" };
            })).Configure((_, _) =>
            {
                meter.CreateCounter<long>("during").Add(1);
                askedEarly = asked;
            }));
        Assert.Equal(0, askedEarly);
        Assert.Equal("during:1|c", Assert.Single(session.FlushLines()));
    }

    [Fact]
    public void What_a_view_gives_the_name_of_a_streamed_instrument_is_taken_for_that()
    {
        using var second = new Meter("streaming.namesake");
        using var session = new Session(
            stream: (options, meter) => options.Stream(meter, "a"),
            build: builder => builder.AddMeter(second.Name).AddView("b", "a"));
        session.Meter.CreateCounter<long>("a").Add(1);
        session.Meter.CreateCounter<long>("b").Add(2);
        session.Meter.CreateGauge<long>("b").Record(3);
        second.CreateCounter<long>("b").Add(4);

        // Of another kind or meter it is not.
        Assert.Equal([1, 3, 4], session.FlushRecords().Select(record => record.Number).Order());
    }

    [Fact]
    public void An_instrument_whose_meter_ended_before_the_first_export_is_not_exported_twice()
    {
        using var session = new Session(stream: (options, meter) => options.Stream(meter));
        session.Meter.CreateCounter<long>("c").Add(3);
        session.Meter.Dispose();
        Assert.Equal("c:3|c", Assert.Single(session.FlushRecords()).Line);
    }

    [Fact]
    public void What_is_recorded_just_before_the_provider_ends_is_sent_once()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("streaming.end");
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddStatsdExporter(options =>
            {
                options.Endpoint = $"udp://{receiver.EndPoint}";
                options.Stream(meter.Name);
            })
            .Build();
        var counter = meter.CreateCounter<long>("c");
        counter.Add(1);
        Assert.True(provider.Shutdown());
        counter.Add(1);
        provider.Dispose();
        provider.Dispose();
        Assert.Equal("c:1|c"u8.ToArray(), Assert.Single(receiver.WaitForDatagrams(1)));
        Assert.Equal(1, provider.GetStatsdExporterStatistics()!.MeasurementsExported);
        Assert.Equal(0, provider.GetStatsdExporterStatistics()!.PointsExported);
    }

    private static string[] Lines(StatsdProfile profile, bool isStreamed)
    {
        using var session = new Session(
            profile,
            options =>
            {
                options.Prefix = "shop";
                options.Tags["env"] = "test";
                options.IncludeScopeTags = false;
                if (profile == StatsdProfile.DatadogAgent)
                {
                    options.Cardinality = DatadogCardinality.Low;
                }
            },
            stream: (options, meter) =>
            {
                if (isStreamed)
                {
                    options.Stream(meter);
                }
            });
        var name = "http-requests \u00e9";
        session.Meter.CreateCounter<long>("http-requests").Add(7, new("url", "http://x:80/y"), new("host", "web-1"));
        session.Meter.CreateCounter<double>("b/c").Add(0.125, new KeyValuePair<string, object?>(name, null), new("a,b|c", "d\ne"));
        session.Meter.CreateGauge<long>("temperature").Record(-5, new KeyValuePair<string, object?>("room", "Küche"));
        session.Meter.CreateGauge<double>("tiny").Record(1e-9, new KeyValuePair<string, object?>("n", 12.5));
        return [.. session.FlushLines().Order(StringComparer.Ordinal)];
    }

    private static void Record(Meter meter)
    {
        meter.CreateCounter<long>("c").Add(1);
        meter.CreateGauge<long>("g").Record(1);
        meter.CreateHistogram<double>("h").Record(1);
        meter.CreateUpDownCounter<long>("updown").Add(1);
        meter.CreateObservableCounter("observed", () => 1L);
    }

    private sealed class NamesExporter(List<string> names) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                names.Add(metric.Name);
            }

            return ExportResult.Success;
        }
    }
}
