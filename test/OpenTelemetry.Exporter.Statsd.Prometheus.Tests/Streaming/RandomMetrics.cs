using System.Diagnostics.Metrics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>What an application might record, under names and options that make an exposition long in unusual places.</summary>
internal sealed record RandomMetrics(
    RandomMetrics.Instrument[] Instruments,
    PrometheusAspNetCoreTranslationStrategy Strategy,
    bool HasExtremes,
    bool HasClassicBuckets,
    int MaxBuckets,
    bool HasTarget)
{
    private static readonly string[] Kinds = ["counter", "gauge", "explicit", "exponential"];

    private static Gen<string> Text => Gen.OneOf(
        Gen.Elements("s", "By", "a.b", "a\\b\n\"c\"", "€\ud83d\ude00", new string('"', 300), new string('\\', 700), new string('x', 4000)),
        ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? string.Empty));

    private static Gen<Instrument> AnyInstrument =>
        from kind in Gen.Elements(Kinds)
        from name in Gen.OneOf(Gen.Elements("load", "load_count", new string('"', 250)), Text)
        from unit in Text
        from description in Text
        from keys in Text.ListOf(2)
        from values in Text.ListOf(2)
        from numbers in Gen.OneOf(
            ArbMap.Default.GeneratorFor<double>(),
            Gen.Elements(0, 1, 1e-300, 1e300, double.MaxValue, double.Epsilon, double.NaN, double.PositiveInfinity)).ListOf()
        from bounds in Gen.Elements<double[]>([], [1], [-5, 1e-7, 0.3, 1e21], [.. Enumerable.Range(0, 300).Select(index => index / 7d)])
        select new Instrument(
            kind, name.Length == 0 ? "x" : name, unit, description, [.. keys.Zip(values).DistinctBy(pair => pair.First)], [.. numbers], bounds);

    public static Gen<RandomMetrics> Any =>
        from instruments in AnyInstrument.ListOf()
        from strategy in Gen.Elements(Enum.GetValues<PrometheusAspNetCoreTranslationStrategy>())
        from extremes in ArbMap.Default.GeneratorFor<bool>()
        from classic in ArbMap.Default.GeneratorFor<bool>()
        from buckets in Gen.Elements(2, 3, 160, 5000)
        from target in ArbMap.Default.GeneratorFor<bool>()
        select new RandomMetrics([.. instruments.Take(4)], strategy, extremes, classic, buckets, target);

    /// <summary>A provider that has recorded all of it.</summary>
    public Tests.Scrape Record()
    {
        var scrape = new Tests.Scrape(
            options =>
            {
                options.TranslationStrategy = Strategy;
                options.HistogramMinMaxEnabled = HasExtremes;
                options.NativeHistogramsWithClassicBuckets = HasClassicBuckets;
                options.MaxExponentialHistogramBuckets = MaxBuckets;
            },
            metrics => metrics.SetExemplarFilter(ExemplarFilterType.AlwaysOn).AddView(View),
            HasTarget ? new() { ["service.name"] = "a\"\\\n", ["x"] = new string('"', 300) } : null);
        for (var index = 0; index < Instruments.Length; index++)
        {
            Record(scrape.Meter($"m{index}"), Instruments[index], index.ToString(CultureInfo.InvariantCulture));
        }

        return scrape;
    }

    public override string ToString() =>
        $"{(Strategy, HasExtremes, HasClassicBuckets, MaxBuckets, HasTarget)}\n{string.Join('\n', Instruments.Select(instrument => instrument.ToString()))}";

    private static void Record(Meter meter, Instrument instrument, string description)
    {
        Action<double, KeyValuePair<string, object?>[]> record = instrument.Kind switch
        {
            "counter" => meter.CreateCounter<double>("i", instrument.Unit, description).Add,
            "gauge" => meter.CreateGauge<double>("i", instrument.Unit, description).Record,
            _ => meter.CreateHistogram<double>("i", instrument.Unit, description).Record,
        };
        for (var index = 0; index < instrument.Values.Length; index++)
        {
            // The last tag is taken away by the view, so that exemplars have it.
            record(
                instrument.Kind == "counter" ? Math.Abs(instrument.Values[index]) : instrument.Values[index],
                [.. instrument.Tags.Select(tag => KeyValuePair.Create(tag.Key, (object?)tag.Value)), new("series", index % 5), new("away\"", "\"\\" + index)]);
        }
    }

    /// <summary>The description carries which instrument this is; the view gives it the name and description that are tested.</summary>
    private MetricStreamConfiguration View(System.Diagnostics.Metrics.Instrument instrument)
    {
        var recorded = Instruments[int.Parse(instrument.Description!, CultureInfo.InvariantCulture)];
        MetricStreamConfiguration stream = recorded.Kind switch
        {
            "exponential" => new Base2ExponentialBucketHistogramConfiguration(),
            "explicit" => new ExplicitBucketHistogramConfiguration { Boundaries = recorded.Bounds },
            _ => new MetricStreamConfiguration(),
        };
        stream.Name = recorded.Name;
        stream.Description = recorded.Description;
        stream.TagKeys = [.. recorded.Tags.Select(tag => tag.Key), "series"];
        return stream;
    }

    internal sealed record Instrument(
        string Kind, string Name, string Unit, string Description, (string Key, string Value)[] Tags, double[] Values, double[] Bounds)
    {
        public override string ToString() => $"{Kind} '{Short(Name)}' '{Short(Unit)}' '{Short(Description)}' "
            + $"{string.Join(',', Tags.Select(tag => $"{Short(tag.Key)}={Short(tag.Value)}"))}: {string.Join(' ', Values)}; {Bounds.Length} bounds";

        private static string Short(string text) => text.Length < 50 ? text : $"{text[0]}*{text.Length}";
    }
}
