using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What tells a stream from another one of its name; the same again when a meter is disposed of and made anew.</summary>
internal sealed record StreamIdentity(string Name, string Kind, string Unit, string Meter, string MeterVersion)
{
    public static StreamIdentity Of(Metric metric, string kind) =>
        new(metric.Name, kind, metric.Unit ?? string.Empty, metric.MeterName, metric.MeterVersion ?? string.Empty);

    public bool IsOfMeterOf(StreamIdentity other) => Meter == other.Meter && MeterVersion == other.MeterVersion;

    /// <summary>Whether the two may share a name once their series carry the meter's.</summary>
    public bool IsTwinOfOtherMeter(StreamIdentity other) => Kind == other.Kind && Unit == other.Unit && !IsOfMeterOf(other);
}
