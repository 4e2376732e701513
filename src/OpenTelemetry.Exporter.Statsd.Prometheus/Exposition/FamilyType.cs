namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The Prometheus types that OpenTelemetry metrics become.</summary>
internal enum FamilyType
{
    /// <summary>A total that only grows.</summary>
    Counter,

    /// <summary>A level.</summary>
    Gauge,

    /// <summary>Cumulative buckets, a sum and a count.</summary>
    Histogram,
}
