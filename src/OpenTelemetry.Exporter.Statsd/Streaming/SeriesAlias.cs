namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Other objects that stand for the same tags as those of a series.</summary>
internal sealed class SeriesAlias(KeyValuePair<string, object?>[] tags, StreamSeries series) : SeriesAddress(tags)
{
    private const int OwnBytes = 40;

    public StreamSeries Series => series;

    /// <summary>The memory that it takes beside the series.</summary>
    public int MemoryBytes => OwnBytes + TagBytes;
}
