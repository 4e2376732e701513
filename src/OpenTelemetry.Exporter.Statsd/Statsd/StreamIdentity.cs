using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What a name is given to: the same again when a meter is disposed of and made anew.</summary>
/// <remarks>Streams that differ in anything else only, as in their description, number type or meter's tags, have the same one.</remarks>
internal sealed record StreamIdentity(string Name, MetricKind Kind, string Unit, string Meter, string MeterVersion)
{
    /// <summary>The type of a histogram's values; none if it is written as numbers, and of numbers.</summary>
    public StatsdTypes ValueType { get; init; }

    public static StreamIdentity Of(Metric metric, MetricKind kind) =>
        new(metric.Name, kind, metric.Unit ?? string.Empty, metric.MeterName, metric.MeterVersion ?? string.Empty);

    /// <summary>Whether the values of the two mean the same.</summary>
    public bool IsComparable(StreamIdentity other) => Kind == other.Kind && Unit == other.Unit && ValueType == other.ValueType;

    public bool IsOfMeterOf(StreamIdentity other) => Meter == other.Meter && MeterVersion == other.MeterVersion;
}
