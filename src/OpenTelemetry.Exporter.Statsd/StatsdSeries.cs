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
    private StreamInstrument? streamed;
    private StreamSeries? series;

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
        if (Volatile.Read(ref streamed) is not { } known || !known.TryRecordBound(instrument, NumberBits.Of(value), tags, ref series))
        {
            RecordElsewhere(value);
        }
    }

    /// <summary>The first time, and when there is no stream for the instrument.</summary>
    private void RecordElsewhere(T value)
    {
        if (Volatile.Read(ref recorder) is { } owner)
        {
            // An instrument is streamed once in its life, so the series is of this stream, whichever thread stores them.
            Volatile.Write(ref streamed, owner.StreamOf(instrument));
            if (Volatile.Read(ref streamed) is { } found && found.TryRecordBound(instrument, NumberBits.Of(value), tags, ref series))
            {
                return;
            }

            if (owner.IsOver)
            {
                (recorder, streamed, series) = (null, null, null);
            }
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
