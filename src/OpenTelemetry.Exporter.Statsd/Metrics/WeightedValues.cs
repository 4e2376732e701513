namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Values with weights in place of a histogram: their weights add up to its count exactly, and they to its sum as far as the buckets allow.</summary>
/// <remarks>One owner at a time, for its memory: what a method returns is valid until the next call.</remarks>
internal sealed class WeightedValues
{
    /// <summary>Of each weight a power of two, the largest weights first.</summary>
    public ReadOnlySpan<WeightedValue> PowersOfTwo(HistogramRanges histogram) => throw new NotImplementedException();

    /// <summary>Of any weight, one for each bucket, and the smallest and the largest value; ascending.</summary>
    public ReadOnlySpan<WeightedValue> OfBuckets(HistogramRanges histogram) => throw new NotImplementedException();

    /// <summary>Of weights that differ by 1 at most, but for the smallest and the largest value; ascending.</summary>
    public ReadOnlySpan<WeightedValue> Alike(HistogramRanges histogram, int maxValues) => throw new NotImplementedException();
}
