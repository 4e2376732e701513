namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>The lines of a histogram point.</summary>
internal enum HistogramLine
{
    Count,
    Sum,
    Min,
    Max,
    Average,
    Bucket,
}

internal static class HistogramLines
{
    /// <summary>What each <see cref="HistogramLine"/> appends to the metric's name.</summary>
    public static readonly string[] Suffixes = [".count", ".sum", ".min", ".max", ".avg", ".bucket"];
}
