namespace TestSupport;

/// <summary>A receiver whose reading of lines <see cref="ReceiverModel"/> follows.</summary>
public enum ReceiverKind
{
    /// <summary>A Datadog Agent: a signed gauge is absolute, tags are a set, a sample weighs a whole number.</summary>
    DatadogAgent,

    /// <summary>The StatsD daemon: a signed gauge is a delta unless the gauge is new or zero, the order of tags matters.</summary>
    StatsdDaemon,

    /// <summary>The Prometheus StatsD exporter: a signed gauge is always a delta.</summary>
    StatsdExporter,

    /// <summary>Telegraf: a signed gauge is always a delta, counters are cut to integers.</summary>
    Telegraf,

    /// <summary>The OpenTelemetry Collector's StatsD receiver: a signed gauge is always a delta.</summary>
    OpenTelemetryCollector,
}
