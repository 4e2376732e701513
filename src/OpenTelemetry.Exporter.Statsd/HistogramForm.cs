namespace OpenTelemetry.Exporter;

/// <summary>What a histogram becomes. StatsD itself has no type for one that is aggregated already.</summary>
public enum HistogramForm
{
    /// <summary>
    /// <c>name.count</c> and <c>name.sum</c> as counters, <c>name.min</c>, <c>name.max</c> and <c>name.avg</c> as gauges.
    /// </summary>
    Summary,

    /// <summary>
    /// As <see cref="Summary"/>, and a counter <c>name.bucket</c> for each bucket that is not empty, with its inclusive upper bound
    /// as the tag <c>upper_bound</c> (<c>0.25</c>, <c>1e21</c>, <c>inf</c> for the last). Exponential buckets are merged up to the powers of two. Where the
    /// receiver has no tags the bound ends the name: <c>name.bucket.0_25</c>. Any other tag of that key, on whatever metric, is
    /// written as <c>otel.upper_bound</c>.
    /// </summary>
    Buckets,
}
