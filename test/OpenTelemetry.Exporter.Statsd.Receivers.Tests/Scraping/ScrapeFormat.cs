namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>A format that a server asks for first.</summary>
public enum ScrapeFormat
{
    Text0,
    Text1,
    OpenMetrics0,
    OpenMetrics1,

    /// <summary>With native histograms.</summary>
    Protobuf,
}
