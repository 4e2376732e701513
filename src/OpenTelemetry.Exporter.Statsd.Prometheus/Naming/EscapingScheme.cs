namespace OpenTelemetry.Exporter.Prometheus.Naming;

/// <summary>What a scraper asks to be done with characters outside the classic Prometheus alphabet.</summary>
/// <remarks>Prometheus documentation, "UTF-8 metric and label name escaping schemes".</remarks>
internal enum EscapingScheme
{
    /// <summary>Each becomes <c>_</c>. What a scraper gets that asks for nothing.</summary>
    Underscores,

    /// <summary>They stay, and such a name is quoted.</summary>
    AllowUtf8,

    /// <summary><c>.</c> becomes <c>_dot_</c>, and <c>_</c> is doubled.</summary>
    Dots,

    /// <summary>Each becomes its code point in hexadecimal between underscores, after the prefix <c>U__</c>.</summary>
    Values,
}
