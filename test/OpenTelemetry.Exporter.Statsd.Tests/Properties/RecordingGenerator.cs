using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Random recordings, and smaller ones for one that fails.</summary>
internal static class RecordingGenerator
{
    private static readonly double[] EdgeDoubles =
    [
        0, -0.0, 1, -1, 0.1, 1.5, -2.25, 1d / 3, 8, 1024, 1e21, -1e21, 9.99e20, 1e-7, 9.9e-8, 1e15, 1e16, 123456789.125, 1e300, -1e300,
        double.Epsilon, -double.Epsilon, 2.2250738585072014E-308, double.MaxValue, double.MinValue, 9007199254740993,
    ];

    private static readonly double[] NotNumbers = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly long[] EdgeLongs = [0, 1, -1, 10, long.MinValue, long.MaxValue, int.MaxValue, -1_000_000_007];

    private static readonly double[][] Bounds = [[], [0], [-5, 0, 0.25, 10, 1e6], [0.001, 1, 1e21, 1e300], [1e-9]];

    public static Gen<double> Double { get; } = Gen.Frequency(
        (6, Gen.Elements(EdgeDoubles)),
        (6, Gen.Choose(-1000, 1000).Select(number => number / 8d)),
        (3, Bits.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite)),
        (1, Gen.Elements(NotNumbers)));

    public static Gen<long> Long { get; } = Gen.Frequency(
        (3, Gen.Elements(EdgeLongs)), (5, Gen.Choose(-1000, 1000).Select(number => (long)number)), (1, Bits));

    private static Gen<long> Bits =>
        Gen.Choose(int.MinValue, int.MaxValue).Zip(Gen.Choose(int.MinValue, int.MaxValue), (high, low) => ((long)high << 32) | (uint)low);

    public static Gen<object?> Value { get; } = Gen.Frequency(
        (12, HostileText.Any.Select(text => (object?)text)),
        (1, Gen.Elements<object?>(null, true, false, 1, -7L, 0.1, 1e300, double.NaN, 'x', 12.50m, DayOfWeek.Friday, Guid.Empty)),
        (1, Gen.Elements<object?>(new DateTime(2025, 12, 31, 23, 59, 59, DateTimeKind.Utc), TimeSpan.FromSeconds(1.5), new Untellable())),
        (1, Gen.Fresh<object?>(() => new[] { "a", null, "b;c" })),
        (1, Gen.Fresh<object?>(() => new object?[] { 1, new[] { 2, 3 }, true, new Untellable() })),
        (1, Gen.Fresh<object?>(() => new byte[] { 0, 128, 255 })),
        (1, Gen.Fresh<object?>(() => Array.Empty<long>())));

    private static Gen<Attribute[]> Attributes { get; } =
        from count in Gen.Frequency((2, Gen.Constant(0)), (6, Gen.Choose(1, 3)), (1, Gen.Choose(4, 9)))
        from attributes in Gen.ArrayOf(Gen.Frequency((2, HostileText.Any), (1, HostileText.Tame)).Zip(Value), count)
        select attributes.Select(attribute => new Attribute(attribute.Item1, attribute.Item2)).ToArray();

    private static Gen<Measured[]> Values { get; } =
        from count in Gen.Frequency((2, Gen.Constant(0)), (5, Gen.Constant(1)), (2, Gen.Choose(2, 5)))
        from values in Gen.ArrayOf(Long.Zip(Double, (whole, real) => new Measured(whole, real)), count)
        select values;

    private static Gen<Series> AnySeries { get; } =
        from attributes in Attributes
        from values in Gen.ArrayOf(Values, Recording.Exports)
        select new Series(attributes, values);

    private static Gen<Recorded> Instrument { get; } =
        from kind in Gen.Elements(Enum.GetValues<InstrumentKind>())
        from meter in Gen.Frequency((4, Gen.Constant("meter")), (1, HostileText.Any.Where(IsMeterName)))
        from version in Gen.Frequency((3, None), (1, Some(HostileText.Any)))
        from viewName in Gen.Frequency((2, None), (3, Some(HostileText.Any)), (2, Some(HostileText.Tame)))
        from unit in Gen.Frequency((3, Gen.Constant(string.Empty)), (1, Gen.Elements("By", "k|b\n", "\u00b5s")), (1, Gen.Elements("s", "d", "ns")))
        from bounds in Gen.Elements(Bounds)
        from minMax in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from series in Gen.Choose(1, 4).SelectMany(count => Gen.ArrayOf(AnySeries, count))
        select new Recorded(kind, null, meter, version, null, viewName, unit, bounds, minMax, Distinct(series));

    /// <summary>Names that several instruments have, that sanitising makes the same, or that one stream derives from another's.</summary>
    private static Gen<string?> ClashingName { get; } = Gen.Frequency(
        (6, Gen.Constant<string?>("x")),
        (3, Gen.Elements<string?>("x-y", "x_y", "x|y")),
        (2, Gen.Elements<string?>("x.2", "x.gauge", "x.histogram", "x.By", "x.unitless", "x.count", "x.bucket")),
        (2, Gen.Elements<string?>("x.bucket.inf", "x.bucket.0")));

    /// <summary>An instrument that many another one of its recording resembles, down to attributes that pose as the meter's name.</summary>
    private static Gen<Recorded> ClashingInstrument { get; } =
        from instrument in Instrument
        from name in Gen.Frequency((2, None), (1, Gen.Constant<string?>("x")))
        from viewName in Gen.Frequency((1, None), (3, ClashingName))
        from meter in Gen.Frequency((3, Gen.Constant("meter")), (1, Gen.Elements("me,ter", "me|ter")))
        from version in Gen.Frequency((3, None), (1, Gen.Elements<string?>("1,", "1|")))
        from meterTag in Gen.Frequency((3, None), (1, Gen.Elements<string?>("one", "other")))
        from key in Gen.Elements("otel.scope.name", "k")
        from series in AnySeries
        select instrument with
        {
            Name = name,
            ViewName = viewName,
            Meter = meter,
            MeterVersion = version,
            MeterTag = meterTag,
            Series = [series with { Attributes = [new(key, "v")] }],
        };

    private static Gen<Recording> AnyRecording { get; } =
        from profile in Gen.Elements(Enum.GetValues<StatsdProfile>())
        from packet in Gen.Frequency((1, Gen.Constant(64)), (3, Gen.Choose(64, 200)), (3, Gen.Choose(200, 600)), (2, Gen.Constant(1432)))
        from prefix in Gen.Frequency((3, Gen.Constant(string.Empty)), (1, Gen.Elements("app", "app.", "my app|", "\u00e9")), (1, AnyPrefix))
        from tags in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 3))).SelectMany(count => Gen.ArrayOf(ConstantTag, count))
        from service in Gen.Frequency((3, None), (1, Some(HostileText.Any.Where(text => text.Length > 0))))
        from scope in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from histograms in Histograms(profile)
        from instrument in Gen.Frequency((3, Gen.Constant(Instrument)), (1, Gen.Constant(ClashingInstrument)))
        from instruments in Gen.Choose(1, 5).SelectMany(count => Gen.ArrayOf(instrument, count))
        from externalData in ForAgent(profile, Some(HostileText.Any.Where(text => Encoding.UTF8.GetByteCount(text) <= 512)), null)
        from cardinality in ForAgent(profile, Gen.Elements(Enum.GetValues<DatadogCardinality>()).Select(level => (DatadogCardinality?)level), null)
        select new Recording(
            profile, packet, prefix, [.. tags.DistinctBy(tag => tag.Key)], service, scope, histograms, externalData, cardinality, instruments);

    /// <summary>Forms that the receiver knows the type of.</summary>
    private static Gen<HistogramChoice> Histograms(StatsdProfile profile)
    {
        HistogramForm[] without = profile switch
        {
            StatsdProfile.StatsD or StatsdProfile.StatsDGraphite => [HistogramForm.Distribution, HistogramForm.Histogram],
            StatsdProfile.Telegraf => [HistogramForm.Distribution],
            _ => [],
        };
        var form = Gen.Elements(Enum.GetValues<HistogramForm>().Except(without));
        var pattern = Gen.Elements("x", "X*", "instrument*", "Instrument0", "*", "inst*").Zip(form, KeyValuePair.Create);
        return from all in Gen.Frequency((1, Gen.Constant<HistogramForm?>(null)), (3, form.Select(each => (HistogramForm?)each)))
               from patterns in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 3))).SelectMany(count => Gen.ArrayOf(pattern, count))
               from quantiles in Gen.Elements<double[]>([], [0.5], [0.5, 0.95, 0.99, 0.999], [0.000001, 0.07])
               select new HistogramChoice(all, [.. patterns.DistinctBy(each => each.Key)], quantiles);
    }

    private static Gen<string?> None => Gen.Constant<string?>(null);

    private static Gen<string> AnyPrefix => HostileText.Any.Where(text => text.Length <= 100);

    private static Gen<KeyValuePair<string, string>> ConstantTag =>
        from key in HostileText.Any.Where(text => text.Length > 0)
        from value in HostileText.Any
        select KeyValuePair.Create(key, value);

    public static Arbitrary<Recording> Recordings { get; } = Arb.From(AnyRecording, Smaller);

    /// <summary>What is an error on any other profile.</summary>
    private static Gen<T> ForAgent<T>(StatsdProfile profile, Gen<T> values, T none) => profile == StatsdProfile.DatadogAgent
        ? Gen.Frequency((1, Gen.Constant(none)), (1, values))
        : Gen.Constant(none);

    private static Gen<string?> Some(Gen<string> texts) => texts.Select(text => (string?)text);

    /// <summary>The first to fail of these is tried further.</summary>
    private static IEnumerable<Recording> Smaller(Recording recording)
    {
        foreach (var instruments in Without(recording.Instruments, atLeast: 1))
        {
            yield return recording with { Instruments = instruments };
        }

        if (recording.Prefix.Length > 0)
        {
            yield return recording with { Prefix = string.Empty };
        }

        if (recording.ServiceName is not null)
        {
            yield return recording with { ServiceName = null };
        }

        if (recording.ExternalData is not null)
        {
            yield return recording with { ExternalData = null };
        }

        if (recording.Cardinality is not null)
        {
            yield return recording with { Cardinality = null };
        }

        if (recording.IncludeScopeTags)
        {
            yield return recording with { IncludeScopeTags = false };
        }

        if (recording.Histograms.Quantiles.Length > 0)
        {
            yield return recording with { Histograms = recording.Histograms with { Quantiles = [] } };
        }

        foreach (var patterns in Without(recording.Histograms.Patterns, atLeast: 0))
        {
            yield return recording with { Histograms = recording.Histograms with { Patterns = patterns } };
        }

        if (recording.MaxPacketBytes < 1432)
        {
            yield return recording with { MaxPacketBytes = 1432 };
        }

        foreach (var tags in Without(recording.Tags, atLeast: 0))
        {
            yield return recording with { Tags = tags };
        }

        for (var i = 0; i < recording.Instruments.Length; i++)
        {
            foreach (var instrument in Smaller(recording.Instruments[i]))
            {
                yield return recording with { Instruments = With(recording.Instruments, i, instrument) };
            }
        }
    }

    private static IEnumerable<Recorded> Smaller(Recorded instrument)
    {
        foreach (var series in Without(instrument.Series, atLeast: 1))
        {
            yield return instrument with { Series = series };
        }

        if (instrument.Name is not null)
        {
            yield return instrument with { Name = null };
        }

        if (instrument.MeterTag is not null)
        {
            yield return instrument with { MeterTag = null };
        }

        foreach (var name in Smaller(instrument.ViewName))
        {
            yield return instrument with { ViewName = name };
        }

        for (var i = 0; i < instrument.Series.Length; i++)
        {
            foreach (var smaller in Smaller(instrument.Series[i]))
            {
                var series = With(instrument.Series, i, smaller);
                if (Distinct(series).Length == series.Length)
                {
                    yield return instrument with { Series = series };
                }
            }
        }
    }

    private static IEnumerable<Series> Smaller(Series series)
    {
        foreach (var attributes in Without(series.Attributes, atLeast: 0).Where(attributes => !IsReordered(attributes)))
        {
            yield return series with { Attributes = attributes };
        }

        for (var export = 0; export < series.Values.Length; export++)
        {
            foreach (var values in Without(series.Values[export], atLeast: 0))
            {
                yield return series with { Values = With(series.Values, export, values) };
            }
        }

        for (var i = 0; i < series.Attributes.Length; i++)
        {
            if (series.Attributes[i].Value is not string { Length: 1 })
            {
                yield return series with { Attributes = With(series.Attributes, i, series.Attributes[i] with { Value = "v" }) };
            }
        }
    }

    private static IEnumerable<string?> Smaller(string? name)
    {
        if (name is not null)
        {
            yield return null;
            if (name.Length > 1)
            {
                yield return name[..(name.Length / 2)];
                yield return name[1..];
                yield return name[..^1];
            }
        }
    }

    private static IEnumerable<T[]> Without<T>(T[] items, int atLeast) => items.Length <= atLeast
        ? []
        : Enumerable.Range(0, items.Length).Select(index => items.Where((_, i) => i != index).ToArray());

    private static T[] With<T>(T[] items, int index, T item)
    {
        var copy = (T[])items.Clone();
        copy[index] = item;
        return copy;
    }

    /// <summary>Series as the SDK tells them apart, each once; it sorts three tags in a way that may swap two of the same key.</summary>
    private static Series[] Distinct(Series[] series) =>
        [.. series.Where(one => !IsReordered(one.Attributes)).DistinctBy(one => string.Join('\u0001', one.Attributes
            .OrderBy(attribute => attribute.Key, StringComparer.Ordinal)
            .Select(attribute => $"{attribute.Key}\u0002{attribute.Value?.GetType()}\u0002{DocumentedRules.Text(attribute.Value)}")))];

    private static bool IsReordered(Attribute[] attributes) =>
        attributes.Length == 3 && attributes.DistinctBy(attribute => attribute.Key).Count() < 3;

    /// <summary>What AddMeter takes literally.</summary>
    private static bool IsMeterName(string text) => !string.IsNullOrWhiteSpace(text) && !text.Contains('*') && !text.Contains('?');

    /// <summary>An attribute whose text nobody gets to see.</summary>
    private sealed class Untellable
    {
        public override string ToString() => throw new InvalidOperationException("No text.");
    }
}
