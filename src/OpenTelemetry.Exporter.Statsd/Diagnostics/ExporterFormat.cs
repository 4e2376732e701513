namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>What an exporter writes.</summary>
internal enum ExporterFormat
{
    /// <summary>StatsD lines.</summary>
    Statsd,

    /// <summary>Documents of CloudWatch's embedded metric format.</summary>
    Emf,
}
