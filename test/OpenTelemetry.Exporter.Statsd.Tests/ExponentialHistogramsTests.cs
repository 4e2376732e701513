using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>AddExponentialHistograms makes histograms exponential, and never makes a second stream of what a view of the application matches.</summary>
public sealed class ExponentialHistogramsTests
{
    private static readonly double[] Default = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

    public static TheoryData<string> Places => ["before", "after"];

    [Fact]
    public void A_histogram_is_exponential_with_its_minimum_and_maximum()
    {
        var series = Assert.Single(Record(builder => builder.AddExponentialHistograms()));
        Assert.Equal(("h", MetricType.ExponentialHistogram, "a=x,b=y", 2L, true), (series.Name, series.Type, series.Tags, series.Count, series.HasMinMax));

        // At scale 4, 1 is in the bucket -1 and 900 in ceil(log2(900) * 16) - 1 = 157; at scale 5, 160 buckets would not reach.
        Assert.Equal(4, series.Scale);
    }

    [Fact]
    public void Without_the_call_it_is_not()
    {
        var series = Assert.Single(Record(_ => { }));
        Assert.Equal(MetricType.Histogram, series.Type);
        Assert.Equal(Default, series.Bounds);
    }

    [Theory]
    [InlineData(160, 20, 4)]
    [InlineData(160, 2, 2)]
    [InlineData(320, 20, 5)]
    [InlineData(21, 20, 1)]
    [InlineData(20, 20, 0)]
    [InlineData(2, 20, -4)]
    [InlineData(160, -11, -11)]
    [InlineData(4096, 20, 8)]
    public void Size_and_scale_are_as_set(int maxSize, int maxScale, int scale) =>
        Assert.Equal(scale, Assert.Single(Record(builder => builder.AddExponentialHistograms(maxSize, maxScale))).Scale);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_view_that_chooses_tags_counts_alone(string place)
    {
        var series = Assert.Single(Record(With(place, "h", new MetricStreamConfiguration { TagKeys = ["b"] })));
        Assert.Equal((MetricType.Histogram, "b=y", 2L), (series.Type, series.Tags, series.Count));
        Assert.Equal(Default, series.Bounds);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_view_that_renames_counts_alone(string place)
    {
        var series = Assert.Single(Record(With(place, "h", new MetricStreamConfiguration { Name = "renamed" })));
        Assert.Equal(("renamed", MetricType.Histogram, 2L), (series.Name, series.Type, series.Count));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_view_that_drops_leaves_nothing(string place) => Assert.Empty(Record(With(place, "h", MetricStreamConfiguration.Drop)));

    [Theory]
    [MemberData(nameof(Places))]
    public void A_view_that_sets_boundaries_counts_alone(string place)
    {
        var series = Assert.Single(Record(With(place, "h", new ExplicitBucketHistogramConfiguration { Boundaries = [10, 20] })));
        Assert.Equal(MetricType.Histogram, series.Type);
        Assert.Equal<double>([10, 20], series.Bounds!);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void An_exponential_view_of_the_applications_own_counts_alone(string place)
    {
        var view = new Base2ExponentialBucketHistogramConfiguration { Name = "own", MaxSize = 21, RecordMinMax = false };
        var series = Assert.Single(Record(With(place, "h", view)));
        Assert.Equal(("own", 1, false), (series.Name, series.Scale, series.HasMinMax));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_view_with_a_wildcard_counts_alone_where_it_matches(string place)
    {
        using var run = new ViewedProvider(With(place, "first.*", new MetricStreamConfiguration { TagKeys = [] }));
        run.Record("first.h");
        run.Record("second.h");
        Assert.Equal(
            [("first.h", MetricType.Histogram, "", 2L), ("second.h", MetricType.ExponentialHistogram, "a=x,b=y", 2L)],
            run.Collect().Select(series => (series.Name, series.Type, series.Tags, series.Count)));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_view_in_code_counts_alone_where_it_matches(string place)
    {
        using var run = new ViewedProvider(builder => Add(
            place, builder, other => other.AddView(instrument => instrument.Unit == "By" ? new MetricStreamConfiguration { Name = "bytes" } : null)));
        ViewedProvider.Record(run.Meter.CreateHistogram<double>("size", "By"));
        run.Record("duration");
        Assert.Equal(
            [("bytes", MetricType.Histogram, 2L), ("duration", MetricType.ExponentialHistogram, 2L)],
            run.Collect().Select(series => (series.Name, series.Type, series.Count)));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Several_views_of_the_application_make_their_streams_and_no_more(string place)
    {
        using var run = new ViewedProvider(builder => Add(place, builder, other => other.AddView("h", "first").AddView("h", "second")));
        run.Record("h");
        Assert.Equal(["first", "second"], run.Collect().Select(series => series.Name));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_view_that_the_SDK_passes_over_is_none(string place)
    {
        Assert.Equal(MetricType.ExponentialHistogram, Assert.Single(Record(With(place, "other", MetricStreamConfiguration.Drop))).Type);
        Assert.Equal(
            MetricType.ExponentialHistogram,
            Assert.Single(Record(With(place, "h", new MetricStreamConfiguration { TagKeys = ["a"], ExcludedTagKeys = ["b"] }))).Type);
        Assert.Equal(
            MetricType.ExponentialHistogram,
            Assert.Single(Record(builder => Add(place, builder, other => other.AddView(_ => throw new InvalidOperationException("view"))))).Type);
    }

    [Fact]
    public void Other_instruments_stay_as_they_are()
    {
        using var run = new ViewedProvider(builder => builder.AddExponentialHistograms());
        run.Meter.CreateCounter<long>("counter").Add(3);
        run.Meter.CreateUpDownCounter<long>("level").Add(-2);
        run.Meter.CreateObservableCounter("observed", () => 7L);
        run.Meter.CreateHistogram<long>("whole").Record(1);
        run.Meter.CreateHistogram<float>("float").Record(1);
        Assert.Equal(
            [
                ("counter", MetricType.LongSum, 3L), ("level", MetricType.LongSumNonMonotonic, -2L), ("observed", MetricType.LongSum, 7L),
                ("whole", MetricType.ExponentialHistogram, 1L), ("float", MetricType.ExponentialHistogram, 1L),
            ],
            run.Collect().Select(series => (series.Name, series.Type, series.Count)));
    }

    [Theory]
    [InlineData("http.*", "http.server.duration")]
    [InlineData("*.DURATION", "http.server.duration")]
    [InlineData("db.size", "db.size")]
    [InlineData("*", "http.server.duration", "db.size", "http.server.duration.total")]
    [InlineData("duration")]
    public void Names_choose_by_the_whole_of_them(string pattern, params string[] exponential)
    {
        using var run = new ViewedProvider(builder => builder.AddExponentialHistograms(pattern));
        string[] names = pattern == "http.*" ? ["http.server.duration", "db.size"] : ["http.server.duration", "db.size", "http.server.duration.total"];
        Array.ForEach(names, run.Record);
        var series = run.Collect();
        Assert.Equal(names, series.Select(one => one.Name));
        Assert.Equal(exponential, series.Where(one => one.Type == MetricType.ExponentialHistogram).Select(one => one.Name));
    }

    [Fact]
    public void A_predicate_sees_histograms_only_and_chooses()
    {
        var seen = new List<string>();
        using var run = new ViewedProvider(builder => builder.AddExponentialHistograms(instrument =>
        {
            seen.Add(instrument.Name);
            return instrument.Unit == "s";
        }));
        run.Meter.CreateCounter<long>("counter", "s").Add(1);
        ViewedProvider.Record(run.Meter.CreateHistogram<double>("duration", "s"));
        ViewedProvider.Record(run.Meter.CreateHistogram<double>("size", "By"));
        Assert.Equal(
            [MetricType.LongSum, MetricType.ExponentialHistogram, MetricType.Histogram], run.Collect().Select(series => series.Type));
        Assert.Equal(["duration", "size"], seen);
    }

    [Fact]
    public void A_predicate_that_throws_chooses_nothing()
    {
        var series = Assert.Single(Record(builder => builder.AddExponentialHistograms(_ => throw new InvalidOperationException("predicate"))));
        Assert.Equal((MetricType.Histogram, 2L), (series.Type, series.Count));
        series = Assert.Single(Record(builder => builder
            .AddExponentialHistograms(_ => throw new InvalidOperationException("predicate"))
            .AddExponentialHistograms()));
        Assert.Equal((MetricType.ExponentialHistogram, 2L), (series.Type, series.Count));
    }

    [Fact]
    public void Advice_gives_way_unless_a_view_keeps_it()
    {
        using var run = new ViewedProvider(builder => builder.AddExponentialHistograms().AddView("kept", new MetricStreamConfiguration()));
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 3] };
        ViewedProvider.Record(run.Meter.CreateHistogram("advised", advice: advice));
        ViewedProvider.Record(run.Meter.CreateHistogram("kept", advice: advice));
        var series = run.Collect();
        Assert.Equal([MetricType.ExponentialHistogram, MetricType.Histogram], series.Select(one => one.Type));
        Assert.Equal<double>([1, 2, 3], series[1].Bounds!);
    }

    [Fact]
    public void Of_several_calls_the_first_that_selects_counts()
    {
        using var run = new ViewedProvider(builder => builder
            .AddExponentialHistograms("h.*", maxScale: 3)
            .AddExponentialHistograms(maxScale: 2)
            .AddExponentialHistograms("*.x", maxScale: 1)
            .AddView("*.y", new MetricStreamConfiguration { TagKeys = [] }));
        run.Record("h.x");
        run.Record("g.x");
        run.Record("h.y");
        Assert.Equal([("h.x", 3, 2L), ("g.x", 2, 2L), ("h.y", null, 2L)], run.Collect().Select(series => (series.Name, series.Scale, series.Count)));
    }

    [Fact]
    public void The_same_call_twice_counts_once() =>
        Assert.Equal(2, Assert.Single(Record(builder => builder.AddExponentialHistograms().AddExponentialHistograms())).Count);

    [Fact]
    public void Providers_of_one_process_do_not_share_it()
    {
        using var meter = new Meter("viewed-twice");
        var (exponential, kept, plain) = (new CollectedStreams(), new CollectedStreams(), new CollectedStreams());
        using var first = ViewedProvider.Build(meter, exponential, builder => builder.AddExponentialHistograms());
        using var second = ViewedProvider.Build(meter, kept, builder => builder.AddExponentialHistograms().AddView("h", "kept"));
        using var third = ViewedProvider.Build(meter, plain, _ => { });
        ViewedProvider.Record(meter.CreateHistogram<double>("h"));
        Assert.All([first, second, third], provider => Assert.True(provider.ForceFlush()));
        Assert.Equal(
            [("h", MetricType.ExponentialHistogram, 2L), ("kept", MetricType.Histogram, 2L), ("h", MetricType.Histogram, 2L)],
            new[] { exponential, kept, plain }.Select(collected => Assert.Single(collected.Series)).Select(series => (series.Name, series.Type, series.Count)));
    }

    [Fact]
    public void All_readers_of_the_provider_get_it()
    {
        var other = new CollectedStreams();
        using var run = new ViewedProvider(builder => builder.AddExponentialHistograms().AddReader(new BaseExportingMetricReader(other)));
        run.Record("h");
        Assert.Equal(MetricType.ExponentialHistogram, Assert.Single(run.Collect()).Type);
        Assert.Equal(MetricType.ExponentialHistogram, Assert.Single(other.Series).Type);
    }

    [Fact]
    public void Instruments_made_before_the_provider_count_too()
    {
        using var meter = new Meter("viewed-early");
        var histogram = meter.CreateHistogram<double>("h");
        var collected = new CollectedStreams();
        using var provider = ViewedProvider.Build(meter, collected, builder => builder.AddExponentialHistograms());
        ViewedProvider.Record(histogram);
        Assert.True(provider.ForceFlush());
        Assert.Equal(MetricType.ExponentialHistogram, Assert.Single(collected.Series).Type);
    }

    [Theory]
    [InlineData(1, 20, "maxSize", 1, "2 to 4096 buckets")]
    [InlineData(int.MinValue, 20, "maxSize", int.MinValue, "2 to 4096 buckets")]
    [InlineData(4097, 20, "maxSize", 4097, "2 to 4096 buckets")]
    [InlineData(int.MaxValue, 20, "maxSize", int.MaxValue, "2 to 4096 buckets")]
    [InlineData(160, -12, "maxScale", -12, "-11 to 20")]
    [InlineData(160, 21, "maxScale", 21, "-11 to 20")]
    public void Bad_sizes_and_scales_are_refused_at_once(int maxSize, int maxScale, string name, int value, string valid)
    {
        var builder = Sdk.CreateMeterProviderBuilder();
        Assert.All(
            new Action[]
            {
                () => builder.AddExponentialHistograms(maxSize, maxScale),
                () => builder.AddExponentialHistograms("*", maxSize, maxScale),
                () => builder.AddExponentialHistograms(_ => true, maxSize, maxScale),
            },
            add =>
            {
                var error = Assert.Throws<ArgumentOutOfRangeException>(name, add);
                Assert.Equal(value, error.ActualValue);
                Assert.Contains(valid, error.Message, StringComparison.Ordinal);
            });
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        var builder = Sdk.CreateMeterProviderBuilder();
        Assert.Throws<ArgumentNullException>("builder", () => ((MeterProviderBuilder)null!).AddExponentialHistograms());
        Assert.Throws<ArgumentNullException>("instrumentName", () => builder.AddExponentialHistograms((string)null!));
        Assert.Throws<ArgumentException>("instrumentName", () => builder.AddExponentialHistograms(" "));
        Assert.Throws<ArgumentNullException>("selects", () => builder.AddExponentialHistograms((Func<Instrument, bool>)null!));
    }

    private static IReadOnlyList<CollectedSeries> Record(Action<MeterProviderBuilder> build)
    {
        using var run = new ViewedProvider(build);
        run.Record("h");
        return run.Collect();
    }

    private static Action<MeterProviderBuilder> With(string place, string name, MetricStreamConfiguration view) =>
        builder => Add(place, builder, other => other.AddView(name, view));

    private static void Add(string place, MeterProviderBuilder builder, Action<MeterProviderBuilder> other)
    {
        if (place == "before")
        {
            other(builder);
        }

        builder.AddExponentialHistograms();
        if (place == "after")
        {
            other(builder);
        }
    }
}
