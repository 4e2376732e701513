namespace OpenTelemetry.Exporter;

/// <summary>What listens at the endpoint. It decides together how tags, gauges, counters, names and numbers are written.</summary>
public enum StatsdProfile
{
    /// <summary>
    /// The Datadog Agent: DogStatsD tags (<c>name:1|c|#key:value</c>), gauges below zero as they are. Names keep ASCII letters, digits,
    /// <c>_</c> and <c>.</c>; tag values keep all of Unicode but <c>,</c>, <c>|</c> and control characters; a name and a tag have 200
    /// bytes each, 16 of a name's being kept for suffixes such as <c>.bucket</c>. The attributes <c>host</c>,
    /// <c>device</c> and <c>dd.internal.*</c>, which the Agent would act on, get the prefix <c>otel.</c>
    /// </summary>
    DatadogAgent,

    /// <summary>
    /// The original StatsD daemon: no tags, so that series of one name are one to the receiver (counters add up, of gauges the last
    /// one stays; an event says so). A gauge below zero is set to 0 first, in the same packet. Numbers never have an exponent.
    /// </summary>
    StatsD,

    /// <summary>
    /// The original StatsD daemon before a Graphite that knows tags: <c>name;key=value:1|c</c>. Names and tags keep ASCII letters,
    /// digits, <c>_</c>, <c>.</c> and <c>-</c>, tag values <c>=</c> too, which is what the daemon lets through. The attribute
    /// <c>name</c> gets the prefix <c>otel.</c> Otherwise as <see cref="StatsD"/>.
    /// </summary>
    StatsDGraphite,

    /// <summary>
    /// Prometheus' statsd_exporter: DogStatsD tags, keys as label names; a gauge below zero is set to 0 first; a counter below zero,
    /// which it rejects, is dropped and counted. The attributes <c>le</c>, <c>quantile</c> and <c>__*</c> get the prefix <c>otel_</c>.
    /// </summary>
    PrometheusStatsdExporter,

    /// <summary>
    /// Telegraf's statsd input in its default settings: tags in the name (<c>name,key=value:1|c</c>); a gauge below zero is set to 0
    /// first. Telegraf itself cuts the fraction off a counter. The attributes <c>metric_type</c> and <c>temporality</c> get the
    /// prefix <c>otel.</c>
    /// </summary>
    Telegraf,

    /// <summary>
    /// The OpenTelemetry Collector's statsd receiver: DogStatsD tags; a gauge below zero is set to 0 first. Unless it is configured
    /// for floating-point counters, the receiver itself cuts the fraction off a counter.
    /// </summary>
    OpenTelemetryCollector,
}
