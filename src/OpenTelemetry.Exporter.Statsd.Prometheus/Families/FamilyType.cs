namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>The Prometheus types that OpenTelemetry metrics become.</summary>
internal enum FamilyType
{
    /// <summary>A total that only grows.</summary>
    Counter,

    /// <summary>A level.</summary>
    Gauge,

    /// <summary>Buckets, a sum and a count.</summary>
    Histogram,

    /// <summary>The smallest value of each histogram of another family, as a gauge.</summary>
    Minimum,

    /// <summary>The largest value of each histogram of another family, as a gauge.</summary>
    Maximum,
}
