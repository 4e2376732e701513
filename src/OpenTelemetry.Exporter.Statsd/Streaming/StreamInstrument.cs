using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>A streamed instrument, and its series.</summary>
internal sealed class StreamInstrument
{
    public required Instrument Instrument { get; init; }

    public required StreamRule Rule { get; init; }

    /// <summary>Counter, Gauge or Histogram.</summary>
    public required MetricKind Kind { get; init; }

    /// <summary>Whether values are whole numbers, carried as <see cref="long"/>; otherwise as <see cref="double"/>.</summary>
    public required bool IsIntegral { get; init; }

    /// <summary>Whether the instrument's meter was disposed of, so that no measurement comes any more.</summary>
    public bool IsOver { get; private set; }
}
