using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

internal enum InstrumentKind
{
    LongCounter,
    DoubleCounter,
    UpDownCounter,
    Gauge,
    Explicit,
    NegativeBounds,
    Exponential,
}

/// <summary>What is recorded once.</summary>
internal sealed record RecordedValue(double Value, KeyValuePair<string, object?>[] Tags, string? TraceId, string? SpanId, DateTimeOffset From, DateTimeOffset To);

/// <summary>What the exposition has to say about a point.</summary>
internal sealed record ExpectedPoint(InstrumentSpec Instrument, string Meter, KeyValuePair<string, object?>[] Tags, List<RecordedValue> Measurements)
{
    /// <summary>Whether the values are so far apart that the buckets of the view are wider than any of a native histogram: 16 powers of two.</summary>
    public bool IsCoarse => Math.Ceiling(Measurements.Max(each => Math.Log2(each.Value)) / 16)
        - Math.Ceiling(Measurements.Min(each => Math.Log2(each.Value)) / 16) + 1 > Instrument.MaxSize;

    public double Value => Instrument.Kind == InstrumentKind.Gauge ? Measurements[^1].Value : Measurements.Sum(each => each.Value);
}

internal sealed record InstrumentSpec(
    InstrumentKind Kind, string Name, string Unit, string Description, int MaxSize, string[]? TagKeys, KeyValuePair<string, object?>[][] Points)
{
    public bool IsHistogram => Kind is InstrumentKind.Explicit or InstrumentKind.NegativeBounds or InstrumentKind.Exponential;

    public bool IsCounter => Kind is InstrumentKind.LongCounter or InstrumentKind.DoubleCounter;

    public double[] Bounds => Kind == InstrumentKind.Explicit ? [1, 64, 100, 1e6] : [-2.5, 64, 1e6];

    public bool Keeps(string key) => TagKeys?.Contains(key) != false;

    public override string ToString() =>
        $"{Kind} '{Name}' '{Unit}' size {MaxSize} keeps {(TagKeys is null ? "all" : string.Join('|', TagKeys))}: "
        + string.Join(", ", Points.Select(tags => $"{{{string.Join(", ", tags.Select(tag => $"{tag.Key}={tag.Value} ({tag.Value?.GetType().Name})"))}}}"));
}

