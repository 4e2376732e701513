using System.Globalization;
using System.Text;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>
/// What the documentation promises for a profile, in plain string code. Written from the documentation of the public types
/// and of the encoders; shares nothing with them.
/// </summary>
internal sealed class DocumentedRules
{
    private const string Guard = "otel.";
    private const int RoomForSuffix = 16;
    private static readonly string[] OwnKeys = ["upper_bound", "otel.scope.name", "otel.scope.version"];

    private readonly Func<Rune, bool> nameCharacters;
    private readonly Func<Rune, bool> keyCharacters;
    private readonly Func<Rune, bool> valueCharacters;
    private readonly Func<string, bool> isReserved;
    private readonly int maxNameBytes = 255;
    private readonly int maxTagBytes = 512;
    private readonly bool replacesColonAtTheEnd;

    private DocumentedRules(StatsdProfile profile)
    {
        Profile = profile;
        nameCharacters = keyCharacters = valueCharacters = Ascii("_.-");
        isReserved = _ => false;
        switch (profile)
        {
            case StatsdProfile.DatadogAgent:
                Dialect = TagDialect.DogStatsd;
                Receiver = ReceiverKind.DatadogAgent;
                nameCharacters = Ascii("_.");
                keyCharacters = AsciiAndUnicode("_.-/");
                valueCharacters = AllBut(",|");
                isReserved = key => key.ToUpperInvariant() is "HOST" or "DEVICE"
                    || key.StartsWith("dd.internal.", StringComparison.OrdinalIgnoreCase);
                maxNameBytes = maxTagBytes = 200;
                replacesColonAtTheEnd = true;
                break;
            case StatsdProfile.StatsD:
                Dialect = TagDialect.None;
                Receiver = ReceiverKind.StatsdDaemon;
                SignedGaugeIsDelta = NumbersArePlain = RejectsNegativeValues = true;
                break;
            case StatsdProfile.StatsDGraphite:
                Dialect = TagDialect.Graphite;
                Receiver = ReceiverKind.StatsdDaemon;
                SignedGaugeIsDelta = NumbersArePlain = RejectsNegativeValues = true;
                valueCharacters = Ascii("_.-=");
                isReserved = key => key == "name";
                break;
            case StatsdProfile.PrometheusStatsdExporter:
                Dialect = TagDialect.DogStatsd;
                Receiver = ReceiverKind.StatsdExporter;
                SignedGaugeIsDelta = RejectsNegativeCounters = true;
                keyCharacters = Ascii("_");
                valueCharacters = AllBut(",|");
                isReserved = key => key is "le" or "quantile" || key.StartsWith("__", StringComparison.Ordinal);
                break;
            case StatsdProfile.Telegraf:
                Dialect = TagDialect.Influx;
                Receiver = ReceiverKind.Telegraf;
                SignedGaugeIsDelta = RejectsNegativeValues = true;
                valueCharacters = AllBut(",|:");
                isReserved = key => key is "metric_type" or "temporality";
                break;
            default:
                Dialect = TagDialect.DogStatsd;
                Receiver = ReceiverKind.OpenTelemetryCollector;
                SignedGaugeIsDelta = true;
                nameCharacters = Ascii("_.-/");
                keyCharacters = AsciiAndUnicode("_.-/");
                valueCharacters = AllBut(",|");
                break;
        }
    }

    public static IReadOnlyDictionary<StatsdProfile, DocumentedRules> Of { get; } =
        Enum.GetValues<StatsdProfile>().ToDictionary(profile => profile, profile => new DocumentedRules(profile));

    public StatsdProfile Profile { get; }

    public TagDialect Dialect { get; }

    public ReceiverKind Receiver { get; }

    public bool SignedGaugeIsDelta { get; }

    public bool RejectsNegativeCounters { get; }

    public bool RejectsNegativeValues { get; }

    public bool NumbersArePlain { get; }

    /// <summary>A name: prefix, dot, name, suffix; beginning with a letter.</summary>
    public string Name(string prefix, string name, string suffix)
    {
        var whole = prefix.Length > 0 && !prefix.EndsWith('.') ? $"{prefix}.{name}" : prefix + name;
        if (whole.Length == 0 || !char.IsAsciiLetter(whole[0]))
        {
            whole = Guard + whole;
        }

        return Sanitised(whole, nameCharacters, maxNameBytes - RoomForSuffix) + suffix;
    }

    /// <summary>The tags of a series, in the order written.</summary>
    /// <param name="attributes">In the SDK's order.</param>
    /// <param name="constants">As <see cref="Constant"/> made them.</param>
    public IReadOnlyList<Tag> Tags(IReadOnlyList<Attribute> attributes, IEnumerable<Tag> constants)
    {
        var tags = new List<Tag>();
        if (Dialect == TagDialect.None)
        {
            return tags;
        }

        for (var i = 0; i < attributes.Count; i++)
        {
            var (attribute, value) = attributes[i];
            if (attributes.Skip(i + 1).Any(later => later.Key == attribute))
            {
                continue;
            }

            var key = AttributeKey(attribute);
            var distinct = key;
            for (var ordinal = 2; tags.Any(tag => tag.Key == distinct); ordinal++)
            {
                distinct = $"{key}_{ordinal}";
            }

            tags.Add(new Tag(distinct, Value(Text(value), distinct)));
        }

        foreach (var constant in constants)
        {
            if (!tags.Any(tag => tag.Key == constant.Key))
            {
                tags.Add(constant);
            }
        }

        return tags;
    }

    /// <summary>A tag of the configuration or of the resource: its key is never guarded from the receiver.</summary>
    public Tag Constant(string key, object? value)
    {
        var sanitised = Sanitised(key, keyCharacters, maxTagBytes / 2);
        sanitised = IsOwn(sanitised) ? Sanitised(Guard + key, keyCharacters, maxTagBytes / 2) : sanitised;
        return new Tag(sanitised, Value(Text(value), sanitised));
    }

