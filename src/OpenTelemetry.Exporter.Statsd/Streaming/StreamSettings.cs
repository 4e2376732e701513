using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Validated options, as streaming uses them; never changed.</summary>
internal sealed record StreamSettings
{
    /// <summary>What is streamed, the first that matches an instrument counts.</summary>
    public required IReadOnlyList<StreamRule> Rules { get; init; }

    /// <summary>Of the stream's own connection.</summary>
    public required DeliverySettings Delivery { get; init; }

    public required TimeSpan FlushInterval { get; init; }

    /// <summary>Whether the SDK of the provider leaves out what is streamed.</summary>
    public required bool DropsFromSdk { get; init; }

    /// <summary>Memory between the threads that record and the pump.</summary>
    public required int BufferBytes { get; init; }

    /// <summary>Makes the memory between the threads that record and the pump: a lane each for as many threads as are likely to record at once, and some to share.</summary>
    public LaneBuffer CreateLanes() =>
        new(BufferBytes, Math.Clamp(4 * Environment.ProcessorCount, 8, 64), sharedLanes: 4, Unsafe.SizeOf<StreamRecord>());
}
