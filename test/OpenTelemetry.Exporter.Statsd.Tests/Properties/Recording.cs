using System.Globalization;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>An instrument of each kind whose points differ.</summary>
internal enum InstrumentKind
{
    LongCounter,
    DoubleCounter,
    LongUpDownCounter,
    DoubleUpDownCounter,
    LongGauge,
    DoubleGauge,
    ExplicitHistogram,
    ExponentialHistogram,
    LongObservableCounter,
    DoubleObservableCounter,
    LongObservableUpDownCounter,
    DoubleObservableGauge,
}

/// <summary>An attribute of a measurement.</summary>
internal readonly record struct Attribute(string Key, object? Value);

/// <summary>A measurement for instruments of either number type.</summary>
internal readonly record struct Measured(long Long, double Double);

/// <summary>A series of an instrument, and what is recorded in it before each export: nothing in those that it sits out.</summary>
internal sealed record Series(Attribute[] Attributes, Measured[][] Values)
{
    public bool HasDuplicateKey => Attributes.DistinctBy(attribute => attribute.Key).Count() < Attributes.Length;
}

/// <summary>An instrument, the view on it, and its series.</summary>
/// <param name="Name">Of the instrument; without one, it has one that no other instrument has.</param>
/// <param name="MeterTag">The value of the only tag of the meter, if any.</param>
internal sealed record Recorded(
    InstrumentKind Kind,
    string? Name,
    string Meter,
    string? MeterVersion,
    string? MeterTag,
    string? ViewName,
    string Unit,
    double[] Bounds,
    bool RecordMinMax,
    Series[] Series);

/// <summary>The options of histograms.</summary>
internal sealed record HistogramChoice(HistogramForm? Form, KeyValuePair<string, HistogramForm>[] Patterns, double[] Quantiles)
{
    /// <summary>What the histogram of the name becomes. A star may stand at the end of a pattern.</summary>
    public HistogramForm FormOf(string name, DocumentedRules rules) => Patterns
        .Where(pattern => pattern.Key.EndsWith('*')
            ? name.StartsWith(pattern.Key[..^1], StringComparison.OrdinalIgnoreCase)
            : name.Equals(pattern.Key, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(pattern => pattern.Key.Trim('*').Length)
        .ThenBy(pattern => pattern.Key, StringComparer.Ordinal)
        .Select(pattern => (HistogramForm?)pattern.Value)
        .FirstOrDefault() ?? Form ?? rules.DefaultForm;

    public override string ToString() => $"{Form} {string.Join(' ', Patterns)} [{string.Join(' ', Quantiles)}]";
}

/// <summary>The input of one case: options of the exporter, and what is recorded.</summary>
internal sealed record Recording(
    StatsdProfile Profile,
    int MaxPacketBytes,
    string Prefix,
    KeyValuePair<string, string>[] Tags,
    string? ServiceName,
    bool IncludeScopeTags,
    HistogramChoice Histograms,
    string? ExternalData,
    DatadogCardinality? Cardinality,
    Recorded[] Instruments)
{
    public const int Exports = 3;

    /// <summary>A text in which everything but visible ASCII is escaped, and what goes beyond <paramref name="most"/> characters left out.</summary>
    public static string Escaped(string? text, int most)
    {
        if (text is null)
        {
            return "null";
        }

        var escaped = string.Concat(text.Take(most).Select(c => c is >= ' ' and <= '~' and not '"' and not '\\' ? c.ToString() : $"\\u{(int)c:x4}"));
        return text.Length > most ? $"\"{escaped}\"...({text.Length} characters)" : $"\"{escaped}\"";
    }

    /// <summary>All of the input, so that a failing case can be read.</summary>
    public override string ToString()
    {
        var tags = Tags.Select(tag => $"{Short(tag.Key)}: {Short(tag.Value)}");
        var lines = Instruments.SelectMany(Describe)
            .Prepend($"  prefix {Short(Prefix)}, service {Short(ServiceName)}, tags {string.Join(", ", tags)}")
            .Prepend($"{Profile}, packets of {MaxPacketBytes}, scope tags {IncludeScopeTags}, {Histograms}, "
                + $"external data {Short(ExternalData)}, cardinality {Cardinality}");
        return string.Join('\n', lines);
    }

    public static IEnumerable<string> Describe(Recorded instrument)
    {
        yield return $"  {instrument.Kind} {Short(instrument.Name)} as {Short(instrument.ViewName)}, unit {Short(instrument.Unit)}, "
            + $"meter {Short(instrument.Meter)} {Short(instrument.MeterVersion)} {Short(instrument.MeterTag)}, "
            + $"bounds [{Numbers(instrument.Bounds)}], min and max {instrument.RecordMinMax}";
        foreach (var series in instrument.Series)
        {
            var attributes = series.Attributes.Select(
                attribute => $"{Short(attribute.Key)}: {attribute.Value?.GetType().Name} {Short(DocumentedRules.Text(attribute.Value))}");
            var values = series.Values.Select(export => SdkModel.IsLong(instrument.Kind)
                ? Numbers(export.Select(value => value.Long))
                : Numbers(export.Select(value => value.Double)));
            yield return $"    {{{string.Join(", ", attributes)}}} <- {string.Join(" | ", values)}";
        }
    }

    private static string Short(string? text) => Escaped(text, most: 120);

    private static string Numbers<T>(IEnumerable<T> numbers)
        where T : IFormattable => string.Join(' ', numbers.Select(number => number.ToString(null, CultureInfo.InvariantCulture)));
}