/// <summary>An application with hostile names and every kind of instrument, and options of the exporter.</summary>
internal sealed record FormatApplication(
    InstrumentSpec[] Instruments,
    PrometheusAspNetCoreTranslationStrategy Strategy,
    bool Scope,
    bool Total,
    bool MinMax,
    bool ClassicToo,
    int MaxBuckets,
    bool Hides,
    ExemplarFilterType Exemplars,
    bool Traced)
{
    /// <summary>What is in every value that is to be hidden, and in no other.</summary>
    public const string Hidden = "hidden-7d0c";

    private static readonly string[] Names =
        ["load", "load.total", "load_total", "load_count", "load_created", "load_min", "h", "h.count", "h_max", "target", "target.info", "dür.ation"];

    private static readonly string[] Keys =
        ["a", "a.b", "a_b", "a-b", "le", "1", "", "__name__", "_x", "é", "trace_id", "trace.id", "otel.scope.name", "otel_scope_version", "secret", "private.key"];

    private static readonly object?[] Values =
        [null, "", "x", "y", 1, 1L, 1.5, true, "a\"b\\c\nd", "\ud800", "€", new string('v', 70), new string('ü', 40), new[] { "p", "q" }];

    public static Gen<FormatApplication> All =>
        from instruments in Spec.ListOf()
        from strategy in Gen.Elements(Enum.GetValues<PrometheusAspNetCoreTranslationStrategy>())
        from flags in Gen.Choose(0, 63)
        from maxBuckets in Gen.Elements(2, 3, 10, 160)
        from exemplars in Gen.Elements(ExemplarFilterType.AlwaysOn, ExemplarFilterType.AlwaysOn, ExemplarFilterType.TraceBased, ExemplarFilterType.AlwaysOff)
        select new FormatApplication(
            [.. instruments.Take(6)], strategy, Is(flags, 1), Is(flags, 2), Is(flags, 4), Is(flags, 8), maxBuckets, Is(flags, 16), exemplars, Is(flags, 32));

    private static Gen<string> Text => Gen.OneOf(
        Gen.Elements("", "s", "By", "1", "{x}", "m/s", "min", "a\\b\n\"c\"", "€\ud83d\ude00"),
        ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? string.Empty));

    private static Gen<KeyValuePair<string, object?>[]> Tags =>
        from keys in Gen.OneOf(Gen.Elements(Keys), Gen.Elements(Keys), Text).ListOf(5)
        from values in Gen.OneOf(Gen.Elements(Values), Text.Select(text => (object?)text)).ListOf(5)
        from count in Gen.Choose(0, 5)
        select keys
            .Zip(values, (key, value) => KeyValuePair.Create(key, IsSecret(key) ? Hidden + value : value))
            .Take(count)
            .DistinctBy(tag => tag.Key)
            .ToArray();

    private static Gen<InstrumentSpec> Spec =>
        from kind in Gen.Elements(Enum.GetValues<InstrumentKind>())
        from name in Gen.OneOf(Gen.Elements(Names), Gen.Elements(Names), Text)
        from unit in Text
        from description in Text
        from size in Gen.Elements(2, 4, 20, 160)
        from tagKeys in Gen.OneOf(Gen.Constant<string[]?>(null), Gen.SubListOf(Keys).Select(keys => (string[]?)[.. keys]))
        from points in Tags.ListOf()
        select new InstrumentSpec(kind, name.Length == 0 ? "empty" : name, unit, description, size, tagKeys, [.. points.Take(6)]);

    public static bool IsSecret(string key) => key == "secret" || key.StartsWith("private.", StringComparison.Ordinal);

    public Scrape CreateScrape() => new(
        options =>
        {
            options.TranslationStrategy = Strategy;
            options.ScopeInfoEnabled = Scope;
            options.DisableTotalNameSuffixForCounters = !Total;
            options.HistogramMinMaxEnabled = MinMax;
            options.NativeHistogramsWithClassicBuckets = ClassicToo;
            options.MaxExponentialHistogramBuckets = MaxBuckets;
            options.ExcludedAttributes = Hides ? ["secret", "private.*"] : null;
        },
        metrics => metrics.SetExemplarFilter(Exemplars).AddView(instrument => View(Instruments[Number(instrument)])),
        new() { ["service.name"] = "shop\n", ["private.host"] = Hides ? Hidden : "host" });

    /// <summary>Records powers of two, each once, so that a value tells which measurements are in it.</summary>
    public List<ExpectedPoint> Record(Scrape scrape)
    {
        var expected = new List<ExpectedPoint>();
        var power = 1;
        for (var index = 0; index < Instruments.Length; index++)
        {
            var instrument = Instruments[index];
            var meter = scrape.Meter($"m{index}", "1.0", [new("secret", Hides ? Hidden : null)]);
            var record = Recorder(meter, instrument.Kind, index.ToString(CultureInfo.InvariantCulture));
            var points = new Dictionary<string, ExpectedPoint>();
            foreach (var tags in instrument.Points)
            {
                KeyValuePair<string, object?>[] kept = [.. tags.Where(tag => instrument.Keeps(tag.Key))];
                if (!points.TryGetValue(Identity(kept), out var point))
                {
                    expected.Add(point = points[Identity(kept)] = new ExpectedPoint(instrument, meter.Name, kept, []));
                }

                point.Measurements.Add(Measure(record, Math.ScaleB(1, power), tags, Traced && power % 2 == 0));
                power++;
            }
        }

        return expected;
    }

    public bool Offers(RecordedValue measurement) =>
        Exemplars == ExemplarFilterType.AlwaysOn || (Exemplars == ExemplarFilterType.TraceBased && measurement.TraceId is not null);

    public override string ToString() =>
        $"{(Strategy, Scope, Total, MinMax, ClassicToo, MaxBuckets, Hides)} {(Exemplars, Traced)}\n{string.Join('\n', Instruments.Select(instrument => instrument.ToString()))}";

    private static bool Is(int flags, int flag) => (flags & flag) != 0;

    /// <summary>The description carries which instrument this is; the view gives it the name and description that are tested.</summary>
    private static int Number(Instrument instrument) => int.Parse(instrument.Description!, CultureInfo.InvariantCulture);

    private static MetricStreamConfiguration View(InstrumentSpec instrument)
    {
        MetricStreamConfiguration stream = instrument.Kind switch
        {
            InstrumentKind.Exponential => new Base2ExponentialBucketHistogramConfiguration { MaxSize = instrument.MaxSize },
            InstrumentKind.Explicit or InstrumentKind.NegativeBounds => new ExplicitBucketHistogramConfiguration { Boundaries = instrument.Bounds },
            _ => new MetricStreamConfiguration(),
        };
        stream.Name = instrument.Name;
        stream.Description = instrument.Description;
        stream.TagKeys = instrument.TagKeys;
        return stream;
    }

    private static RecordedValue Measure(Action<double, KeyValuePair<string, object?>[]> record, double value, KeyValuePair<string, object?>[] tags, bool isTraced)
    {
        using var activity = isTraced ? new Activity("op") : null;
        activity?.SetIdFormat(ActivityIdFormat.W3C).Start();
        activity?.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        var from = DateTimeOffset.UtcNow;
        record(value, tags);
        return new RecordedValue(value, tags, activity?.TraceId.ToHexString(), activity?.SpanId.ToHexString(), from, DateTimeOffset.UtcNow);
    }

    /// <summary>Tag sets that are one series to the SDK: the same keys with equal values, in any order.</summary>
    private static string Identity(KeyValuePair<string, object?>[] tags) => string.Join('\u0001', tags
        .OrderBy(tag => tag.Key, StringComparer.Ordinal)
        .Select(tag => $"{Encode(tag.Key)}\u0002{tag.Value?.GetType()}\u0003{Encode(Spelling.Value(tag.Value))}"));

    private static string Encode(string text) => string.Join(',', text.Select(character => (int)character));

    private Action<double, KeyValuePair<string, object?>[]> Recorder(Meter meter, InstrumentKind kind, string number)
    {
        var unit = Instruments[int.Parse(number, CultureInfo.InvariantCulture)].Unit;
        switch (kind)
        {
            case InstrumentKind.LongCounter:
                var longCounter = meter.CreateCounter<long>("i", unit, number);
                return (value, tags) => longCounter.Add((long)value, tags);
            case InstrumentKind.DoubleCounter:
                var doubleCounter = meter.CreateCounter<double>("i", unit, number);
                return (value, tags) => doubleCounter.Add(value, tags);
            case InstrumentKind.UpDownCounter:
                var upDown = meter.CreateUpDownCounter<long>("i", unit, number);
                return (value, tags) => upDown.Add((long)value, tags);
            case InstrumentKind.Gauge:
                var gauge = meter.CreateGauge<double>("i", unit, number);
                return (value, tags) => gauge.Record(value, tags);
            default:
                var histogram = meter.CreateHistogram<double>("i", unit, number);
                return (value, tags) => histogram.Record(value, tags);
        }
    }
}
