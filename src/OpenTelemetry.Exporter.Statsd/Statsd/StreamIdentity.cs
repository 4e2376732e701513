using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What a name is given to: the same again when a meter is disposed of and made anew.</summary>
/// <remarks>Streams that differ in anything else only, as in their description, number type or meter's tags, have the same one.</remarks>
internal sealed record StreamIdentity(string Name, string Kind, string Unit, string Meter, string MeterVersion)
{
    /// <summary>The kind that has several lines.</summary>
    public const string Histogram = "histogram";

    public static StreamIdentity Of(Metric metric, string kind) =>
        new(metric.Name, kind, metric.Unit ?? string.Empty, metric.MeterName, metric.MeterVersion ?? string.Empty);

    /// <summary>Whether the values of the two mean the same.</summary>
    public bool IsComparable(StreamIdentity other) => Kind == other.Kind && Unit == other.Unit;

    public bool IsOfMeterOf(StreamIdentity other) => Meter == other.Meter && MeterVersion == other.MeterVersion;
}
