namespace OpenTelemetry.Exporter;

/// <summary>What a histogram becomes.</summary>
/// <remarks>
/// StatsD has no type for a histogram that is aggregated already. <see cref="Distribution"/>, <see cref="Histogram"/> and
/// <see cref="Timing"/> write values in its place, each with a sample rate that says for how many recorded ones it stands: a receiver
/// counts as many as were recorded, the smallest and the largest value are themselves, and all others lie in their bucket or at the
/// bound of two, so that the sum is as right as the buckets allow. Buckets of exponential histograms are narrow enough for quantiles; of explicit ones
/// an event says, once for a metric, that quantiles are approximate. A value below zero that the receiver rejects (the StatsD
/// daemon, Telegraf) is left out, and its point counted as dropped for the reason <c>negative_value</c>.
/// </remarks>
public enum HistogramForm
{
    /// <summary>
    /// <c>name.count</c> and <c>name.sum</c> as counters, <c>name.min</c>, <c>name.max</c> and <c>name.avg</c> as gauges, and a gauge
    /// for each of <see cref="StatsdExporterOptions.SummaryQuantiles"/>, such as <c>name.p99</c>. Telegraf, and the OpenTelemetry Collector
    /// unless it is configured for floating-point counters, cut the fraction off an interval's sum: of times in seconds little or nothing may
    /// be left. <c>name.avg</c> times <c>name.count</c> is the sum as recorded.
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
    /// (<c>s</c>, <c>ms</c>, <c>us</c> or <c>&#181;s</c>, <c>ns</c>, <c>min</c>, <c>h</c>, <c>d</c>), else as they are. So give an instrument
    /// of times its unit: without one <c>StartTimer</c> records seconds, and 20 ms would be written as <c>0.02|ms</c>. The StatsD daemon
    /// keeps each value as one, whatever its rate, and counts by the rate; so it gets a hundred values at most, of nearly the same weight.
    /// </summary>
    Timing,
}
