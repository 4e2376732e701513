using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Reads exports as a receiver does and holds them against what is expected. One for consecutive exports of one exporter.</summary>
internal sealed partial class ReceiverCheck(DocumentedRules rules)
{
    private readonly ReceiverModel model = new(rules.Receiver);
    private readonly Dictionary<SeriesKey, double> levels = [];
    private readonly HashSet<SeriesKey> merged = [];
    private readonly Dictionary<SeriesKey, Recorded> streams = [];

    // Only Datadog does not keep a colon at the end of a value.
    private readonly StatsdDecoder decoder = rules is { Dialect: TagDialect.DogStatsd, Profile: not StatsdProfile.DatadogAgent }
        ? new StatsdDecoder(rules.Dialect)
        {
            Alphabet = Alphabet.DogStatsd with { TagValue = AnyTagValue() },
            AllowPacking = rules.Profile != StatsdProfile.OpenTelemetryCollector,
        }
        : new StatsdDecoder(rules.Dialect) { AllowDatadogFields = rules.Profile == StatsdProfile.DatadogAgent };

    public void Check(int maxPacketBytes, ExpectedExport expected, ActualExport actual)
    {
        Assert.Equal(actual.PacketsSent, actual.Datagrams.Count);
        Assert.All(actual.Datagrams, datagram => Assert.InRange(datagram.Length, 1, maxPacketBytes));
        var packets = actual.Datagrams.Select(datagram => Chunks(decoder.Decode(datagram))).ToList();

        var rest = Match(expected.Chunks, [.. packets.SelectMany(chunks => chunks).Where(chunk => !ValueCheck.IsValue(chunk[0]))]);
        var outcomes = CheckValues(expected, [.. packets.SelectMany(chunks => chunks).Where(chunk => ValueCheck.IsValue(chunk[0])), .. rest]);
        var tooLong = expected.Values.Sum(values => values.MostTooLong(rules, maxPacketBytes));
        CheckPacking(packets, maxPacketBytes, expected.TooLong.Count + tooLong);
        CheckSeries(expected);
        CheckLevels(expected.Chunks, actual.Datagrams);
        CheckPoints(expected, outcomes, actual);
    }

    /// <summary>Those whose fate is known counted so, and the others as one of those that are possible.</summary>
    private static void CheckPoints(ExpectedExport expected, List<IReadOnlyCollection<string?>> open, ActualExport actual)
    {
        var counted = expected.PointsDropped.Append(new(string.Empty, expected.PointsExported)).ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (var outcomes in open.Where(outcomes => outcomes.Count == 1))
        {
            var outcome = outcomes.Single() ?? string.Empty;
            counted[outcome] = counted.GetValueOrDefault(outcome) + 1;
        }

        var undecided = open.Where(outcomes => outcomes.Count > 1).ToList();
        var told = actual.PointsDropped.Append(new(string.Empty, actual.PointsExported)).ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(counted.Values.Sum() + undecided.Count, told.Values.Sum());
        foreach (var outcome in counted.Keys.Union(told.Keys))
        {
            var possible = undecided.Count(outcomes => outcomes.Contains(outcome.Length == 0 ? null : outcome));
            var least = counted.GetValueOrDefault(outcome);
            Assert.True(
                told.GetValueOrDefault(outcome) is var count && count >= least && count <= least + possible,
                $"{told.GetValueOrDefault(outcome)} points were '{outcome}' rather than {least} to {least + possible}.");
        }
    }

    /// <returns>What has become, or may have, of each point that is not known before.</returns>
    private List<IReadOnlyCollection<string?>> CheckValues(ExpectedExport expected, List<StatsdRecord[]> chunks)
    {
        Assert.All(chunks, chunk => Assert.All(chunk, record => Assert.Contains(
            expected.Values, values => values.Identity == Series(record) && values.Fields == FieldsOf(record))));
        var arrived = chunks.ToLookup(chunk => Series(chunk[^1]), chunk => chunk[^1]);
        var outcomes = expected.Open.ToList();
        foreach (var group in expected.Values.GroupBy(values => values.Identity))
        {
            if (group.First().IsQuantile)
            {
                ValueCheck.CheckQuantiles([.. group], [.. arrived[group.Key]]);
            }
            else
            {
                outcomes.AddRange(ValueCheck.Check([.. group], [.. arrived[group.Key]], WeightOf));
            }
        }

        return outcomes;
    }

    private double WeightOf(StatsdRecord record) => rules.Receiver == ReceiverKind.StatsdDaemon ? 1 / record.Rate : Math.Truncate(1 / record.Rate);

    /// <summary>A line that sets a gauge to zero belongs to the negative one of the same series that follows.</summary>
    private List<StatsdRecord[]> Chunks(IReadOnlyList<StatsdRecord> records)
    {
        var chunks = new List<StatsdRecord[]>();
        for (var i = 0; i < records.Count; i++)
        {
            var isNegative = rules.SignedGaugeIsDelta && records[i] is { Type: "g", IsSigned: true };
            Assert.False(isNegative, $"Not set to zero before: {records[i].Line}");
            var isReset = rules.SignedGaugeIsDelta && i + 1 < records.Count && records[i] is { Type: "g", Value: "0" }
                && records[i + 1] is { Type: "g", IsSigned: true } && Series(records[i]) == Series(records[i + 1]);
            chunks.Add(isReset ? [records[i], records[++i]] : [records[i]]);
        }

        return chunks;
    }

