using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Streaming;

namespace OpenTelemetry.Metrics;

/// <summary>One combination of tags of a counter or a histogram, to record with again and again; see <c>BindStatsdSeries</c>.</summary>
/// <typeparam name="T">The instrument's number type.</typeparam>
/// <remarks>Thread-safe. Recording never waits or throws. It keeps the provider's streaming buffers in memory until the first recording after the provider's end.</remarks>
public sealed class StatsdSeries<T>
    where T : struct
{
    private readonly Instrument<T> instrument;
    private readonly KeyValuePair<string, object?>[] tags;
    private StreamRecorder? recorder;
    private StreamHandle? handle;

    internal StatsdSeries(MeterProvider provider, Instrument<T> instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        this.instrument = instrument;
        this.tags = tags.ToArray();
        recorder = StreamRegistry.FindOnly(provider, instrument);
    }

    /// <summary>Does what <c>Record</c> of the histogram or <c>Add</c> of the counter does with the tags that were bound.</summary>
    /// <param name="value">The measurement.</param>
    public void Record(T value)
    {
        if (Volatile.Read(ref handle) is not { } known || !known.TryRecord(NumberBits.Of(value)))
        {
            RecordSlowly(value);
        }
    }

    private void RecordSlowly(T value)
    {
        if (Volatile.Read(ref recorder)?.StreamOf(instrument) is { } streamed)
        {
            var found = new StreamHandle(streamed, tags);
            Volatile.Write(ref handle, found);
            if (found.TryRecord(NumberBits.Of(value)))
            {
                return;
            }
        }

        if (Volatile.Read(ref recorder) is { IsOver: true })
        {
            (recorder, handle) = (null, null);
        }

        switch (instrument)
        {
            case Counter<T> counter:
                counter.Add(value, tags);
                break;
            case Histogram<T> histogram:
                histogram.Record(value, tags);
                break;
        }
    }
}
