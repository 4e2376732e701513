using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>One combination of tags of a streamed instrument, looked up beforehand.</summary>
/// <remarks>Any thread. Of threads that find the series forgotten at the same time, each may look it up again.</remarks>
internal sealed class StreamHandle(StreamInstrument instrument, KeyValuePair<string, object?>[] tags)
{
    private StreamSeries? series;

    /// <summary>Takes a measurement, as <see cref="StreamInstrument.Record"/> with these tags would.</summary>
    /// <returns>False if the instrument is over, and nothing was done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRecord(long bits)
    {
        if (instrument.IsOver)
        {
            return false;
        }

        instrument.RecordBound(bits, tags, ref series);
        return true;
    }
}
