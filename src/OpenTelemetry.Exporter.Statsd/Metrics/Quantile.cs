namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Estimates quantiles of a histogram.</summary>
internal static class Quantile
{
    /// <summary>The value at or below which a share <paramref name="q"/> of all values lies.</summary>
    /// <param name="histogram">At least one value.</param>
    /// <param name="q">Between 0 and 1.</param>
    public static double Estimate(HistogramRanges histogram, double q) => throw new NotImplementedException();
}
