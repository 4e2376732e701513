using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>Records the events of the package and the counts on its own meter.</summary>
internal sealed class Recorder : EventListener
{
    private readonly MeterListener meters = new();
    private readonly ConcurrentDictionary<string, long> counts = new();

    public Recorder()
    {
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ExporterTelemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((_, value, tags, _) => counts.AddOrUpdate((string)tags[0].Value!, value, (_, old) => old + value));
        meters.Start();
        EnableEvents(PrometheusEventSource.Log, EventLevel.Verbose);
    }

    public ConcurrentQueue<(string Name, string Text)> Events { get; } = [];

    public long Count(string reason) => counts.GetValueOrDefault(reason);

    public override void Dispose()
    {
        meters.Dispose();
        base.Dispose();
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) => Events.Enqueue(
        (eventData.EventName!, string.Format(System.Globalization.CultureInfo.InvariantCulture, eventData.Message!, [.. eventData.Payload!])));
}
