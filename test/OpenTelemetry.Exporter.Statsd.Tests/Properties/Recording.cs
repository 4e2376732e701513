using System.Globalization;
using System.Text;

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
internal sealed record Recorded(
    InstrumentKind Kind, string Meter, string? MeterVersion, string? ViewName, string Unit, double[] Bounds, bool RecordMinMax, Series[] Series);

/// <summary>The input of one case: options of the exporter, and what is recorded.</summary>
internal sealed record Recording(
    StatsdProfile Profile,
    int MaxPacketBytes,
    string Prefix,
    KeyValuePair<string, string>[] Tags,
    string? ServiceName,
    bool IncludeScopeTags,
    HistogramForm HistogramForm,
    Recorded[] Instruments)
{
    public const int Exports = 3;

    /// <summary>A text in which everything but visible ASCII is escaped and a long run is shortened.</summary>
    public static string Escaped(string? text)
    {
        if (text is null)
        {
            return "null";
        }

        var escaped = new StringBuilder("\"");
        foreach (var c in text.Length > 300 ? text[..60] : text)
        {
            escaped.Append(c is >= ' ' and <= '~' and not '"' and not '\\' ? c.ToString() : $"\\u{(int)c:x4}");
        }

        return escaped.Append(text.Length > 300 ? $"\"...({text.Length} characters)" : "\"").ToString();
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Profile}, packets of {MaxPacketBytes}, prefix {Escaped(Prefix)}, service {Escaped(ServiceName)}, scope tags {IncludeScopeTags}, {HistogramForm}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  tags {string.Join(", ", Tags.Select(tag => Escaped(tag.Key) + ": " + Escaped(tag.Value)))}");
        foreach (var instrument in Instruments)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {instrument.Kind} as {Escaped(instrument.ViewName)}, unit {Escaped(instrument.Unit)}, meter {Escaped(instrument.Meter)} {Escaped(instrument.MeterVersion)}, bounds [{string.Join(' ', instrument.Bounds)}], min and max {instrument.RecordMinMax}");
            foreach (var series in instrument.Series)
            {
                var attributes = series.Attributes.Select(attribute => $"{Escaped(attribute.Key)}: {attribute.Value?.GetType().Name} {Escaped(DocumentedRules.Text(attribute.Value))}");
                var values = series.Values.Select(export => string.Join(' ', export.Select(value => instrument.Kind.ToString().StartsWith("Long", StringComparison.Ordinal)
                    ? value.Long.ToString(CultureInfo.InvariantCulture)
                    : value.Double.ToString("R", CultureInfo.InvariantCulture))));
                text.AppendLine(CultureInfo.InvariantCulture, $"    {{{string.Join(", ", attributes)}}} <- {string.Join(" | ", values)}");
            }
        }

        return text.ToString();
    }
}
