using System.Globalization;
using System.Text;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>What is kept of series from scrape to scrape.</summary>
public sealed class LayoutsTests : IDisposable
{
    private readonly System.Diagnostics.Metrics.Meter meter = TestApp.CreateMeter();
    private readonly Clock clock = new();
    private readonly PrometheusAspNetCoreOptions options = new() { ScopeInfoEnabled = false, TargetInfoEnabled = false };
    private readonly CollectingExporter exporter = new();
    private readonly MeterProvider provider;
    private readonly Layouts layouts;

    public LayoutsTests()
    {
        provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name + "*")
            .AddView("many", new MetricStreamConfiguration { CardinalityLimit = 10_001 })
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative })
            .Build();
        layouts = new Layouts(options.ReadFamilies(), new ExporterTelemetry(), clock);
    }

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void Labels_are_encoded_once_and_shared_by_all_layouts_of_a_scheme()
    {
        var counter = meter.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("n", "a"));
        counter.Add(1, new KeyValuePair<string, object?>("n", "b"));
        var first = Labels(Collect(), ExpositionSyntax.Text004);

        counter.Add(1, new KeyValuePair<string, object?>("n", "c"));
        meter.CreateGauge<int>("g").Record(1);
        var second = Collect();
        var grown = Labels(second, ExpositionSyntax.Text004);
        Assert.Equal(["n=\"a\"", "n=\"b\""], first.Select(Encoding.UTF8.GetString));
        Assert.Equal(["n=\"a\"", "n=\"b\"", "n=\"c\""], grown.Select(Encoding.UTF8.GetString));
        Assert.Same(first[0], grown[0]);
        Assert.Same(first[1], grown[1]);
        Assert.Same(grown[0], Labels(second, ExpositionSyntax.OpenMetrics001)[0]);
        Assert.NotSame(grown[0], Labels(second, ExpositionSyntax.Protobuf)[0]);
        Assert.Same(Layout(second), Layout(Collect()));
    }

    [Fact]
    public void What_nobody_asks_for_in_ten_minutes_is_let_go()
    {
        meter.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("n", "a"));
        var structure = Collect();
        var text = Labels(structure, ExpositionSyntax.Text004)[0];
        var protobuf = Labels(structure, ExpositionSyntax.Protobuf)[0];

        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Same(text, Labels(structure, ExpositionSyntax.Text004)[0]);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(text, Labels(structure, ExpositionSyntax.Text004)[0]);

        var again = Labels(structure, ExpositionSyntax.Protobuf)[0];
        Assert.NotSame(protobuf, again);
        Assert.Equal(protobuf, again);
        Assert.Same(text, Labels(structure, ExpositionSyntax.Text004)[0]);
    }

    [Fact]
    public void Labels_of_the_resource_are_chosen_once_for_all_ways()
    {
        var asked = new List<string>();
        options.ResourceConstantLabels = key =>
        {
            asked.Add(key);
            return asked.Count == 1 ? throw new InvalidOperationException("Broken predicate.") : key == "zone";
        };
        var resource = ResourceBuilder.CreateEmpty().AddAttributes([new("zone", "a")]).Build();
        var chosen = new Layouts(options.ReadFamilies(), new ExporterTelemetry(), clock);
        meter.CreateCounter<long>("c").Add(1);
        var structure = Collect();
        Assert.Throws<InvalidOperationException>(() => Layout(structure, ExpositionSyntax.Text004, chosen, resource));

        foreach (var syntax in new[] { ExpositionSyntax.Text004, ExpositionSyntax.Protobuf, ExpositionSyntax.Text004 })
        {
            var labels = Layout(structure, syntax, chosen, resource).Families[0].Members[0].Labels[0];
            Assert.Contains("zone", Encoding.UTF8.GetString(labels), StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromMinutes(11));
        }

        Assert.Equal(["zone", "zone"], asked);
    }

    [Fact]
    public void Label_bytes_nobody_uses_any_more_are_free()
    {
        meter.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("n", "a"));
        var structure = Collect();
        var protobuf = Encode();
        clock.Advance(TimeSpan.FromMinutes(11));
        Layout(structure);

        for (var round = 0; round < 10 && protobuf.IsAlive; round++)
        {
            // A table of weak keys takes a while to let go of its values.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(protobuf.IsAlive);
        GC.KeepAlive(structure);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference Encode() => new(Labels(structure, ExpositionSyntax.Protobuf)[0]);
    }

    [Fact]
    public void Metrics_are_free_although_they_were_once_looked_at_with_another_escaping()
    {
        meter.CreateCounter<long>("c").Add(1);
        var series = Show();

        // The SDK itself holds what stood at a place of its batch until something else does.
        meter.CreateCounter<long>("d").Add(1);
        meter.CreateCounter<long>("e").Add(1);
        for (var minutes = 0; minutes < 33; minutes += 11)
        {
            clock.Advance(TimeSpan.FromMinutes(11));
            Layout(Collect());
        }

        for (var round = 0; round < 10 && series.IsAlive; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(series.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference Show()
        {
            using var gone = new System.Diagnostics.Metrics.Meter(meter.Name + ".gone");
            gone.CreateCounter<long>("gone").Add(1, new KeyValuePair<string, object?>("n", "a"));
            var structure = Collect();
            Layout(structure);
            var format = new ExpositionFormats(new ExpositionSettings(160, false), isEscapedFirst: false)[new(ExpositionSyntax.OpenMetrics100, EscapingScheme.Dots)];
            layouts.Of(structure, format, Resource.Empty);
            return new WeakReference(structure.Streams.SelectMany(shown => shown.Series).Single(each => each.Tags.Length > 0));
        }
    }

    [Fact]
    public void Series_that_vanish_and_return_and_metrics_that_come_and_go_stay_distinct()
    {
        var shown = new List<string> { "a", "b" };
        meter.CreateObservableCounter("c", () => shown.Select(name => new System.Diagnostics.Metrics.Measurement<long>(1, new KeyValuePair<string, object?>("n", name))));
        Assert.Equal(["n=\"a\"", "n=\"b\""], Texts());

        shown.Remove("a");
        Assert.Equal(["n=\"b\""], Texts());
        shown.Add("a");
        Assert.Equal(["n=\"a\"", "n=\"b\""], Texts().Order());

        using (var other = new System.Diagnostics.Metrics.Meter(meter.Name + ".other"))
        {
            other.CreateCounter<long>("d").Add(1, new KeyValuePair<string, object?>("n", "z"));
            Assert.Equal(["c_total", "d_total"], Layout(Collect()).Families.Select(family => Encoding.UTF8.GetString(family.Name)));
        }

        Collect();
        Assert.Equal(["c_total"], Layout(Collect()).Families.Select(family => Encoding.UTF8.GetString(family.Name)));
        Assert.Equal(["n=\"a\"", "n=\"b\""], Texts().Order());
    }

    [Fact]
    public void Duplicates_keep_their_number_when_another_goes()
    {
        options.ExcludedAttributes = ["hidden"];
        var filtered = new Layouts(options.ReadFamilies(), new ExporterTelemetry(), clock);
        var shown = new List<int> { 1, 2, 3 };
        meter.CreateObservableCounter("c", () => shown.Select(number => new System.Diagnostics.Metrics.Measurement<long>(1, new KeyValuePair<string, object?>("hidden", number))));
        Assert.Equal([string.Empty, "otel_duplicate=\"2\"", "otel_duplicate=\"3\""], Texts(filtered));

        shown.Remove(2);
        Assert.Equal([string.Empty, "otel_duplicate=\"3\""], Texts(filtered));
        shown.Remove(1);
        Assert.Equal(["otel_duplicate=\"3\""], Texts(filtered));
        shown.Add(4);
        Assert.Equal([string.Empty, "otel_duplicate=\"3\""], Texts(filtered).Order());
    }

    [Fact]
    public void Series_without_number_taken_while_its_metric_was_away_is_told_apart_on_return()
    {
        using var one = new System.Diagnostics.Metrics.Meter(meter.Name + ".one");
        using var two = new System.Diagnostics.Metrics.Meter(meter.Name + ".two");
        var counter = one.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("n", "a"));
        two.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("n", "b"));
        var both = Collect();
        Assert.Equal(["n=\"a\"", "n=\"b\""], Texts(both));

        // The SDK may leave a metric out and show it again as it was.
        Series[] grown = [both.Streams[0].Series[0], new Series(both.Streams[1].Series[0].Tags)];
        var first = both.Streams[0] with { Series = grown };
        Assert.Equal(["n=\"a\"", "n=\"b\""], Texts(new Structure([first])));
        var texts = Texts(new Structure([first, both.Streams[1]]));
        Assert.Equal(3, texts.Length);
        Assert.Equal(3, texts.Distinct().Count());
    }

    [Theory]
    [InlineData(ExpositionSyntax.Text004)]
    [InlineData(ExpositionSyntax.Protobuf)]
    public void Ten_thousand_series_that_become_one_stay_distinct_at_two_encodings_each(object syntax)
    {
        const int Count = 10_000;
        options.ExcludedAttributes = ["hidden"];
        var counter = meter.CreateCounter<long>("many");
        for (var number = 0; number < Count; number++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("hidden", number), new KeyValuePair<string, object?>("n", Counted.Instance));
        }

        var filtered = new Layouts(options.ReadFamilies(), new ExporterTelemetry(), clock);
        Counted.Calls = 0;
        var labels = Labels(Collect(), (ExpositionSyntax)syntax, filtered);

        Assert.Equal((2 * Count) - 1, Counted.Calls);
        Assert.Equal(Count, labels.Select(Convert.ToHexString).Distinct().Count());
        if ((ExpositionSyntax)syntax == ExpositionSyntax.Text004)
        {
            Assert.Equal(
                Enumerable.Range(2, Count - 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"n=\"counted\",otel_duplicate=\"{number}\"")).Prepend("n=\"counted\""),
                labels.Select(Encoding.UTF8.GetString));
        }

        // And nothing is encoded again.
        Labels(Collect(), (ExpositionSyntax)syntax, filtered);
        Assert.Equal((2 * Count) - 1, Counted.Calls);
    }

    private string[] Texts(Layouts? from = null) => [.. Labels(Collect(), ExpositionSyntax.Text004, from).Select(Encoding.UTF8.GetString)];

    private string[] Texts(Structure structure) =>
        [.. Layout(structure).Families.SelectMany(family => family.Members).SelectMany(member => member.Labels).Select(Encoding.UTF8.GetString)];

    private byte[][] Labels(Structure structure, ExpositionSyntax syntax, Layouts? from = null) =>
        Layout(structure, syntax, from).Families[0].Members[0].Labels;

    private Layout Layout(
        Structure structure, ExpositionSyntax syntax = ExpositionSyntax.Text004, Layouts? from = null, Resource? resource = null) =>
        (from ?? layouts).Of(
            structure,
            new ExpositionFormats(new ExpositionSettings(160, false), isEscapedFirst: true)[new(syntax, EscapingScheme.Underscores)],
            resource ?? Resource.Empty);

    private Structure Collect()
    {
        provider.ForceFlush();
        return exporter.Snapshot.Structure;
    }

    private sealed class CollectingExporter : BaseExporter<Metric>
    {
        private readonly Collector collector = new(new AttributeFilter(allowed: null, excluded: null), new ExporterTelemetry());

        public Snapshot Snapshot { get; } = new();

        public override ExportResult Export(in Batch<Metric> batch)
        {
            collector.Collect(in batch, Snapshot);
            return ExportResult.Success;
        }
    }

    /// <summary>A value that counts how often it is encoded.</summary>
    private sealed class Counted
    {
        public static readonly Counted Instance = new();

        [ThreadStatic]
        private static int calls;

        public static int Calls
        {
            get => calls;
            set => calls = value;
        }

        public override string ToString()
        {
            calls++;
            return "counted";
        }
    }
}
