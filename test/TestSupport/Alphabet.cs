using System.Text.RegularExpressions;

namespace TestSupport;

/// <summary>What names and tags may be made of. Each expression matches a whole name, key or value.</summary>
/// <param name="Name">Metric names.</param>
/// <param name="TagKey">Tag keys.</param>
/// <param name="TagValue">Tag values.</param>
public sealed partial record Alphabet(Regex Name, Regex TagKey, Regex TagValue)
{
    /// <summary>DogStatsD's grammar: anything in a tag but its separators and control characters; no value ends in a colon.</summary>
    public static Alphabet DogStatsd { get; } = new(AnyName(), DogStatsdKey(), DogStatsdValue());

    /// <summary>What Datadog stores as it is: anything else it rewrites, and two names or tags may become one.</summary>
    public static Alphabet Datadog { get; } = new(DatadogName(), DatadogTag(), DatadogTagValue());

    /// <summary>Graphite's rules for tags: visible ASCII, no <c>; ! ^ =</c> in keys, no <c>;</c> and no leading <c>~</c> in values.</summary>
    public static Alphabet Graphite { get; } = new(AnyName(), GraphiteKey(), GraphiteValue());

    /// <summary>What the StatsD daemon leaves in a key when it sanitises; it deletes or replaces anything else.</summary>
    public static Alphabet StatsdDaemon { get; } = new(Safe(), Safe(), Safe());

    /// <summary>Telegraf's rules: a comma or a colon always ends a tag, the first equals sign splits it.</summary>
    public static Alphabet Influx { get; } = new(AnyName(), InfluxKey(), InfluxValue());

    // No dialect's tag separator is any good in a name: some receivers read several dialects at once.
    [GeneratedRegex(@"\A[^\p{Cc}\s:|@#,;=\[\]]+\z")]
    private static partial Regex AnyName();

    [GeneratedRegex(@"\A[^\p{Cc}:|,]+\z")]
    private static partial Regex DogStatsdKey();

    [GeneratedRegex(@"\A[^\p{Cc}|,]*[^\p{Cc}|,:]\z")]
    private static partial Regex DogStatsdValue();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.]{0,199}\z")]
    private static partial Regex DatadogName();

    [GeneratedRegex(@"\A\p{L}(?:[\p{L}\p{N}\-./]|_(?!_|\z))*\z")]
    private static partial Regex DatadogTag();

    [GeneratedRegex(@"\A(?:[\p{L}\p{N}\-./]|_(?!_|\z)|:(?!\z))+\z")]
    private static partial Regex DatadogTagValue();

    [GeneratedRegex(@"\A[\x21-\x7E-[:|;!^=]]+\z")]
    private static partial Regex GraphiteKey();

    [GeneratedRegex(@"\A(?!~)[\x21-\x7E-[:|;]]+\z")]
    private static partial Regex GraphiteValue();

    [GeneratedRegex(@"\A[A-Za-z0-9_.\-]+\z")]
    private static partial Regex Safe();

    [GeneratedRegex(@"\A[^\p{Cc}\s:|,=]+\z")]
    private static partial Regex InfluxKey();

    [GeneratedRegex(@"\A[^\p{Cc}:|,]+\z")]
    private static partial Regex InfluxValue();
}
