using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What is encoded once for a metric: its names, its type and the tags of its series.</summary>
internal sealed class MetricStream(string metricName, MetricKind kind, byte[][] names, SeriesCache series)
{
    /// <summary>As the instrument or its view calls it; for events.</summary>
    public string MetricName { get; } = metricName;

    public MetricKind Kind { get; } = kind;

    /// <summary>The name of a number, or those of a histogram in the order of <see cref="HistogramLine"/>.</summary>
    public byte[][] Names { get; } = names;

    public SeriesCache Series { get; } = series;

    /// <summary>Whether it was said already that the receiver cannot tell the series apart.</summary>
    public bool HasReportedMerge { get; set; }
}
