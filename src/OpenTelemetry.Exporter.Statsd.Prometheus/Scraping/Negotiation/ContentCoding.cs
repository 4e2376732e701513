namespace OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

/// <summary>How a response can be compressed.</summary>
/// <remarks>Not by zstd, which .NET 10 does not have; who asks for it gets what it asks for next.</remarks>
internal enum ContentCoding
{
    /// <summary>Not at all.</summary>
    Identity,

    /// <summary><c>gzip</c>.</summary>
    Gzip,

    /// <summary><c>br</c>.</summary>
    Brotli,
}
