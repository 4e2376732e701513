namespace OpenTelemetry.Exporter;

/// <summary>What a histogram becomes. StatsD itself has no type for one that is aggregated already.</summary>
public enum HistogramForm
{
    /// <summary>
    /// <c>name.count</c> and <c>name.sum</c> as counters, <c>name.min</c>, <c>name.max</c> and <c>name.avg</c> as gauges, and a gauge
    /// for each of <see cref="StatsdExporterOptions.SummaryQuantiles"/>, such as <c>name.p99</c>.
    /// </summary>
    Summary,

    /// <summary>
    /// As <see cref="Summary"/> without the quantiles, and a counter <c>name.bucket</c> for each bucket that is not empty, with its inclusive upper bound
    /// as the tag <c>upper_bound</c> (<c>0.25</c>, <c>1e21</c>, <c>inf</c> for the last). Exponential buckets are merged up to the powers of two. Where the
    /// receiver has no tags the bound ends the name: <c>name.bucket.0_25</c>. Any other tag of that key, on whatever metric, is
    /// written as <c>otel.upper_bound</c>.
    /// </summary>
    Buckets,

    /// <summary>Weighted values of the type <c>d</c>, under the metric's own name: a distribution, which the receiver aggregates over all hosts.</summary>
    Distribution,

    /// <summary>Weighted values of the type <c>h</c>, under the metric's own name.</summary>
    Histogram,

    /// <summary>
    /// Weighted values of the type <c>ms</c>, under the metric's own name: in milliseconds if the instrument's unit is one of time
    /// (<c>s</c>, <c>ms</c>, <c>us</c>, <c>ns</c>, <c>min</c>, <c>h</c>, <c>d</c>), else as they are.
    /// </summary>
    Timing,
}