    /// <summary>A tag that tells meters apart: no other tag has its key.</summary>
    public Tag Scope(string key, string value)
    {
        var sanitised = Sanitised(key, keyCharacters, maxTagBytes / 2);
        return new Tag(sanitised, Value(value, sanitised));
    }

    /// <summary>What a histogram becomes unless that is set.</summary>
    public HistogramForm DefaultForm => Profile switch
    {
        StatsdProfile.DatadogAgent => HistogramForm.Distribution,
        StatsdProfile.StatsD or StatsdProfile.StatsDGraphite => HistogramForm.Timing,
        _ => HistogramForm.Summary,
    };

    /// <summary>A whole line.</summary>
    public string Line(string name, IReadOnlyList<Tag> tags, string value, string type) => (Dialect, tags.Count) switch
    {
        (TagDialect.DogStatsd, > 0) => $"{name}:{value}|{type}|#{Joined(tags, ':', ',')}",
        (TagDialect.Graphite, > 0) => $"{name};{Joined(tags, '=', ';')}:{value}|{type}",
        (TagDialect.Influx, > 0) => $"{name},{Joined(tags, '=', ',')}:{value}|{type}",
        _ => $"{name}:{value}|{type}",
    };

    /// <summary>What a line for a Datadog Agent ends in.</summary>
    public static string Fields(string? externalData, string? cardinality) =>
        (externalData is null ? string.Empty : $"|e:{externalData}") + (cardinality is null ? string.Empty : $"|card:{cardinality}");

    /// <summary>External data without what would end its field, and without blanks around it; a lone surrogate is U+FFFD.</summary>
    public static string? ExternalData(string? text)
    {
        var kept = (text ?? string.Empty).ToList();
        kept.RemoveAll(c => c == '|' || char.GetUnicodeCategory(c) == UnicodeCategory.Control);
        var trimmed = new string([.. kept]).Trim();
        return trimmed.Length == 0 ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(trimmed));
    }

    /// <summary>An attribute value as text.</summary>
    public static string Text(object? value)
    {
        switch (value)
        {
            case null:
                return string.Empty;
            case string text:
                return text;
            case bool flag:
                return flag ? "true" : "false";
            case byte[] bytes:
                return Convert.ToBase64String(bytes);
            case Array array:
                return string.Join(';', array.Cast<object?>().Select(element => element is Array ? element.ToString() : Text(element)));
            default:
                try
                {
                    return Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
                }
                catch (InvalidOperationException)
                {
                    return value.GetType().Name;
                }
        }
    }

    /// <summary>A text in characters that the receiver carries, with a hash where one that is not ASCII, or the end, went missing.</summary>
    private static string Sanitised(string text, Func<Rune, bool> isCarried, int maxBytes)
    {
        var characters = text.EnumerateRunes().ToList();
        var replaced = characters.Select(c => isCarried(c) ? c.ToString() : "_").ToList();
        var losesCharacter = characters.Any(c => !isCarried(c) && !c.IsAscii && !Rune.IsControl(c));
        var whole = string.Concat(replaced);
        if (!losesCharacter && Bytes(whole) <= maxBytes)
        {
            return whole;
        }

        var kept = new StringBuilder();
        foreach (var character in replaced)
        {
            if (Bytes(kept + character) + 9 > maxBytes)
            {
                break;
            }

            kept.Append(character);
        }

        return $"{kept}_{Fnv1a(text):x8}";
    }

    /// <summary>FNV-1a, 32 bits, over the text's UTF-16 code units, low byte first.</summary>
    private static uint Fnv1a(string text) => text
        .SelectMany(unit => new[] { (byte)unit, (byte)(unit >> 8) })
        .Aggregate(2166136261u, (hash, octet) => (hash ^ octet) * 16777619u);

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static string Joined(IReadOnlyList<Tag> tags, char assignment, char separator) =>
        string.Join(separator, tags.Select(tag => $"{tag.Key}{assignment}{tag.Value}"));

    private static Func<Rune, bool> Ascii(string punctuation) =>
        c => c.IsAscii && (char.IsAsciiLetterOrDigit((char)c.Value) || punctuation.Contains((char)c.Value));

    private static Func<Rune, bool> AsciiAndUnicode(string punctuation) =>
        c => c.IsAscii ? Ascii(punctuation)(c) : !Rune.IsControl(c);

    private static Func<Rune, bool> AllBut(string punctuation) =>
        c => !Rune.IsControl(c) && !(c.IsAscii && punctuation.Contains((char)c.Value));

    private bool IsOwn(string sanitisedKey) =>
        OwnKeys.Any(key => Sanitised(key, keyCharacters, maxTagBytes / 2) == sanitisedKey);

    private string AttributeKey(string key)
    {
        var first = key.EnumerateRunes().FirstOrDefault();
        var sanitised = Sanitised(key, keyCharacters, maxTagBytes / 2);
        return Rune.IsLetter(first) && keyCharacters(first) && !isReserved(sanitised) && !IsOwn(sanitised)
            ? sanitised
            : Sanitised(Guard + key, keyCharacters, maxTagBytes / 2);
    }

    private string Value(string text, string key)
    {
        var value = Sanitised(text.Length == 0 ? "n/a" : text, valueCharacters, maxTagBytes - Bytes(key) - 1);
        return replacesColonAtTheEnd && value.EndsWith(':') ? value[..^1] + "_" : value;
    }
}

/// <summary>A tag as it stands in a line.</summary>
internal readonly record struct Tag(string Key, string Value)
{
    public override string ToString() => $"{Key}={Value}";
}
