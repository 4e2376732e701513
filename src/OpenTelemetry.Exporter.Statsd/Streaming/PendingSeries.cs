using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>What the pump knows of a series, and what waits of it to be written; of a gauge nothing, for its value waits with the series.</summary>
/// <remarks>One owner: the pump, which keeps it as <see cref="StreamSeries.State"/>.</remarks>
internal class PendingSeries
{
    /// <summary>What one takes in memory, as the runtime lays it out.</summary>
    public const int MemoryBytes = 64;

    private protected PendingSeries(StreamSeries series)
    {
        Series = series;
        IsCounter = series.Instrument.Kind == MetricKind.Counter;
        IsIntegral = series.Instrument.IsIntegral;
    }

    public StreamSeries Series { get; }

    // Copies, which each measurement reads without a detour.
    public bool IsCounter { get; }

    public bool IsIntegral { get; }

    /// <summary>What its lines share; <see langword="null"/> until the first is written.</summary>
    public byte[]? Tags { get; set; }

    /// <summary>When it was last written, or else come across.</summary>
    public long SeenAt { get; set; }

    /// <summary>Whether something waits of it that was taken out of the lanes.</summary>
    public virtual bool IsWaiting => false;

    public static PendingSeries Create(StreamSeries series) => series.Instrument.Kind switch
    {
        MetricKind.Counter => new PendingCounter(series),
        MetricKind.Histogram => new PendingHistogram(series),
        _ => new PendingSeries(series),
    };
}
