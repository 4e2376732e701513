using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What tells a stream from another one of its name; the same again when a meter is disposed of and made anew.</summary>
internal sealed record StreamIdentity(string Kind, string Unit, string Meter, string MeterVersion)
{
    public static StreamIdentity Of(Metric metric, string kind) =>
        new(kind, metric.Unit ?? string.Empty, metric.MeterName, metric.MeterVersion ?? string.Empty);
}
