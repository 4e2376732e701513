using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>Whatever is recorded under whatever names: the exposition is well-formed and holds exactly that.</summary>
public sealed class PropertyTests
{
    private static readonly string[] Names =
        ["load", "load.total", "load_total", "load_count", "load_sum", "load_bucket", "h", "h.count", "h_bucket", "target.info", "up"];

    private static readonly string[] Keys = ["a", "a.b", "a_b", "a-b", "le", "1", "_1", "otel.scope.name", "otel_scope_version", "__name__", "é"];

    private static readonly object?[] Values = [null, "", "x", "1", 1, 1L, 1.5, true, "true", "a\"b\\c\nd", "\ud800", "\ufffd", new[] { "p", "q" }];

    private static Gen<string> Text => Gen.OneOf(
        Gen.Elements("", "s", "By", "1", "{x}", "m/s", "a\\b\n\"c\"", "€\ud83d\ude00"),
        ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? string.Empty));

    private static Gen<KeyValuePair<string, object?>[]> Tags =>
        from keys in Gen.OneOf(Gen.Elements(Keys), Text).ListOf(3)
        from values in Gen.OneOf(Gen.Elements(Values), Text.Select(text => (object?)text)).ListOf(3)
        from count in Gen.Choose(0, 3)
        select keys.Zip(values, KeyValuePair.Create).Take(count).DistinctBy(tag => tag.Key).ToArray();

    private static Gen<Recorded> Instrument =>
        from kind in Gen.Elements(Enum.GetValues<Kind>())
        from name in Gen.OneOf(Gen.Elements(Names), Gen.Elements(Names), Text)
        from unit in Text
        from description in Text
        from tags in Tags.ListOf()
        select new Recorded(kind, name.Length == 0 ? "empty" : name, unit, description, [.. tags.Take(6)]);

    private static Gen<Application> Applications =>
        from instruments in Instrument.ListOf()
        from scope in ArbMap.Default.GeneratorFor<bool>()
        from total in ArbMap.Default.GeneratorFor<bool>()
        from target in ArbMap.Default.GeneratorFor<bool>()
        from constants in ArbMap.Default.GeneratorFor<bool>()
        from strategy in Gen.Elements(Enum.GetValues<PrometheusAspNetCoreTranslationStrategy>())
        select new Application([.. instruments.Take(7)], scope, total, target, constants, strategy);

    [Fact]
    public void Exposition_holds_exactly_what_was_recorded() =>
        Check.One(RandomCases.Of(1000), Prop.ForAll(Applications.ToArbitrary(), sample =>
        {
            using var scrape = Create(sample);
            Verify(sample, Record(sample, scrape), TextParser.Parse(scrape.Bytes()));
        }));

    [Fact]
    public void Exposition_over_http_holds_exactly_what_was_recorded() =>
        Check.One(RandomCases.Of(15), Prop.ForAll(Applications.ToArbitrary(), sample =>
        {
            using var scrape = Create(sample);
            var expected = Record(sample, scrape);
            Verify(sample, expected, TextParser.Parse(GetOverHttp(scrape.Provider)));
        }));

    private static byte[] GetOverHttp(MeterProvider provider) => Task.Run(async () =>
    {
        await using var app = await TestApp.StartAsync(null, app => app.MapPrometheusScrapingEndpoint("/metrics", provider, null, null));
        return await app.Client.GetByteArrayAsync("/metrics");
    }).GetAwaiter().GetResult();

    private static Scrape Create(Application sample) => new(
        options =>
        {
            options.ScopeInfoEnabled = sample.Scope;
            options.DisableTotalNameSuffixForCounters = !sample.Total;
            options.TargetInfoEnabled = sample.Target;
            options.ResourceConstantLabels = sample.Constants ? key => key.Contains('.', StringComparison.Ordinal) : null;
            options.TranslationStrategy = sample.Strategy;
        },
        metrics => metrics.AddView(instrument =>
        {
            // The description carries which instrument this is; the view gives it the name and description that are tested.
            var recorded = sample.Instruments[int.Parse(instrument.Description!, CultureInfo.InvariantCulture)];
            MetricStreamConfiguration stream = recorded.Kind switch
            {
                Kind.Exponential => new Base2ExponentialBucketHistogramConfiguration(),
                Kind.Explicit => new ExplicitBucketHistogramConfiguration { Boundaries = [1, 100, 1e6] },
                _ => new MetricStreamConfiguration(),
            };
            stream.Name = recorded.Name;
            stream.Description = recorded.Description;
            return stream;
        }),
        new() { ["service.name"] = "shop\n", ["a"] = "resource", ["a.b"] = 1L });

    /// <summary>Records powers of two, each once, so that a value tells which measurements are in it.</summary>
    private static List<Expected> Record(Application sample, Scrape scrape)
    {
        var expected = new List<Expected>();
        var power = 0;
        for (var index = 0; index < sample.Instruments.Length; index++)
        {
            var recorded = sample.Instruments[index];
            var meter = scrape.Meter($"m{index}");
            var record = Recorder(meter, recorded, index.ToString(CultureInfo.InvariantCulture));
            foreach (var point in recorded.Points.GroupBy(Identity))
            {
                var values = new List<double>();
                foreach (var tags in point)
                {
                    values.Add(Math.ScaleB(1, power++));
                    record(values[^1], tags);
                }

                var isLast = recorded.Kind is Kind.LongGauge or Kind.DoubleGauge;
                expected.Add(new Expected(TypeOf(recorded.Kind), isLast ? values[^1] : values.Sum(), values.Count, point.First()));
            }
        }

        return expected;
    }

    /// <summary>Tag sets that are one series to the SDK: the same keys with equal values, in any order.</summary>
    private static string Identity(KeyValuePair<string, object?>[] tags) => string.Join('\u0001', tags
        .OrderBy(tag => tag.Key, StringComparer.Ordinal)
        .Select(tag => $"{Encode(tag.Key)}\u0002{tag.Value?.GetType()}\u0003{Encode(Convert.ToString(tag.Value, CultureInfo.InvariantCulture))}"));

    private static string Encode(string? text) => string.Join(',', (text ?? string.Empty).Select(character => (int)character));

    private static Action<double, KeyValuePair<string, object?>[]> Recorder(Meter meter, Recorded recorded, string description)
    {
        switch (recorded.Kind)
        {
            case Kind.LongCounter:
                var longCounter = meter.CreateCounter<long>("i", recorded.Unit, description);
                return (value, tags) => longCounter.Add((long)value, tags);
            case Kind.DoubleCounter:
                var doubleCounter = meter.CreateCounter<double>("i", recorded.Unit, description);
                return (value, tags) => doubleCounter.Add(value, tags);
            case Kind.LongUpDown:
                var longUpDown = meter.CreateUpDownCounter<long>("i", recorded.Unit, description);
                return (value, tags) => longUpDown.Add((long)value, tags);
            case Kind.DoubleUpDown:
                var doubleUpDown = meter.CreateUpDownCounter<double>("i", recorded.Unit, description);
                return (value, tags) => doubleUpDown.Add(value, tags);
            case Kind.LongGauge:
                var longGauge = meter.CreateGauge<long>("i", recorded.Unit, description);
                return (value, tags) => longGauge.Record((long)value, tags);
            case Kind.DoubleGauge:
                var doubleGauge = meter.CreateGauge<double>("i", recorded.Unit, description);
                return (value, tags) => doubleGauge.Record(value, tags);
            default:
                var histogram = meter.CreateHistogram<double>("i", recorded.Unit, description);
                return (value, tags) => histogram.Record(value, tags);
        }
    }

    private static string TypeOf(Kind kind) => kind switch
    {
        Kind.LongCounter or Kind.DoubleCounter => "counter",
        Kind.Explicit or Kind.Exponential => "histogram",
        _ => "gauge",
    };

    private static void Verify(Application sample, List<Expected> expected, List<Family> families)
    {
        var actual = families.Where(family => !sample.Target || family.Name != "target_info").SelectMany(Points).ToDictionary(point => point.Value);
        foreach (var point in expected)
        {
            Assert.True(actual.Remove(point.Value, out var found), $"{point.Value} is missing.");
            Assert.Equal((point.Type, point.Count), (found.Type, found.Count));
            foreach (var (key, value) in point.Tags)
            {
                if (value is string text)
                {
                    var label = LabelName(key, sample.Strategy);
                    label = label == "le" && found.Type == "histogram" ? "exported_le" : label;
                    Assert.Contains(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), found.Labels.GetValueOrDefault(label, string.Empty), StringComparison.Ordinal);
                }
            }
        }

        Assert.Empty(actual);
    }

    /// <summary>
    /// What the OpenTelemetry specification makes of a key, or what Prometheus itself makes of it if no translation is asked for; but no
    /// name begins with two underscores.
    /// </summary>
    private static string LabelName(string key, PrometheusAspNetCoreTranslationStrategy strategy)
    {
        if (strategy is PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes
            or PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes)
        {
            var collapsed = Regex.Replace(key, "[^a-zA-Z0-9]+", "_");
            return collapsed.Length == 0 || char.IsAsciiDigit(collapsed[0]) ? "_" + collapsed : collapsed;
        }

        var replaced = string.Concat(key.EnumerateRunes().Select(rune => Regex.IsMatch(rune.ToString(), @"^[a-zA-Z0-9]\z") ? rune.ToString() : "_"));
        return Regex.Replace(replaced.Length == 0 ? "_" : replaced, "^([0-9]_*|__+)", "_");
    }

    private static IEnumerable<(string Type, double Value, double Count, IReadOnlyDictionary<string, string> Labels)> Points(Family family)
    {
        if (family.Type != "histogram")
        {
            return family.Samples.Select(sample => (family.Type, sample.Value, 0d, sample.Labels));
        }

        var counts = family.Samples.Where(sample => sample.Name == family.Name + "_count").ToDictionary(sample => Sample.Key(sample.Labels));
        return family.Samples.Where(sample => sample.Name == family.Name + "_sum")
            .Select(sample => (family.Type, sample.Value, counts[Sample.Key(sample.Labels)].Value, sample.Labels));
    }

    private enum Kind
    {
        LongCounter,
        DoubleCounter,
        LongUpDown,
        DoubleUpDown,
        LongGauge,
        DoubleGauge,
        Explicit,
        Exponential,
    }

    private sealed record Recorded(Kind Kind, string Name, string Unit, string Description, KeyValuePair<string, object?>[][] Points)
    {
        public override string ToString() =>
            $"{Kind} '{Name}' '{Unit}' {string.Join(", ", Points.Select(tags => $"{{{string.Join(", ", tags.Select(tag => $"{tag.Key}={tag.Value} ({tag.Value?.GetType().Name})"))}}}"))}";
    }

    private sealed record Application(
        Recorded[] Instruments, bool Scope, bool Total, bool Target, bool Constants, PrometheusAspNetCoreTranslationStrategy Strategy)
    {
        public override string ToString() =>
            $"{(Scope, Total, Target, Constants, Strategy)}\n{string.Join('\n', Instruments.Select(instrument => instrument.ToString()))}";
    }

    /// <summary>A point to be found. <see cref="Count"/> is of a histogram; others have none, which is 0 here.</summary>
    private sealed record Expected(string Type, double Value, double Measurements, KeyValuePair<string, object?>[] Tags)
    {
        public double Count => Type == "histogram" ? Measurements : 0;
    }
}
