using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Tests.Streaming;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Whatever is streamed, what is sent with each flush is what the documentation says, and every measurement is counted.</summary>
public sealed partial class StreamProperties
{
    private static readonly string[] Kinds = ["long counter", "double counter", "long gauge", "double gauge", "long histogram", "double histogram"];

    /// <summary>Quarters, whose sums are exact in any order, and what is no number.</summary>
    private static readonly Gen<double> AnyValue = Gen.Frequency(
        (8, Gen.Choose(-8, 4_000).Select(quarters => quarters / 4.0)),
        (1, Gen.Elements(0, 1e-9, 1.001, 0.0043, 123_456_789.25, -5e6)),
        (1, Gen.Elements(double.NaN, double.PositiveInfinity, double.NegativeInfinity)));

    private static readonly Gen<object?> AnyTagValue = Gen.Frequency(
        (6, HostileText.Any.Select(text => (object?)text)),
        (2, Gen.Choose(-3, 3).Select(number => (object?)number)),
        (1, Gen.Elements<object?>(null, true, 2.5, new[] { 1, 2 })));

    private static readonly Gen<Attribute[]> AnyTags =
        from count in Gen.Choose(0, 4)
        from keys in Gen.ArrayOf(HostileText.Any, count)
        from values in Gen.ArrayOf(AnyTagValue, count)
        select keys.Zip(values, (key, value) => new Attribute(key, value)).ToArray();

    private static readonly Gen<Case> AnyCase =
        from profile in Gen.Elements(Enum.GetValues<StatsdProfile>())
        from packet in Gen.Elements(64, 100, 300, 1432)
        from unit in Gen.Elements("s", "ms", string.Empty)
        from kinds in Gen.Choose(1, 4).SelectMany(count => Gen.ArrayOf(Gen.Choose(0, Kinds.Length - 1), count))
        from tags in Gen.Choose(1, 4).SelectMany(count => Gen.ArrayOf(AnyTags, count))
        from steps in Gen.ListOf(
            from instrument in Gen.Choose(0, kinds.Length - 1)
            from series in Gen.Choose(0, tags.Length - 1)
            from value in AnyValue
            from flush in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
            select new Step(instrument, series, value, flush))
        select new Case(profile, packet, unit, kinds, tags, [.. steps]);

    private readonly HashSet<string> seen = [];

