using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TestSupport;

/// <summary>
/// Reads datagrams the way the strictest receiver of a dialect would, and refuses whatever any of them would reject,
/// misread or rewrite. Written from the receivers' rules alone, so that it shares no mistake with the writer it judges.
/// </summary>
/// <remarks>Thread safe: nothing changes after construction.</remarks>
public sealed partial class StatsdDecoder
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly TagDialect dialect;

    /// <summary>Creates the decoder of a dialect, with that dialect's own alphabet and types.</summary>
    /// <param name="dialect">Where lines carry their tags.</param>
    public StatsdDecoder(TagDialect dialect)
    {
        this.dialect = dialect;
        (this.Alphabet, this.Types) = dialect switch
        {
            TagDialect.DogStatsd => (Alphabet.DogStatsd, ["c", "g", "ms", "h", "d", "s"]),
            TagDialect.Influx => (Alphabet.Influx, ["c", "g", "ms", "h", "s"]),
            _ => (Alphabet.Graphite, (IReadOnlyList<string>)["c", "g", "ms", "s"]),
        };
    }

    /// <summary>Gets what names and tags may be made of.</summary>
    public Alphabet Alphabet { get; init; }

    /// <summary>Gets the types understood. The StatsD daemon takes any other for a counter, so it is refused here.</summary>
    public IReadOnlyList<string> Types { get; init; }

    /// <summary>Gets the most bytes a datagram may have; what one UDP datagram can carry unless set.</summary>
    public int MaxPacketBytes { get; init; } = 65_507;

    /// <summary>
    /// Gets whether lines may end in Datadog's own fields. Only its Agent reads them all: others take them for tags, reject the
    /// line, or count some of it.
    /// </summary>
    public bool AllowDatadogFields { get; init; }

    /// <summary>Gets whether a line of DogStatsD may hold several values; unless it is for the OpenTelemetry Collector, it may.</summary>
    public bool AllowPacking { get; init; } = true;

    /// <summary>Gets whether a line may carry a tag key twice.</summary>
    public bool AllowDuplicateTagKeys { get; init; }

    /// <summary>Decodes the lines of several datagrams, in order.</summary>
    /// <param name="datagrams">The datagrams.</param>
    /// <returns>One record a value.</returns>
    /// <exception cref="MalformedLineException">One of them is not well-formed.</exception>
    public IReadOnlyList<StatsdRecord> DecodeAll(IEnumerable<byte[]> datagrams) =>
        [.. datagrams.SelectMany(datagram => this.Decode(datagram))];

    /// <summary>Decodes the lines of one datagram.</summary>
    /// <param name="datagram">The datagram: lines between line feeds, none after the last.</param>
    /// <returns>One record a value.</returns>
    /// <exception cref="MalformedLineException">It is not well-formed.</exception>
    public IReadOnlyList<StatsdRecord> Decode(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > this.MaxPacketBytes)
        {
            throw new MalformedLineException(
                $"packet of {datagram.Length} bytes where {this.MaxPacketBytes} are allowed", Encoding.UTF8.GetString(datagram));
        }

        string text;
        try
        {
            text = StrictUtf8.GetString(datagram);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedLineException("invalid UTF-8", Convert.ToHexString(datagram));
        }

        Require(!text.EndsWith('\n'), "trailing line feed", text);
        return [.. text.Split('\n').SelectMany(line => this.Parts(line).SelectMany(part => this.DecodePart(part, line)))];
    }

    /// <summary>The StatsD daemon takes what follows each colon for a value with a type and a rate of its own.</summary>
    private IEnumerable<string> Parts(string line)
    {
        var parts = line.Split(':');
        return this.dialect is TagDialect.None or TagDialect.Graphite && parts.Length > 2 ? parts[1..].Select(part => $"{parts[0]}:{part}") : [line];
    }

    /// <param name="line">What counts as a line by itself.</param>
    /// <param name="whole">The line that it is from.</param>
    private IEnumerable<StatsdRecord> DecodePart(string line, string whole)
    {
        Require(line.Length > 0, "empty line", line);
        Require(!line.Any(char.IsControl), "control character", line);
        Require(!line.StartsWith("_sc", StringComparison.Ordinal), "reads as a service check", line);
        Require(!line.StartsWith("_e{", StringComparison.Ordinal), "reads as an event", line);

        var fields = line.Split('|');
        Require(fields.Length >= 2, "no type", line);

        var colon = fields[0].IndexOf(':', StringComparison.Ordinal);
        Require(colon >= 0, "no value", line);

        var (name, pairs) = this.DecodeName(fields[0][..colon], line);
        var template = new StatsdRecord
        {
            Name = name,
            Value = fields[0][(colon + 1)..],
            Type = fields[1],
            Tags = [],
            TagPairs = pairs,
            Line = whole,
        };

        Require(name.Length > 0, "empty name", line);
        Require(this.Alphabet.Name.IsMatch(name), $"name '{name}' outside the alphabet", line);
        Require(this.Types.Contains(template.Type), $"unknown type '{template.Type}'", line);

        template = this.DecodeFields(template, fields.AsSpan(2), line);
        template = template with { Tags = this.CheckTags(template.TagPairs, line) };
        return this.DecodeValues(template, line);
    }

    private (string Name, IReadOnlyList<KeyValuePair<string, string>> Tags) DecodeName(string text, string line)
    {
        if (this.dialect is TagDialect.None or TagDialect.DogStatsd)
        {
            return (text, []);
        }

        var parts = text.Split(this.dialect is TagDialect.Graphite ? ';' : ',');
        return (parts[0], [.. parts[1..].Select(tag => SplitTag(tag, '=', line))]);
    }

    private StatsdRecord DecodeFields(StatsdRecord record, ReadOnlySpan<string> fields, string line)
    {
        // Rate, then tags, then extensions: the one order that every receiver of the dialect reads alike.
        if (fields is [['@', .. var rate], ..])
        {
            Require(PlainRate().IsMatch(rate), $"sample rate '{rate}' is not a plain decimal", line);
            record = record with { RateText = rate };
            Require(record.Rate is > 0 and <= 1, $"sample rate '{rate}' outside 0 to 1", line);
            Require(record.Type is not ("g" or "s"), $"sample rate on type '{record.Type}', where it means nothing", line);
            fields = fields[1..];
        }

        if (this.dialect is TagDialect.DogStatsd)
        {
            if (fields is [['#', .. var tags], ..])
            {
                record = record with { TagPairs = [.. tags.Split(',').Select(tag => SplitTag(tag, ':', line))] };
                fields = fields[1..];
            }

            foreach (var field in fields)
            {
                var decoded = DecodeExtension(record, field, line);
                Require(this.AllowDatadogFields, $"field '{field}', which only a Datadog Agent reads", line);
                record = decoded;
            }

            return record;
        }

        Require(fields.IsEmpty, fields.IsEmpty ? string.Empty : $"field '{fields[0]}' unknown to the dialect", line);
        return record;
    }

    private static StatsdRecord DecodeExtension(StatsdRecord record, string field, string line)
    {
        switch (field)
        {
            case ['c', ':', .. var id]:
                Require(record.ContainerId is null, "repeated container id", line);
                Require(ContainerIds().IsMatch(id), $"container id '{id}' is not one", line);
                return record with { ContainerId = id };

            case ['e', ':', .. var data]:
                Require(record.ExternalData is null, "repeated external data", line);
                Require(data.Length > 0, "empty external data", line);
                return record with { ExternalData = data };

            case ['c', 'a', 'r', 'd', ':', .. var cardinality]:
                Require(record.Cardinality is null, "repeated cardinality", line);
                Require(cardinality is "none" or "low" or "orchestrator" or "high", $"unknown cardinality '{cardinality}'", line);
                return record with { Cardinality = cardinality };

            case ['T', .. var seconds]:
                Require(record.Timestamp is null, "repeated timestamp", line);
                Require(
                    PositiveInteger().IsMatch(seconds) && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out _),
                    $"timestamp '{seconds}' is not positive Unix seconds",
                    line);
                Require(record.Type is "c" or "g", $"timestamp on type '{record.Type}', which discards it", line);
                Require(record.RateText is null, "timestamp beside a sample rate, which is then not applied", line);
                return record with { Timestamp = long.Parse(seconds, CultureInfo.InvariantCulture) };

            default:
                throw new MalformedLineException($"unknown or misplaced field '{field}'", line);
        }
    }

    private static KeyValuePair<string, string> SplitTag(string tag, char separator, string line)
    {
        Require(tag.Length > 0, "empty tag", line);
        var split = tag.IndexOf(separator, StringComparison.Ordinal);
        Require(split >= 0, $"tag '{tag}' without a value", line);
        return new(tag[..split], tag[(split + 1)..]);
    }

    private OrderedDictionary<string, string> CheckTags(IReadOnlyList<KeyValuePair<string, string>> pairs, string line)
    {
        var tags = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
        {
            Require(key.Length > 0, "empty tag key", line);
            Require(value.Length > 0, $"empty value of tag '{key}'", line);
            Require(this.Alphabet.TagKey.IsMatch(key), $"tag key '{key}' outside the alphabet", line);
            Require(this.Alphabet.TagValue.IsMatch(value), $"value '{value}' of tag '{key}' outside the alphabet", line);
            Require(this.AllowDuplicateTagKeys || !tags.ContainsKey(key), $"duplicate tag key '{key}'", line);
            tags[key] = value;
        }

        return tags;
    }

    private IEnumerable<StatsdRecord> DecodeValues(StatsdRecord record, string line)
    {
        Require(record.Value.Length > 0, "empty value", line);
        if (record.Type == "s")
        {
            Require(this.dialect is TagDialect.DogStatsd || !record.Value.Contains(':'), "colon in a member of a set", line);
            return [record];
        }

        // Only DogStatsD packs values of one type; elsewhere the colon makes the value no number.
        Require(this.AllowPacking || !record.Value.Contains(':'), "several values, which the receiver rejects", line);
        var values = this.dialect is TagDialect.DogStatsd ? record.Value.Split(':') : [record.Value];
        foreach (var value in values)
        {
            Require(value.Length > 0, "empty value", line);
            Require(PlainNumber().IsMatch(value), $"value '{value}' is not a plain number", line);
            Require(double.IsFinite(double.Parse(value, CultureInfo.InvariantCulture)), $"value '{value}' is beyond a double", line);
            Require(
                record.Type is "c" or "g" || value[0] is not ('-' or '+') || this.dialect is TagDialect.DogStatsd,
                $"signed '{record.Type}' of '{value}', which is rejected",
                line);
        }

        return values.Select(value => record with { Value = value });
    }

    private static void Require(bool condition, string reason, string line)
    {
        if (!condition)
        {
            throw new MalformedLineException(reason, line);
        }
    }

    [GeneratedRegex(@"\A[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\z")]
    private static partial Regex PlainNumber();

    [GeneratedRegex(@"\A[0-9]+(?:\.[0-9]+)?\z")]
    private static partial Regex PlainRate();

    [GeneratedRegex(@"\A[1-9][0-9]*\z")]
    private static partial Regex PositiveInteger();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+(?:,[A-Za-z0-9_-]+)*\z")]
    private static partial Regex ContainerIds();
}
