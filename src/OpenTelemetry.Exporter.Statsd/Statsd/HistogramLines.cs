using System.Globalization;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>The lines that a histogram point becomes: its values, or numbers that sum it up.</summary>
/// <remarks>Never changes; may be used by any thread.</remarks>
internal sealed class HistogramLines
{
    private static readonly string[] Numbers = [".count", ".sum", ".min", ".max", ".avg"];

    private HistogramLines(StatsdTypes valueType, double[] quantiles, bool hasBuckets, string[] suffixes)
    {
        ValueType = valueType;
        Quantiles = quantiles;
        HasBuckets = hasBuckets;
        Suffixes = suffixes;
    }

    public static HistogramLines Distribution { get; } = new(StatsdTypes.Distribution, [], hasBuckets: false, [string.Empty]);

    public static HistogramLines Histogram { get; } = new(StatsdTypes.Histogram, [], hasBuckets: false, [string.Empty]);

    public static HistogramLines Timing { get; } = new(StatsdTypes.Timing, [], hasBuckets: false, [string.Empty]);

    public static HistogramLines Buckets { get; } = new(StatsdTypes.None, [], hasBuckets: true, [.. Numbers, ".bucket"]);

    /// <summary>The type under which values are written; none if numbers are.</summary>
    public StatsdTypes ValueType { get; }

    /// <summary>The quantiles that are written beside the other numbers.</summary>
    public double[] Quantiles { get; }

    /// <summary>Whether there is a line for each bucket.</summary>
    public bool HasBuckets { get; }

    /// <summary>What is appended to the metric's name: in the order of <see cref="HistogramLine"/>, or nothing where values are written.</summary>
    public string[] Suffixes { get; }

    public static HistogramLines Summary(double[] quantiles) =>
        new(StatsdTypes.None, quantiles, hasBuckets: false, [.. Numbers, .. quantiles.Select(SuffixOf)]);

    /// <summary>Appended for a quantile: <c>.p50</c>, <c>.p999</c>.</summary>
    /// <param name="quantile">Above 0 and below 1.</param>
    public static string SuffixOf(double quantile)
    {
        // Decimal arithmetic, in which 0.07 is 7 percent and no more; two digits stand before the point that is left out.
        var percent = ((decimal)quantile * 100).ToString("00.##########", CultureInfo.InvariantCulture);
        return ".p" + percent.Replace(".", string.Empty, StringComparison.Ordinal);
    }
}