    [Fact]
    public void Every_line_is_expected_and_every_measurement_is_counted()
    {
        Prop.ForAll(Arb.From(AnyCase), Holds).Check(RandomCases.Of(1500));
        string[] all = ["exported", "invalid_value", "line_too_long", "negative_counter", "negative_value", .. Enum.GetNames<StatsdProfile>()];
        Assert.Equal(all.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    private void Holds(Case @case)
    {
        using var run = new OutletRun(options => options.MaxPacketBytes = @case.MaxPacketBytes, @case.Profile);
        var record = @case.Kinds.Select((kind, index) => Recorder(run, Kinds[kind], $"i{index}", @case.Unit)).ToArray();
        var model = new Model(@case);
        var decoder = DecoderFor(@case.Profile);
        foreach (var step in @case.Steps.Append(new Step(0, 0, 1, Flush: true)))
        {
            record[step.Instrument](step.Value, [.. @case.Tags[step.Series].Select(tag => KeyValuePair.Create(tag.Key, tag.Value))]);
            model.Record(step);
            if (step.Flush)
            {
                var sent = run.FlushRecords(decoder).Select(line => Text(line.Name, line.TagPairs.Select(tag => (tag.Key, tag.Value)), line.Value, line.Type));
                Assert.Equal(model.Flush().Order(StringComparer.Ordinal), sent.Order(StringComparer.Ordinal));
                Assert.All(run.Transport.Taken, packet => Assert.InRange(Encoding.UTF8.GetByteCount(packet), 1, @case.MaxPacketBytes));
            }
        }

        Assert.Equal(model.Exported, run.Told.MeasurementsExported);
        Assert.Equal(model.Dropped.OrderBy(pair => pair.Key, StringComparer.Ordinal), run.Told.MeasurementsDroppedByReason.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(0, run.Told.MeasurementsRefused);
        seen.UnionWith(model.Dropped.Keys);
        seen.UnionWith(model.Exported > 0 ? ["exported", @case.Profile.ToString()] : []);
    }

    /// <summary>Only Datadog does not keep a colon at the end of a value.</summary>
    private static TestSupport.StatsdDecoder DecoderFor(StatsdProfile profile) =>
        DocumentedRules.Of[profile].Dialect == TestSupport.TagDialect.DogStatsd && profile != StatsdProfile.DatadogAgent
            ? new(TestSupport.TagDialect.DogStatsd) { Alphabet = TestSupport.Alphabet.DogStatsd with { TagValue = AnyText() } }
            : Session.DecoderFor(profile);

    [GeneratedRegex(@"\A[^\p{Cc}|,]+\z")]
    private static partial Regex AnyText();

    private static string Text(string name, IEnumerable<(string Key, string Value)> tags, string value, string type) =>
        $"{name}:{value}|{type}|{string.Join('\u0001', tags.Select(tag => $"{tag.Key}\u0002{tag.Value}"))}";

    private delegate void Record(double value, params KeyValuePair<string, object?>[] tags);

    private static Record Recorder(OutletRun run, string kind, string name, string unit) => kind switch
    {
        "long counter" => Longs(run.Meter.CreateCounter<long>(name, unit).Add),
        "double counter" => run.Meter.CreateCounter<double>(name, unit).Add,
        "long gauge" => Longs(run.Meter.CreateGauge<long>(name, unit).Record),
        "double gauge" => run.Meter.CreateGauge<double>(name, unit).Record,
        "long histogram" => Longs(run.Meter.CreateHistogram<long>(name, unit).Record),
        _ => run.Meter.CreateHistogram<double>(name, unit).Record,
    };

    private static Record Longs(Action<long, KeyValuePair<string, object?>[]> record) => (value, tags) => record(Whole(value), tags);

    private static long Whole(double value) => double.IsFinite(value) ? (long)value : 0;

    private sealed record Step(int Instrument, int Series, double Value, bool Flush);

    private sealed record Case(StatsdProfile Profile, int MaxPacketBytes, string Unit, int[] Kinds, Attribute[][] Tags, Step[] Steps)
    {
        public override string ToString() =>
            $"{Profile}, packets of {MaxPacketBytes}, unit '{Unit}', {string.Join(", ", Kinds.Select(kind => StreamProperties.Kinds[kind]))}\n"
            + string.Join('\n', Tags.Select(tags => string.Join(", ", tags.Select(tag => $"{Recording.Escaped(tag.Key, 40)}={Recording.Escaped(DocumentedRules.Text(tag.Value), 40)}"))))
            + "\n" + string.Join('\n', Steps.AsEnumerable());
    }

    /// <summary>What each flush has to send, in plain code.</summary>
    private sealed class Model(Case @case)
    {
        private readonly DocumentedRules rules = DocumentedRules.Of[@case.Profile];
        private readonly Dictionary<(int Instrument, string Series), (Attribute[] Tags, List<double> Values)> window = [];

        public long Exported { get; private set; }

        public Dictionary<string, long> Dropped { get; } = [];

        public void Record(Step step)
        {
            Attribute[] tags = [.. @case.Tags[step.Series].OrderBy(tag => tag.Key, StringComparer.Ordinal)];
            var identity = string.Join('\u0001', tags.Select(tag => $"{tag.Key}\u0002{tag.Value?.GetType()}\u0002{(tag.Value is Array ? RuntimeHelpers.GetHashCode(tag.Value) : tag.Value)}"));
            if (!window.TryGetValue((step.Instrument, identity), out var series))
            {
                window.Add((step.Instrument, identity), series = (tags, []));
            }

            series.Values.Add(KindOf(step.Instrument).StartsWith("long", StringComparison.Ordinal) ? Whole(step.Value) : step.Value);
        }

        public List<string> Flush()
        {
            var lines = new List<string>();
            foreach (var ((instrument, _), (tags, values)) in window)
            {
                var kind = KindOf(instrument).Split(' ')[1];
                var written = rules.Tags(tags, []);
                if (kind == "gauge")
                {
                    WriteGauge(instrument, written, values[^1], lines);
                    continue;
                }

                var finite = values.Where(double.IsFinite).ToList();
                Drop("invalid_value", values.Count - finite.Count);
                if (kind == "histogram")
                {
                    finite.ForEach(value => WriteValue(instrument, written, value, lines));
                }
                else if (finite.Count > 0)
                {
                    WriteCounter(instrument, written, finite, lines);
                }
            }

            window.Clear();
            return lines;
        }

        private string KindOf(int instrument) => Kinds[@case.Kinds[instrument]];

        private void WriteCounter(int instrument, IReadOnlyList<Tag> tags, List<double> values, List<string> lines)
        {
            if (values.Sum() < 0 && rules.RejectsNegativeCounters)
            {
                Drop("negative_counter", values.Count);
            }
            else
            {
                Write(instrument, tags, values.Sum(), "c", values.Count, isReset: false, lines);
            }
        }

        private void WriteGauge(int instrument, IReadOnlyList<Tag> tags, double value, List<string> lines)
        {
            if (double.IsFinite(value))
            {
                Write(instrument, tags, value, "g", 1, isReset: value < 0 && rules.SignedGaugeIsDelta, lines);
            }
            else
            {
                Drop("invalid_value", 1);
            }
        }

        private void WriteValue(int instrument, IReadOnlyList<Tag> tags, double value, List<string> lines)
        {
            var type = @case.Profile switch
            {
                StatsdProfile.DatadogAgent => "d",
                StatsdProfile.StatsD or StatsdProfile.StatsDGraphite => "ms",
                _ => "h",
            };
            var scaled = type == "ms" && @case.Unit == "s" ? (double)((decimal)value * 1000) : value;
            if (scaled < 0 && rules.RejectsNegativeValues)
            {
                Drop("negative_value", 1);
            }
            else
            {
                Write(instrument, tags, scaled, type, 1, isReset: false, lines);
            }
        }

        private void Write(int instrument, IReadOnlyList<Tag> tags, double value, string type, int measurements, bool isReset, List<string> lines)
        {
            var (name, text) = (rules.Name(string.Empty, $"i{instrument}", string.Empty), NumberText.Of(value, rules.NumbersArePlain));
            var line = rules.Line(name, tags, text, type);
            var whole = isReset ? $"{rules.Line(name, tags, "0", type)}\n{line}" : line;
            if (Encoding.UTF8.GetByteCount(whole) > @case.MaxPacketBytes)
            {
                Drop("line_too_long", measurements);
                return;
            }

            Exported += measurements;
            var pairs = (rules.Dialect == TestSupport.TagDialect.None ? [] : tags).Select(tag => (tag.Key, tag.Value));
            lines.AddRange(isReset ? [Text(name, pairs, "0", type)] : []);
            lines.Add(Text(name, pairs, text, type));
        }

        private void Drop(string reason, int measurements)
        {
            if (measurements > 0)
            {
                Dropped[reason] = Dropped.GetValueOrDefault(reason) + measurements;
            }
        }
    }
}
