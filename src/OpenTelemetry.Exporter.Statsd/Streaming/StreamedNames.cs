using System.Collections.Concurrent;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Which metrics of the SDK come from streamed instruments, so that they are not exported a second time.</summary>
/// <remarks>Thread-safe. Remembers instruments beyond their end, for their last export may come after it; grows with the number of distinct names.</remarks>
internal sealed class StreamedNames
{
    private readonly ConcurrentDictionary<(string Meter, string Version, string Name, MetricKind Kind), bool> names = new();

    public void Add(StreamInstrument streamed)
    {
        var meter = streamed.Instrument.Meter;
        names[(meter.Name, meter.Version ?? string.Empty, streamed.Instrument.Name, streamed.Kind)] = true;
    }

    public bool Contains(Metric metric) =>
        MetricWalker.KindOf(metric) is { } kind && names.ContainsKey((metric.MeterName, metric.MeterVersion ?? string.Empty, metric.Name, kind));
}
