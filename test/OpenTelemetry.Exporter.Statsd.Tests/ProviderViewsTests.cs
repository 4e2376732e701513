using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What the SDK will make of an instrument can be told from the provider's views.</summary>
public sealed class ProviderViewsTests
{
    private const string Builder = "OpenTelemetry.Metrics.MeterProviderBuilderSdk, OpenTelemetry";

    [Fact]
    public void Without_a_view_a_stream_is_called_as_its_instrument() => AssertNames(["i"], _ => { });

    [Fact]
    public void Views_that_do_not_match_change_nothing() => AssertNames(["i"], builder => builder.AddView("other", "renamed"));

    [Fact]
    public void Each_view_that_matches_names_a_stream() => AssertNames(
        ["renamed", "i", "also"],
        builder => builder.AddView("i", "renamed").AddView("I", new MetricStreamConfiguration { TagKeys = [] }).AddView(_ => new() { Name = "also" }));

    [Fact]
    public void A_view_that_drops_names_none() => AssertNames([], builder => builder.AddView("*", MetricStreamConfiguration.Drop));

    [Fact]
    public void A_view_that_drops_does_not_drop_the_streams_of_others() =>
        AssertNames(["renamed"], builder => builder.AddView("*", MetricStreamConfiguration.Drop).AddView("i", "renamed"));

    [Fact]
    public void What_the_SDK_passes_over_names_none() => AssertNames(
        ["i"],
        builder => builder
            .AddView(_ => throw new InvalidOperationException("view"))
            .AddView("i", new MetricStreamConfiguration { Name = "contradiction", TagKeys = ["a"], ExcludedTagKeys = ["b"] })
            .AddView("i", new HistogramConfiguration { Name = "histogram" }));

    [Fact]
    public void Views_that_are_added_later_count()
    {
        ProviderViews? views = null;
        using var run = new ViewedProvider(builder =>
        {
            ((IDeferredMeterProviderBuilder)builder).Configure((_, provider) => views = ProviderViews.Of(provider));
            builder.AddView("i", "later");
        });
        Assert.Equal(["later"], views!.StreamNames(run.Meter.CreateCounter<long>("i")));
    }

    [Fact]
    public void A_fallback_keeps_the_name()
    {
        ProviderViews? views = null;
        using var run = new ViewedProvider(builder => ((IDeferredMeterProviderBuilder)builder.AddExponentialHistograms().AddView("h", "renamed"))
            .Configure((_, provider) => views = ProviderViews.Of(provider)));
        Assert.Equal(["renamed"], views!.StreamNames(run.Meter.CreateHistogram<double>("h")));
        Assert.Equal(["g"], views.StreamNames(run.Meter.CreateHistogram<double>("g")));
    }

    public static TheoryData<string> Missing => ["member", "type", "return type", "builder"];

    [Theory]
    [MemberData(nameof(Missing))]
    public void In_an_SDK_that_keeps_them_elsewhere_it_is_as_though_there_were_no_view(string missing)
    {
        using var run = new ViewedProvider(builder => ((IDeferredMeterProviderBuilder)builder.AddView("h", "renamed")).Configure((_, provider) =>
        {
            var views = ProviderViews.Of(provider, missing switch
            {
                "member" => WithoutMember,
                "type" => WithoutType,
                "return type" => WithoutReturnType,
                _ => _ => OfAnother("no builder"),
            });
            var fallback = new FallbackView(views, _ => new MetricStreamConfiguration { Name = string.Join(',', views.StreamNames(_)) + "-fallback" });
            provider.AddView(fallback.Apply);
        }));
        run.Record("h");
        Assert.Equal(["renamed", "h-fallback"], run.Collect().Select(series => series.Name));
    }

    [Theory]
    [InlineData("h", "renamed")]
    [InlineData("g", "fallback")]
    public void In_an_SDK_that_wraps_views_a_fallback_does_not_ask_itself_for_ever(string instrument, string expected)
    {
        using var run = new ViewedProvider(builder => ((IDeferredMeterProviderBuilder)builder.AddView("h", "renamed")).Configure((_, provider) =>
        {
            var wrapped = new List<Func<Instrument, MetricStreamConfiguration?>>();
            var fallback = new FallbackView(ProviderViews.Of(provider, _ => wrapped), _ => new MetricStreamConfiguration { Name = "fallback" });
            provider.AddView(asked => fallback.Apply(asked));
            wrapped.AddRange(ViewConfigs(provider));
        }));
        run.Record(instrument);
        Assert.Equal([expected], run.Collect().Select(series => series.Name));
    }

    private static void AssertNames(string[] names, Action<MeterProviderBuilder> build)
    {
        ProviderViews? views = null;
        using var run = new ViewedProvider(builder =>
        {
            build(builder);
            ((IDeferredMeterProviderBuilder)builder).Configure((_, provider) => views = ProviderViews.Of(provider));
        });
        var counter = run.Meter.CreateCounter<long>("i");
        Assert.Equal(names, views!.StreamNames(counter));

        // And so says the SDK.
        counter.Add(1);
        Assert.Equal(names, run.Collect().Select(series => series.Name));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ViewConfigs")]
    private static extern List<Func<Instrument, MetricStreamConfiguration?>> ViewConfigs([UnsafeAccessorType(Builder)] object builder);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ViewsOfAnotherVersion")]
    private static extern List<Func<Instrument, MetricStreamConfiguration?>> WithoutMember([UnsafeAccessorType(Builder)] object builder);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ViewConfigs")]
    private static extern List<Func<Instrument, MetricStreamConfiguration?>> WithoutType(
        [UnsafeAccessorType("OpenTelemetry.Metrics.BuilderOfAnotherVersion, OpenTelemetry")] object builder);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_MetricLimit")]
    private static extern List<Func<Instrument, MetricStreamConfiguration?>> WithoutReturnType([UnsafeAccessorType(Builder)] object builder);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ViewConfigs")]
    private static extern List<Func<Instrument, MetricStreamConfiguration?>> OfAnother([UnsafeAccessorType(Builder)] object builder);
}
