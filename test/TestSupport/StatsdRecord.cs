using System.Globalization;
using System.Numerics;

namespace TestSupport;

/// <summary>One value as a receiver reads it: a packed line gives one record a value.</summary>
public sealed record StatsdRecord
{
    /// <summary>Gets the metric's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the value as written.</summary>
    public required string Value { get; init; }

    /// <summary>Gets the type: <c>c</c>, <c>g</c>, <c>ms</c>, <c>h</c>, <c>d</c> or <c>s</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Gets the tags in the order written; of a key written twice, the last value.</summary>
    public required OrderedDictionary<string, string> Tags { get; init; }

    /// <summary>Gets the tags as written, repeated keys included.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> TagPairs { get; init; }

    /// <summary>Gets the whole line that the value comes from.</summary>
    public required string Line { get; init; }

    /// <summary>Gets the sample rate as written, or null.</summary>
    public string? RateText { get; init; }

    /// <summary>Gets the container id of a <c>c:</c> field, or null.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Gets the external data of an <c>e:</c> field, or null.</summary>
    public string? ExternalData { get; init; }

    /// <summary>Gets the cardinality of a <c>card:</c> field, or null.</summary>
    public string? Cardinality { get; init; }

    /// <summary>Gets the Unix seconds of a <c>T</c> field, or null.</summary>
    public long? Timestamp { get; init; }

    /// <summary>Gets the value as a number; NaN for a member of a set, which is text.</summary>
    public double Number => this.Type == "s" ? double.NaN : double.Parse(this.Value, CultureInfo.InvariantCulture);

    /// <summary>Gets the value exactly, or null when it is a fraction, has an exponent, or is a member of a set.</summary>
    public BigInteger? Exact =>
        this.Type != "s" && BigInteger.TryParse(this.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer : null;

    /// <summary>Gets the sample rate, 1 when none is written.</summary>
    public double Rate => this.RateText is null ? 1 : double.Parse(this.RateText, CultureInfo.InvariantCulture);

    /// <summary>Gets how many recorded values this one stands for, as a Datadog Agent reads the rate.</summary>
    public long Weight => (long)Math.Truncate(1 / this.Rate);

    /// <summary>Gets whether the value carries a sign, which makes a gauge relative for most receivers.</summary>
    public bool IsSigned => this.Value[0] is '+' or '-';
}
