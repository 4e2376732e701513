using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Tests.Properties;
using TestSupport;
using Attribute = OpenTelemetry.Exporter.Statsd.Tests.Properties.Attribute;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Random cases, and smaller ones for one that fails.</summary>
internal static class EmfCaseGenerator
{
    /// <summary>So many instruments are not worth making smaller one by one.</summary>
    private const int Few = 20;

    private static readonly double Limit = Math.Pow(2, 360);

    private static readonly double[] Edges =
        [Limit, -Limit, Math.BitIncrement(Limit), 1e200, -1e200, 1e-108, 1e-109, 1e-200, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly double[][] Bounds = [[], [0], [-5, 0, 0.25, 10, 1e6], [.. Enumerable.Range(-20, 150).Select(i => i * 2.5)]];

    private static Gen<string> Key { get; } = Gen.Frequency(
        (4, HostileText.Tame),
        (4, HostileText.Any),
        (2, Gen.Elements("_aws", "_AWS", "CloudWatchMetrics", "log_group_name", "Log_Stream_Name", "LogGroupName", "Timestamp", "service.name", "SERVICE.NAME")),
        (2, Gen.Elements(":a", "_a", " ", "Z\u00fcrich", "Z%C3%BCrich", "%41", "a\u0001", "excluded.a", "excluded.\u00fc", "x", "x_", "x_value", "instrument0")),
        (1, Gen.Elements(250, 251, 300).Select(length => new string('k', length))));

    private static Gen<object?> Value { get; } = Gen.Frequency(
        (6, RecordingGenerator.Value),
        (3, Gen.Elements("v", "w").Select(text => (object?)text)),
        (1, Gen.Elements<object?>("", " ", "\t", null)),
        (1, Gen.Elements(1024, 1025, 5000).Select(length => (object?)new string('v', length))));

    private static Gen<Attribute[]> Attributes { get; } =
        from count in Gen.Frequency((6, Gen.Choose(0, 3)), (2, Gen.Choose(4, 9)), (1, Gen.Choose(26, 40)))
        from attributes in Gen.ArrayOf(Key.Zip(Value), count)
        from suffix in Gen.Elements("", "", "7")
        select attributes.Select((attribute, i) => new Attribute(
            suffix.Length > 0 ? $"{attribute.Item1}{i}" : attribute.Item1, attribute.Item2)).DistinctBy(attribute => attribute.Key).ToArray();

    private static Gen<double> Double { get; } = Gen.Frequency(
        (12, Gen.Choose(-480, 2640).Select(number => number / 8d)),
        (3, Gen.Choose(1, 1_000_000).Select(number => Math.Exp(number / 40_000d))),
        (1, RecordingGenerator.Double),
        (1, Gen.Elements(Edges)));

    private static Gen<Measured[]> Values { get; } =
        from count in Gen.Frequency((1, Gen.Constant(0)), (5, Gen.Constant(1)), (3, Gen.Choose(2, 9)), (2, Gen.Choose(100, 300)))
        from values in Gen.ArrayOf(RecordingGenerator.Long.Zip(count > 9 ? Double.Where(IsUsual) : Double, (whole, real) => new Measured(whole, real)), count)
        select values;

    private static Gen<string?> ViewName { get; } = Gen.Frequency(
        (4, Gen.Constant<string?>(null)),
        (2, HostileText.Tame.Select(text => (string?)text)),
        (2, HostileText.Any.Select(text => (string?)text)),
        (2, Gen.Elements<string?>("x", "_aws", "cloudwatchmetrics", "!id", "sets.m", "fast.m", "service.name", "a_", "queue_value")),
        (1, Gen.Elements(255, 256, 1000).Select(length => (string?)new string('n', length))));

    public static Arbitrary<EmfCase> Cases { get; } = Arb.From(
        from isUdp in Gen.Elements(true, false)
        from packet in Gen.Frequency(
            (4, Gen.Constant<int?>(null)), (2, Gen.Choose(1024, 3000).Select(size => (int?)size)), (2, Gen.Choose(3000, 65_507).Select(size => (int?)size)))
        from form in Gen.Frequency((4, Gen.Constant(EmfHistogramForm.ValuesAndCounts)), (1, Gen.Constant(EmfHistogramForm.StatisticSet)))
        from sets in Gen.Choose(1, 4).SelectMany(count => Gen.ArrayOf(Attributes, count))
        from instruments in Gen.Frequency((12, Gen.Choose(1, 6)), (1, Gen.Choose(200, 230))).SelectMany(count => Gen.ArrayOf(Instrument(sets), count))
        select new EmfCase(isUdp, packet, form, instruments.Length > EmfValidator.MostMetrics ? [.. instruments.Select(Unnamed)] : instruments),
        Smaller);

    /// <summary>An instrument that has a name of its own, so that its points can be in one document with those of all others.</summary>
    private static Recorded Unnamed(Recorded instrument) => instrument with { Name = null, ViewName = null };

    private static bool IsUsual(double value) => Math.Abs(value) is 0 or (> 1e-6 and < 1e12);

    private static Gen<Recorded> Instrument(Attribute[][] sets) =>
        from kind in Gen.Elements(Enum.GetValues<InstrumentKind>())
        from name in Gen.Frequency((4, Gen.Constant<string?>(null)), (1, Gen.Elements<string?>("x", "queue")))
        from meter in Gen.Elements("meter", "meter", "other")
        from view in ViewName
        from unit in Gen.Elements(DocumentedUnits.All)
        from bounds in Gen.Elements(Bounds)
        from minMax in Gen.Frequency((5, Gen.Constant(true)), (1, Gen.Constant(false)))
        from isPresent in Gen.ArrayOf(Gen.Elements(true, true, false), sets.Length)
        from values in Gen.ArrayOf(Gen.ArrayOf(Values, EmfCase.Exports), sets.Length)
        let series = Enumerable.Range(0, sets.Length).Where(i => isPresent[i]).Select(i => new Series(WithId(sets[i], i), values[i])).ToArray()
        select new Recorded(kind, name, meter, null, null, view, unit, bounds, minMax, series);

    private static Attribute[] WithId(Attribute[] attributes, int id) =>
        [new(EmfCase.Id, id.ToString(CultureInfo.InvariantCulture)), .. attributes.Where(attribute => attribute.Key != EmfCase.Id)];

    /// <summary>The first to fail of these is tried further.</summary>
    private static IEnumerable<EmfCase> Smaller(EmfCase given)
    {
        if (given.Instruments.Length > 1)
        {
            yield return given with { Instruments = given.Instruments[..(given.Instruments.Length / 2)] };
            yield return given with { Instruments = given.Instruments[(given.Instruments.Length / 2)..] };
        }

        if (given.Instruments.Length > Few)
        {
            yield break;
        }

        for (var i = 0; i < given.Instruments.Length && given.Instruments.Length > 1; i++)
        {
            yield return given with { Instruments = [.. given.Instruments.Where((_, at) => at != i)] };
        }

        foreach (var key in given.Instruments.SelectMany(instrument => instrument.Series).SelectMany(series => series.Attributes)
            .Select(attribute => attribute.Key).Distinct().Where(key => key != EmfCase.Id))
        {
            yield return given with { Instruments = [.. given.Instruments.Select(instrument => WithoutAttribute(instrument, key))] };
        }

        for (var i = 0; i < given.Instruments.Length; i++)
        {
            foreach (var instrument in Smaller(given.Instruments[i]))
            {
                yield return given with { Instruments = [.. given.Instruments.Select((each, at) => at == i ? instrument : each)] };
            }
        }
    }

    private static Recorded WithoutAttribute(Recorded instrument, string key) => instrument with
    {
        Series = [.. instrument.Series.Select(series => series with { Attributes = [.. series.Attributes.Where(attribute => attribute.Key != key)] })],
    };

    private static IEnumerable<Recorded> Smaller(Recorded instrument)
    {
        for (var i = 0; i < instrument.Series.Length; i++)
        {
            yield return instrument with { Series = [.. instrument.Series.Where((_, at) => at != i)] };
            for (var export = 0; export < EmfCase.Exports; export++)
            {
                var values = instrument.Series[i].Values[export];
                foreach (var fewer in new[] { [], values[..(values.Length / 2)], values[(values.Length / 2)..] }.Where(fewer => fewer.Length < values.Length))
                {
                    var series = instrument.Series[i] with { Values = [.. instrument.Series[i].Values.Select((each, at) => at == export ? fewer : each)] };
                    yield return instrument with { Series = [.. instrument.Series.Select((each, at) => at == i ? series : each)] };
                }
            }
        }

        if (instrument.ViewName is not null)
        {
            yield return instrument with { ViewName = null };
        }

        if (instrument.Unit.Length > 0)
        {
            yield return instrument with { Unit = string.Empty };
        }
    }
}