    private static string Series(StatsdRecord record) => Identity(record.Name, record.TagPairs.Select(tag => new Tag(tag.Key, tag.Value)), record.Type);

    private static string Identity(string name, IEnumerable<Tag> tags, string type) => $"{type} {name} {string.Join('\u0001', tags)}";

    /// <returns>Gauges that no line explains; they are to be quantiles.</returns>
    private List<StatsdRecord[]> Match(IEnumerable<Chunk> expected, IEnumerable<StatsdRecord[]> actual)
    {
        var missing = new List<string>();
        var unexplained = actual.ToLookup(chunk => Series(chunk[^1])).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var chunk in expected)
        {
            var candidates = unexplained.GetValueOrDefault(Identity(chunk.Name, chunk.Tags, chunk.Type), []);
            var found = candidates.FindIndex(candidate => IsSame(chunk, candidate));
            if (found < 0)
            {
                missing.Add(chunk.Text(rules));
            }
            else
            {
                candidates.RemoveAt(found);
            }
        }

        var rest = unexplained.Values.SelectMany(chunks => chunks).ToLookup(chunk => chunk[0].Type == "g");
        var left = rest[false].Select(chunk => string.Join('\n', chunk.Select(record => record.Line))).ToList();
        Assert.True(
            missing.Count == 0 && left.Count == 0,
            $"Missing:{Listed(missing)}\nUnexplained:{Listed(left)}");
        return [.. rest[true]];
    }

    private static string Listed(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"\n  {Recording.Escaped(line, most: 1432)}"));

    /// <summary>Whole numbers are exact; of two texts for a fraction the shorter is the one to write, and two of a length are as good.</summary>
    private static bool IsSame(Chunk expected, StatsdRecord[] actual)
    {
        var text = actual[^1].Value;
        return expected.AfterReset == (actual.Length == 2)
            && actual.All(record => FieldsOf(record) == expected.Fields)
            && (text == expected.Value
                || (!long.TryParse(expected.Value, CultureInfo.InvariantCulture, out _)
                    && text.Length == expected.Value.Length
                    && double.Parse(text, CultureInfo.InvariantCulture).Equals(expected.Level)));
    }

    private static string FieldsOf(StatsdRecord record)
    {
        Assert.Null(record.ContainerId);
        return DocumentedRules.Fields(record.ExternalData, record.Cardinality);
    }

    /// <summary>What begins a packet would not have fitted into the one before.</summary>
    private static void CheckPacking(List<List<StatsdRecord[]>> packets, int maxPacketBytes, int tooLong)
    {
        var early = 0;
        for (var i = 1; i < packets.Count; i++)
        {
            var length = Bytes(packets[i - 1].SelectMany(chunk => chunk)) - 1;
            early += length + Bytes(packets[i][0]) <= maxPacketBytes ? 1 : 0;
        }

        // A line that no packet holds ends the packet before it all the same.
        Assert.InRange(early, 0, tooLong);
    }

    /// <summary>Each line with its line feed.</summary>
    private static int Bytes(IEnumerable<StatsdRecord> records) => records
        .Select(record => record.Line)
        .Distinct<string>(ReferenceEqualityComparer.Instance)
        .Sum(line => Encoding.UTF8.GetByteCount(line) + 1);

    /// <summary>No two streams ever write one series, whatever their names.</summary>
    private void CheckSeries(ExpectedExport expected)
    {
        var all = expected.Chunks.Select(chunk => (Key: KeyOf(chunk.Name, chunk.Tags), chunk.Stream))
            .Concat(expected.Values.Select(values => (Key: KeyOf(values.Name, values.Tags), values.Stream)));
        foreach (var (key, stream) in all)
        {
            streams.TryAdd(key, stream);
            Assert.True(ReferenceEquals(streams[key], stream), $"Two streams are both written as {key}.");
        }
    }

    /// <summary>Gauges stand where they were recorded to stand, unless sanitising, or want of tags, made two series of their stream one.</summary>
    private void CheckLevels(IEnumerable<Chunk> expected, IEnumerable<byte[]> datagrams)
    {
        model.Apply(decoder.DecodeAll(datagrams));
        var seen = new HashSet<SeriesKey>();
        foreach (var chunk in expected.Where(chunk => chunk.Type == "g"))
        {
            var key = KeyOf(chunk.Name, chunk.Tags);
            if (!seen.Add(key))
            {
                merged.Add(key);
            }

            levels[key] = chunk.Level;
        }

        foreach (var (key, level) in levels)
        {
            Assert.True(merged.Contains(key) || model.Gauges[key] == level, $"The gauge {key} is {model.Gauges[key]} rather than {level}.");
        }
    }

    private SeriesKey KeyOf(string name, IReadOnlyList<Tag> tags) => SeriesKey.Of(
        name, tags.Select(tag => KeyValuePair.Create(tag.Key, tag.Value)), ordered: rules.Receiver == ReceiverKind.StatsdDaemon);

    [GeneratedRegex(@"\A[^\p{Cc}|,]+\z")]
    private static partial Regex AnyTagValue();
}
