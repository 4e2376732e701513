using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Sums up what an exporter of a given name reports about itself.</summary>
internal sealed class SelfMetrics : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<(string Instrument, string? Reason), double> totals = new();

    public SelfMetrics(string exporter)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "OpenTelemetry.Exporter.Statsd")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Find(tags, "exporter") == exporter)
            {
                totals.AddOrUpdate((instrument.Name, Find(tags, "reason")), value, (_, sum) => sum + value);
            }
        }
    }

    public double this[string instrument, string? reason = null] => totals.GetValueOrDefault((instrument, reason));

    /// <summary>The sum over all reasons.</summary>
    public double All(string instrument) => totals.Where(total => total.Key.Instrument == instrument).Sum(total => total.Value);

    public void Dispose() => listener.Dispose();

    private static string? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string key)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == key)
            {
                return (string?)tag.Value;
            }
        }

        return null;
    }
}
