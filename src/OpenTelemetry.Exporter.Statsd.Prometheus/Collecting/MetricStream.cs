using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>What stays the same about a metric from collection to collection, and the series that it has.</summary>
/// <remarks>
/// Written inside a collection only, one at a time. What describes the metric is set before others see it and never changes;
/// <see cref="Series"/> is replaced, never written to.
/// </remarks>
internal sealed class MetricStream(Metric metric, MetricKind kind)
{
    private readonly SeriesCursor<Entry> cursor = new(TagArray.IsReadable);

    public string Name { get; } = metric.Name;

    public string Unit { get; } = metric.Unit;

    public string Description { get; } = metric.Description;

    public MetricKind Kind { get; } = kind;

    /// <summary>Whether values are floating-point numbers; of no meaning for histograms.</summary>
    public bool IsDouble { get; } = metric.MetricType is MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic or MetricType.DoubleGauge;

    public bool IsExponential { get; } = metric.MetricType == MetricType.ExponentialHistogram;

    public string MeterName { get; } = metric.MeterName;

    public string? MeterVersion { get; } = metric.MeterVersion;

    public string? MeterSchemaUrl { get; } = metric.MeterSchemaUrl;

    public KeyValuePair<string, object?>[] MeterTags { get; } = [.. metric.MeterTags ?? []];

    /// <summary>The finite bounds of a histogram with explicit buckets, once <see cref="LearnBounds"/> was called.</summary>
    public double[] Bounds { get; private set; } = [];

    /// <summary>Whether <see cref="LearnBounds"/> is still to be called.</summary>
    public bool NeedsBounds { get; private set; } = metric.MetricType == MetricType.Histogram;

    /// <summary>
    /// Whether a total or a sum has ever been negative or NaN, for which OpenMetrics has no place. It stays so, lest series come and go.
    /// Only inside a collection; of an earlier one see <see cref="ShownStream"/>.
    /// </summary>
    public bool IsIrregular { get; private set; }

    /// <summary>The series that the last collection showed, in its order.</summary>
    public Series[] Series { get; private set; } = [];

    /// <summary>To be called before the points of a collection.</summary>
    public void BeginPass() => cursor.BeginPass();

    /// <summary>To be called for each point.</summary>
    public void Show(ReadOnlyTagCollection tags)
    {
        if (!cursor.TryStep(tags, out _) && !cursor.TryFind(tags, out _) && !cursor.TryLookUp(tags, out _))
        {
            // The SDK's own array never changes either, and is there in any case.
            cursor.Add(tags, new Entry(new Series(TagArray.IsReadable ? TagArray.Of(ref tags) ?? [] : Copy(tags))));
        }
    }

    /// <summary>To be called after the points of a collection. Replaces <see cref="Series"/> if there are others than before, or in another order.</summary>
    public void EndPass()
    {
        if (!cursor.EndPass())
        {
            return;
        }

        var live = cursor.Live;
        var series = new Series[live.Length];
        for (var index = 0; index < series.Length; index++)
        {
            series[index] = live[index].Value.Series;
        }

        Series = series;
    }

    /// <summary>To be called with the value of each counter and the sum of each histogram.</summary>
    /// <returns>Whether this is the first that is irregular.</returns>
    public bool Check(double value)
    {
        if (value >= 0 || IsIrregular)
        {
            return false;
        }

        IsIrregular = true;
        return true;
    }

    /// <summary>Remembers the bounds, which are the same for all points.</summary>
    public void LearnBounds(HistogramBuckets buckets)
    {
        var bounds = new List<double>();
        foreach (var bucket in buckets)
        {
            if (bucket.ExplicitBound < double.PositiveInfinity)
            {
                bounds.Add(bucket.ExplicitBound);
            }
        }

        Debug.Assert(bounds.Order().SequenceEqual(bounds), "The SDK's bounds ascend.");
        Bounds = [.. bounds];
        NeedsBounds = false;
    }

    private static KeyValuePair<string, object?>[] Copy(ReadOnlyTagCollection tags)
    {
        var copy = new KeyValuePair<string, object?>[tags.Count];
        var index = 0;
        foreach (var tag in tags)
        {
            copy[index++] = tag;
        }

        return copy;
    }

    private readonly record struct Entry(Series Series);
}
