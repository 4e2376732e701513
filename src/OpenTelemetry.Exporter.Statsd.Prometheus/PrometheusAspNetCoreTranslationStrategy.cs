namespace OpenTelemetry.Exporter;

/// <summary>How OpenTelemetry metric and label names become Prometheus names.</summary>
/// <remarks>
/// Two independent choices: whether characters outside the classic Prometheus alphabet are replaced, and whether unit and
/// type suffixes are added. The strategies that replace nothing leave it to the scraper: names stay as they are for one that asks
/// for <c>escaping=allow-utf-8</c>, and are escaped as it asks for any other, as the OpenTelemetry specification ("Prometheus exporter,
/// interaction with translation strategy") lays down.
/// </remarks>
public enum PrometheusAspNetCoreTranslationStrategy
{
    /// <summary>Other characters become <c>_</c>; unit and <c>_total</c> suffixes are added. The default.</summary>
    UnderscoreEscapingWithSuffixes = 0,

    /// <summary>Other characters become <c>_</c>; no suffix is added.</summary>
    UnderscoreEscapingWithoutSuffixes = 1,

    /// <summary>Names keep their characters where the format can carry them; unit and <c>_total</c> suffixes are added.</summary>
    NoUTF8EscapingWithSuffixes = 2,

    /// <summary>Names keep their characters where the format can carry them; no suffix is added.</summary>
    NoTranslation = 3,
}
