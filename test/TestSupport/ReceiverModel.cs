using System.Numerics;

namespace TestSupport;

/// <summary>What a receiver holds after the lines applied to it, so that a test compares levels and not text.</summary>
/// <param name="kind">The receiver to follow.</param>
/// <remarks>Not thread safe.</remarks>
public sealed class ReceiverModel(ReceiverKind kind)
{
    private readonly Dictionary<SeriesKey, double> counters = [];
    private readonly Dictionary<SeriesKey, BigInteger?> exactCounters = [];
    private readonly Dictionary<SeriesKey, double> gauges = [];
    private readonly Dictionary<SeriesKey, List<Sample>> samples = [];
    private readonly Dictionary<SeriesKey, HashSet<string>> sets = [];
    private readonly Dictionary<SeriesKey, Origin> origins = [];

    /// <summary>One observation of a timer, histogram or distribution.</summary>
    /// <param name="Value">The value observed.</param>
    /// <param name="Weight">How many observations it stands for.</param>
    public readonly record struct Sample(double Value, double Weight);

    /// <summary>By what a Datadog Agent looks up the tags that it adds to a series.</summary>
    /// <param name="ContainerId">The container's id or inode, or null.</param>
    /// <param name="ExternalData">What the admission controller says of it, or null.</param>
    /// <param name="Cardinality">How many tags are wanted, or null.</param>
    public readonly record struct Origin(string? ContainerId, string? ExternalData, string? Cardinality);

    /// <summary>Gets where each series has come from last; empty but for a Datadog Agent.</summary>
    public IReadOnlyDictionary<SeriesKey, Origin> Origins => this.origins;

    /// <summary>Gets the totals of all counters.</summary>
    public IReadOnlyDictionary<SeriesKey, double> Counters => this.counters;

    /// <summary>Gets the levels of all gauges.</summary>
    public IReadOnlyDictionary<SeriesKey, double> Gauges => this.gauges;

    /// <summary>Applies records in order.</summary>
    /// <param name="records">What a <see cref="StatsdDecoder"/> made of the datagrams.</param>
    /// <returns>This model.</returns>
    /// <exception cref="MalformedLineException">One has a field that the receiver would misread.</exception>
    public ReceiverModel Apply(IEnumerable<StatsdRecord> records)
    {
        foreach (var record in records)
        {
            this.Apply(record);
        }

        return this;
    }

    /// <summary>Reads the total of a counter.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="tags">Its tags.</param>
    /// <returns>The sum of its values, each divided by its sample rate.</returns>
    public double Counter(string name, params (string Key, string Value)[] tags) => this.counters[this.Key(name, tags)];

    /// <summary>Reads the total of a counter that only whole, unsampled values went into.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="tags">Its tags.</param>
    /// <returns>The sum without rounding, or null if any value was a fraction or sampled.</returns>
    public BigInteger? ExactCounter(string name, params (string Key, string Value)[] tags) => this.exactCounters[this.Key(name, tags)];

    /// <summary>Reads the level of a gauge.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="tags">Its tags.</param>
    /// <returns>The level.</returns>
    public double Gauge(string name, params (string Key, string Value)[] tags) => this.gauges[this.Key(name, tags)];

    /// <summary>Reads the observations of a timer, histogram or distribution.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="tags">Its tags.</param>
    /// <returns>The observations, in order.</returns>
    public IReadOnlyList<Sample> Samples(string name, params (string Key, string Value)[] tags) => this.samples[this.Key(name, tags)];

    /// <summary>Reads the members of a set.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="tags">Its tags.</param>
    /// <returns>The distinct members.</returns>
    public IReadOnlySet<string> Set(string name, params (string Key, string Value)[] tags) => this.sets[this.Key(name, tags)];

    private void Apply(StatsdRecord record)
    {
        var key = SeriesKey.Of(record.Name, record.TagPairs, this.TagsAreOrdered);
        var origin = new Origin(record.ContainerId, record.ExternalData, record.Cardinality);
        if (kind is ReceiverKind.DatadogAgent)
        {
            this.origins[key] = origin;
        }
        else if (origin != default)
        {
            throw new MalformedLineException($"origin on a line for {kind}, which misreads it", record.Line);
        }

        switch (record.Type)
        {
            case "c":
                this.Count(key, record);
                break;
            case "g":
                this.gauges[key] = this.gauges.TryGetValue(key, out var level) && this.IsDelta(record, level) ? level + record.Number : record.Number;
                break;
            case "s":
                GetOrAdd(this.sets, key).Add(record.Value);
                break;
            default:
                GetOrAdd(this.samples, key).Add(new(record.Number, this.Weight(record)));
                break;
        }
    }

    private void Count(SeriesKey key, StatsdRecord record)
    {
        var increment = record.Number * (1 / record.Rate);
        this.counters[key] = this.counters.GetValueOrDefault(key) + (kind is ReceiverKind.Telegraf ? Math.Truncate(increment) : increment);
        this.exactCounters[key] = this.exactCounters.GetValueOrDefault(key, BigInteger.Zero) + (record.RateText is null ? record.Exact : null);
    }

    private bool IsDelta(StatsdRecord gauge, double level) => kind switch
    {
        ReceiverKind.DatadogAgent => false,
        ReceiverKind.StatsdDaemon => gauge.IsSigned && level != 0,
        _ => gauge.IsSigned,
    };

    private double Weight(StatsdRecord sample) =>
        kind is ReceiverKind.StatsdDaemon ? 1 / sample.Rate : Math.Truncate(1 / sample.Rate);

    private bool TagsAreOrdered => kind is ReceiverKind.StatsdDaemon;

    private SeriesKey Key(string name, (string Key, string Value)[] tags) =>
        SeriesKey.Of(name, tags.Select(tag => KeyValuePair.Create(tag.Key, tag.Value)), this.TagsAreOrdered);

    private static T GetOrAdd<T>(Dictionary<SeriesKey, T> all, SeriesKey key)
        where T : new() =>
        all.TryGetValue(key, out var found) ? found : all[key] = new T();
}
