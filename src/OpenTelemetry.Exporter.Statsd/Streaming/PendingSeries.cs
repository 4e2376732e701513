using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>What the pump knows of a series, and what waits of it to be written.</summary>
/// <remarks>One owner: the pump, which keeps it as <see cref="StreamSeries.State"/>.</remarks>
internal sealed class PendingSeries(StreamSeries series)
{
    public StreamSeries Series { get; } = series;

    // Copies, which each measurement reads without a detour.
    public bool IsCounter { get; } = series.Instrument.Kind == MetricKind.Counter;

    public bool IsIntegral { get; } = series.Instrument.IsIntegral;

    /// <summary>What its lines share; <see langword="null"/> until the first is written.</summary>
    public byte[]? Tags { get; set; }

    /// <summary>When it was last written, or else come across.</summary>
    public long SeenAt { get; set; }

    /// <summary>How many measurements of a counter are summed up and wait.</summary>
    public long Summed;

    /// <summary>Their sum, if they are whole.</summary>
    public long LongSum;

    /// <summary>Their sum, if they are not.</summary>
    public double DoubleSum;

    /// <summary>How many values of a histogram wait in the <see cref="ValueArena"/>.</summary>
    public int Values;

    /// <summary>Its place among those that have values there.</summary>
    public int Position;
}
