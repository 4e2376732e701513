namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>How several values of a histogram share a line.</summary>
internal enum ValuePacking
{
    /// <summary>They do not.</summary>
    None,

    /// <summary><c>name:1:2:3|d|@0.5|#tags</c>: type, rate and tags are those of all values.</summary>
    Values,

    /// <summary><c>name;tags:1|ms|@0.5:2|ms</c>: each value has its own type and rate.</summary>
    TypedValues,
}
