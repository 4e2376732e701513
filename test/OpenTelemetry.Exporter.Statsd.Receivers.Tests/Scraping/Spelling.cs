using System.Globalization;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>How the names of <see cref="EveryKind"/> are spelled in a scrape, and how series are compared.</summary>
/// <param name="Strategy">The program's translation strategy.</param>
/// <param name="IsUtf8">Whether the server asks for names as they are.</param>
internal sealed record Spelling(PrometheusAspNetCoreTranslationStrategy Strategy, bool IsUtf8)
{
    /// <summary>Labels that the server adds, or that say which meter it is.</summary>
    private static readonly string[] Common = ["job", "instance", "otel_scope_name", "otel_scope_version"];

    public bool HasSuffixes => Strategy
        is PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes or PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes;

    /// <summary>Whether dots are kept.</summary>
    public bool HasDots => IsUtf8 && Strategy
        is PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes or PrometheusAspNetCoreTranslationStrategy.NoTranslation;

    /// <summary>A name that nothing is added to.</summary>
    public string Plain(string name) => HasDots ? name : name.Replace('.', '_');

    /// <summary>The name of a metric.</summary>
    public string Metric(string instrument, string suffix) => Plain(instrument) + (HasSuffixes ? suffix : string.Empty);

    /// <summary>A series as a text, from its labels with that of its name.</summary>
    public static string Series(IEnumerable<KeyValuePair<string, string>> labels) => Series(
        labels.Single(label => label.Key == "__name__").Value,
        labels.Where(label => label.Key != "__name__"));

    /// <summary>A series as a text. Bounds, which servers spell differently, are made alike.</summary>
    public static string Series(string name, IEnumerable<KeyValuePair<string, string>> labels) => $"{name}{{{string.Join(
        ',',
        labels.Where(label => !Common.Contains(label.Key))
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}={(label.Key == "le" ? Bound(label.Value) : label.Value)}"))}}}";

    public static string Series(string name, params (string Key, string Value)[] labels) =>
        Series(name, labels.Select(label => KeyValuePair.Create(label.Key, label.Value)));

    public static string Bucket(string name, double bound) =>
        Series($"{name}_bucket", ("le", double.IsInfinity(bound) ? "+Inf" : bound.ToString("R", CultureInfo.InvariantCulture)));

    private static string Bound(string text) =>
        text == "+Inf" ? text : double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
}
