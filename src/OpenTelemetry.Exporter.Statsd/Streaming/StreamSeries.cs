namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>One combination of tags of a streamed instrument.</summary>
internal sealed class StreamSeries
{
    /// <summary>Stands for the series in a lane; never that of another series that is remembered.</summary>
    public required int Id { get; init; }

    public required StreamInstrument Instrument { get; init; }

    /// <summary>The tags as they were recorded first; of the overflow series <c>otel.metric.overflow</c> alone.</summary>
    public required KeyValuePair<string, object?>[] Tags { get; init; }
}
