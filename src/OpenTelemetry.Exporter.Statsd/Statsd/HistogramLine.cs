namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>The numbers that <see cref="HistogramLines"/> without values begin with.</summary>
internal enum HistogramLine
{
    Count,
    Sum,
    Min,
    Max,
    Average,

    /// <summary>The bucket, or the first of the quantiles.</summary>
    Other,
}
