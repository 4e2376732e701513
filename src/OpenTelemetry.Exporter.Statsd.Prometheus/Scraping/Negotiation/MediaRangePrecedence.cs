namespace OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

/// <summary>How exactly an entry of an <c>Accept</c> header names a format, in ascending order.</summary>
/// <remarks>RFC 9110, section 12.5.1: of several entries that match, the most specific one counts.</remarks>
internal enum MediaRangePrecedence
{
    /// <summary>There is no entry.</summary>
    None,

    /// <summary><c>*/*</c>, and <c>application/*</c>, which includes no text and therefore must not exclude any.</summary>
    Anything,

    /// <summary><c>text/*</c>.</summary>
    Text,

    /// <summary>The type alone.</summary>
    Type,

    /// <summary>The type and its version, or what else tells one format of that type from another.</summary>
    Version,
}
