using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace FaultApp;

/// <summary>Adds up what one exporter says of itself. Allocates nothing while it does, but for the first time of each reason.</summary>
/// <remarks>Thread safe.</remarks>
internal sealed class OwnCounts : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, StrongBox> dropped = new();
    private readonly string exporter;
    private long exported;

    public OwnCounts(string exporter)
    {
        this.exporter = exporter;
        this.listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == "OpenTelemetry.Exporter.Statsd"
                && instrument.Name is "statsd.exporter.points.exported" or "statsd.exporter.points.dropped")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        this.listener.SetMeasurementEventCallback<long>(this.Add);
        this.listener.Start();
    }

    /// <summary>Gets the points that were exported.</summary>
    public long Exported => Interlocked.Read(ref this.exported);

    /// <summary>Gets the points that were lost, by reason, without the reasons for which none were.</summary>
    public IEnumerable<(string Reason, long Points)> Dropped =>
        this.dropped.Select(entry => (entry.Key, Interlocked.Read(ref entry.Value.Points))).Where(entry => entry.Item2 > 0);

    public void Dispose() => this.listener.Dispose();

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

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Find(tags, "exporter") != this.exporter)
        {
            return;
        }

        if (Find(tags, "reason") is { } reason)
        {
            Interlocked.Add(ref this.dropped.GetOrAdd(reason, static _ => new StrongBox()).Points, value);
        }
        else
        {
            Interlocked.Add(ref this.exported, value);
        }
    }

    private sealed class StrongBox
    {
        public long Points;
    }
}
