using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Which metrics of the SDK come from streamed instruments, so that they are not exported a second time.</summary>
/// <remarks>Thread-safe. Remembers instruments beyond their end, for their last export may come after it; grows with the number of distinct names.</remarks>
/// <param name="namesOf">What the SDK calls the metrics that it makes of an instrument.</param>
internal sealed class StreamedNames(Func<Instrument, IEnumerable<string>> namesOf)
{
    private readonly ConcurrentDictionary<(string Meter, string Version, string Name, MetricKind Kind), bool> names = new();

    public void Add(StreamInstrument streamed)
    {
        var meter = streamed.Instrument.Meter;
        foreach (var name in namesOf(streamed.Instrument))
        {
            names[(meter.Name, meter.Version ?? string.Empty, name, streamed.Kind)] = true;
        }
    }

    public bool Contains(Metric metric) =>
        MetricWalker.KindOf(metric) is { } kind && names.ContainsKey((metric.MeterName, metric.MeterVersion ?? string.Empty, metric.Name, kind));
}
