using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>What attributes become, written down from the specifications a second time.</summary>
internal static class Spelling
{
    /// <summary>What is no Unicode text has replacement characters on the wire.</summary>
    public static string Utf8(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The label for an attribute key.</summary>
    public static string Label(string key, PrometheusAspNetCoreTranslationStrategy strategy, EscapingScheme escaping)
    {
        if (strategy is PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes
            or PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes)
        {
            var collapsed = Regex.Replace(key, "[^a-zA-Z0-9]+", "_");
            return collapsed.Length == 0 || char.IsAsciiDigit(collapsed[0]) ? "_" + collapsed : collapsed;
        }

        var runes = Utf8(key).EnumerateRunes().Select((rune, index) => (
            Text: rune.ToString(),
            rune.Value,
            IsClassic: Regex.IsMatch(rune.ToString(), index == 0 ? @"^[a-zA-Z]\z" : @"^[a-zA-Z0-9]\z"))).ToList();
        var escaped = escaping switch
        {
            EscapingScheme.AllowUtf8 => WithoutNul(string.Concat(runes.Select(rune => rune.Text))),
            EscapingScheme.Underscores => string.Concat(runes.Select(rune => rune.IsClassic ? rune.Text : "_")),
            EscapingScheme.Dots => string.Concat(runes.Select(rune => rune.IsClassic ? rune.Text : rune.Text == "." ? "_dot_" : "__")),
            _ when runes.All(rune => rune.IsClassic || rune.Text == "_") => key,
            _ => "U__" + string.Concat(runes.Select(rune =>
                rune.IsClassic ? rune.Text : rune.Text == "_" ? "__" : string.Create(CultureInfo.InvariantCulture, $"_{rune.Value:x}_"))),
        };
        return escaped.Length == 0 ? "_" : Regex.Replace(escaped, "^__+", "_");
    }

    /// <summary>The label value for an attribute value of the types that these tests use.</summary>
    public static string Value(object? value) => value switch
    {
        null => string.Empty,
        string text => Utf8(text),
        bool truth => truth ? "true" : "false",
        string[] list => $"[{string.Join(',', list.Select(item => $"\"{item}\""))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The labels of a series: values of keys that become one are joined in the order of the keys, empty ones are none.</summary>
    public static SortedDictionary<string, string> Labels(
        IEnumerable<KeyValuePair<string, object?>> attributes,
        PrometheusAspNetCoreTranslationStrategy strategy,
        EscapingScheme escaping,
        bool isHistogram) => Sorted(attributes
            .GroupBy(attribute => Label(attribute.Key, strategy, escaping) is var name && isHistogram && name == "le" ? "exported_le" : name)
            .Select(group => KeyValuePair.Create(
                group.Key,
                string.Join(';', group.OrderBy(attribute => attribute.Key, StringComparer.Ordinal).Select(attribute => Value(attribute.Value)))))
            .Where(label => label.Value.Length > 0));

    /// <summary>The labels of an exemplar: in order, the first of a name wins, as far as 128 characters go.</summary>
    public static SortedDictionary<string, string> ExemplarLabels(
        string? traceId,
        string? spanId,
        IEnumerable<KeyValuePair<string, object?>> attributes,
        PrometheusAspNetCoreTranslationStrategy strategy,
        EscapingScheme escaping)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (traceId is not null)
        {
            labels.Add("trace_id", traceId);
            labels.Add("span_id", spanId!);
        }

        foreach (var (key, value) in attributes)
        {
            var (name, text) = (Label(key, strategy, escaping), WithoutNul(Value(value)));
            var size = labels.Append(KeyValuePair.Create(name, text)).Sum(label => Length(label.Key) + Length(label.Value));
            if (text.Length > 0 && size <= 128)
            {
                labels.TryAdd(name, text);
            }
        }

        return labels;
    }

    public static SortedDictionary<string, string> Sorted(IEnumerable<KeyValuePair<string, string>> labels) =>
        new(labels.ToDictionary(), StringComparer.Ordinal);

    /// <summary>In names and exemplars it would be the end of the exposition.</summary>
    private static string WithoutNul(string text) => text.Replace('\0', '\ufffd');

    private static int Length(string text) => text.EnumerateRunes().Count();
}
