using System.Buffers;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>All that is known of a receiver, as data: what it can read decides what is written.</summary>
internal sealed class ReceiverProfile
{
    private static readonly Alphabet PlainNames = Alphabet.LettersDigitsAnd("_.-");

    /// <summary>The profile's public name.</summary>
    public required string Name { get; init; }

    /// <summary>How tags are written; <see langword="null"/> if the receiver has none.</summary>
    public TagDialect? Tags { get; init; }

    /// <summary>Whether Datadog's own fields and <c>dd.internal.*</c> tags have a meaning; other receivers misread them.</summary>
    public bool HasDatadogExtensions { get; init; }

    /// <summary>Whether <c>-5|g</c> subtracts five from the gauge rather than setting it.</summary>
    public bool SignedGaugeIsDelta { get; init; }

    /// <summary>Whether a count below zero is an error.</summary>
    public bool RejectsNegativeCounters { get; init; }

    /// <summary>Whether it skips empty lines without a word, so that they can fill packets or ask whether anybody listens.</summary>
    public bool SkipsEmptyLines { get; init; }

    /// <summary>The metric types it knows.</summary>
    public required StatsdTypes Types { get; init; }

    /// <summary>What raw values are written as unless the user says.</summary>
    public StatsdTypes ValueType { get; init; } = StatsdTypes.Histogram;

    /// <summary>Whether a value of a timing, histogram or distribution below zero is an error.</summary>
    public bool RejectsNegativeValues { get; init; }

    /// <summary>What it appends to the name of a timing or histogram for the metrics that it makes of it, as long as it is not configured otherwise.</summary>
    public IReadOnlyList<string> DerivedSuffixes { get; init; } = [];

    /// <summary>How one line may hold several values of a timing, histogram or distribution.</summary>
    public ValuePacking Packing { get; init; }

    /// <summary>How numbers are written. Sample rates are plain everywhere.</summary>
    public NumberForm Numbers { get; init; }

    public Alphabet NameAlphabet { get; init; } = PlainNames;

    public Alphabet KeyAlphabet { get; init; } = PlainNames;

    public Alphabet ValueAlphabet { get; init; } = PlainNames;

    /// <summary>Whether a tag may not end in a colon, as it would if its value were empty or did.</summary>
    public bool TrimsTrailingColon { get; init; }

    /// <summary>In UTF-8 bytes, prefix and suffix included.</summary>
    public int MaxNameBytes { get; init; } = 255;

    /// <summary>In UTF-8 bytes: key, assignment and value together.</summary>
    public int MaxTagBytes { get; init; } = 512;

    /// <summary>Tag keys with a meaning of their own to the receiver, which an attribute must not take by accident.</summary>
    public SearchValues<string> ReservedKeys { get; init; } = SearchValues.Create([], StringComparison.OrdinalIgnoreCase);

    /// <summary>Beginnings of tag keys that are reserved likewise.</summary>
    public string? ReservedKeyPrefix { get; init; }

    public bool IsReserved(string key) =>
        ReservedKeys.Contains(key)
        || (ReservedKeyPrefix is not null && key.StartsWith(ReservedKeyPrefix, StringComparison.OrdinalIgnoreCase));

    public static readonly ReceiverProfile DatadogAgent = new()
    {
        Name = nameof(DatadogAgent),
        Tags = TagDialect.DogStatsd,
        HasDatadogExtensions = true,
        ValueType = StatsdTypes.Distribution,
        DerivedSuffixes = [".count", ".avg", ".median", ".max", ".95percentile"],
        SkipsEmptyLines = true,
        Types = StatsdTypes.All,
        Packing = ValuePacking.Values,
        NameAlphabet = Alphabet.LettersDigitsAnd("_."),
        KeyAlphabet = Alphabet.LettersDigitsAnd("_.-/", hasUnicode: true),
        ValueAlphabet = Alphabet.AllBut(",|"),
        TrimsTrailingColon = true,
        MaxNameBytes = 200,
        MaxTagBytes = 200,
        ReservedKeys = SearchValues.Create(["host", "device"], StringComparison.OrdinalIgnoreCase),
        ReservedKeyPrefix = "dd.internal.",
    };

    public static readonly ReceiverProfile StatsD = new()
    {
        Name = nameof(StatsD),
        SignedGaugeIsDelta = true,
        SkipsEmptyLines = true,
        Types = StatsdTypes.Counter | StatsdTypes.Gauge | StatsdTypes.Timing | StatsdTypes.Set,
        ValueType = StatsdTypes.Timing,
        RejectsNegativeValues = true,
        Packing = ValuePacking.TypedValues,
        Numbers = NumberForm.Plain,
    };

    public static readonly ReceiverProfile StatsDGraphite = new()
    {
        Name = nameof(StatsDGraphite),
        Tags = TagDialect.Graphite,
        SignedGaugeIsDelta = true,
        SkipsEmptyLines = true,
        Types = StatsdTypes.Counter | StatsdTypes.Gauge | StatsdTypes.Timing | StatsdTypes.Set,
        ValueType = StatsdTypes.Timing,
        RejectsNegativeValues = true,
        Packing = ValuePacking.TypedValues,
        Numbers = NumberForm.Plain,
        ValueAlphabet = Alphabet.LettersDigitsAnd("_.-="),
        ReservedKeys = SearchValues.Create(["name"], StringComparison.Ordinal),
    };

    public static readonly ReceiverProfile PrometheusStatsdExporter = new()
    {
        Name = nameof(PrometheusStatsdExporter),
        Tags = TagDialect.DogStatsd,
        SignedGaugeIsDelta = true,
        RejectsNegativeCounters = true,
        SkipsEmptyLines = true,
        Types = StatsdTypes.All & ~StatsdTypes.Set,
        Packing = ValuePacking.Values,
        KeyAlphabet = Alphabet.LettersDigitsAnd("_"),
        ValueAlphabet = Alphabet.AllBut(",|"),
        ReservedKeys = SearchValues.Create(["le", "quantile"], StringComparison.Ordinal),
        ReservedKeyPrefix = "__",
    };

    public static readonly ReceiverProfile Telegraf = new()
    {
        Name = nameof(Telegraf),
        Tags = TagDialect.Influx,
        SignedGaugeIsDelta = true,
        SkipsEmptyLines = true,
        Types = StatsdTypes.All & ~StatsdTypes.Distribution,
        RejectsNegativeValues = true,
        ValueAlphabet = Alphabet.AllBut(",|:"),
        ReservedKeys = SearchValues.Create(["metric_type", "temporality"], StringComparison.Ordinal),
    };

    public static readonly ReceiverProfile OpenTelemetryCollector = new()
    {
        Name = nameof(OpenTelemetryCollector),
        Tags = TagDialect.DogStatsd,
        SignedGaugeIsDelta = true,
        SkipsEmptyLines = true,
        Types = StatsdTypes.All & ~StatsdTypes.Set,
        NameAlphabet = Alphabet.LettersDigitsAnd("_.-/"),
        KeyAlphabet = Alphabet.LettersDigitsAnd("_.-/", hasUnicode: true),
        ValueAlphabet = Alphabet.AllBut(",|"),
    };
}
