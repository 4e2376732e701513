namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>A histogram point as ranges of either aggregation at its full resolution, clipped to the smallest and the largest value.</summary>
/// <remarks>One owner at a time, for its memory, which is used again for each point.</remarks>
internal sealed class HistogramRanges
{
    private BucketRange[] ranges = [];
    private int count;

    /// <summary>Ascending; none is empty.</summary>
    public ReadOnlySpan<BucketRange> Ranges => ranges.AsSpan(0, count);

    /// <summary>Whether the bounds grow by a factor, as those of an exponential histogram do, rather than being chosen by someone.</summary>
    public bool IsExponential { get; private set; }

    /// <summary>All counts together.</summary>
    public long Count { get; private set; }

    /// <summary>As recorded; not finite if a value was not.</summary>
    public double Sum { get; private set; }

    /// <summary>The smallest value, or what is known of it from the ranges.</summary>
    public double Min { get; private set; }

    /// <summary>The largest value, or what is known of it from the ranges.</summary>
    public double Max { get; private set; }

    /// <summary>Whether <see cref="Min"/> and <see cref="Max"/> are what was recorded.</summary>
    public bool HasMinMax { get; private set; }

    /// <summary>Reads a point.</summary>
    public void Read(HistogramPoint histogram)
    {
        (ranges, count) = ([], 0);
        throw new NotImplementedException();
    }
}
