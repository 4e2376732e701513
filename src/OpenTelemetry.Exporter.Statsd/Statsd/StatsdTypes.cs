namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>The metric types of the StatsD family.</summary>
[Flags]
internal enum StatsdTypes
{
    None = 0,

    /// <summary><c>c</c></summary>
    Counter = 1 << 0,

    /// <summary><c>g</c></summary>
    Gauge = 1 << 1,

    /// <summary><c>ms</c></summary>
    Timing = 1 << 2,

    /// <summary><c>h</c></summary>
    Histogram = 1 << 3,

    /// <summary><c>d</c></summary>
    Distribution = 1 << 4,

    /// <summary><c>s</c></summary>
    Set = 1 << 5,

    All = Counter | Gauge | Timing | Histogram | Distribution | Set,
}
