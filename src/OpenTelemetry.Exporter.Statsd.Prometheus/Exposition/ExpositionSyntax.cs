namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The formats that scrapers ask for.</summary>
internal enum ExpositionSyntax
{
    /// <summary>Prometheus text format 0.0.4, which every scraper reads.</summary>
    Text004,

    /// <summary>Prometheus text format 1.0.0: the same, with room for names of any characters.</summary>
    Text100,

    /// <summary>OpenMetrics text 0.0.1.</summary>
    OpenMetrics001,

    /// <summary>OpenMetrics text 1.0.0, with room for names of any characters.</summary>
    OpenMetrics100,

    /// <summary>Length-delimited <c>io.prometheus.client.MetricFamily</c> messages, which alone carry native histograms.</summary>
    Protobuf,
}
