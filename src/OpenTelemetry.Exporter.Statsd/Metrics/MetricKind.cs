namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>What the points of a metric stream stand for, whatever their number type and aggregation.</summary>
internal enum MetricKind
{
    /// <summary>A monotonic sum: a change under Delta temporality, a total under Cumulative.</summary>
    Counter,

    /// <summary>A sum that may fall, always reported as its present level.</summary>
    UpDownCounter,

    /// <summary>A last value.</summary>
    Gauge,

    /// <summary>A distribution, with explicit or exponential buckets.</summary>
    Histogram,
}
