using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>Validated options, as delivery uses them; never changed.</summary>
internal sealed record DeliverySettings
{
    public required Endpoint Endpoint { get; init; }

    public required int MaxPacketBytes { get; init; }

    public required int MaxBufferBytes { get; init; }

    public required int MaxPacketsPerBurst { get; init; }

    public required int MaxPacketsPerSecond { get; init; }

    /// <summary>Whether the receiver skips empty lines, so that they can fill a packet or ask whether anybody listens.</summary>
    public required bool SkipsEmptyLines { get; init; }

    /// <summary>Whether most packets are about as long as they may be, so that a pace need not weigh each, nor a buffer have places for many more.</summary>
    public bool FillsPackets { get; init; } = true;

    /// <summary>Whether others wait while this sends, so that it never waits for a receiver that went away.</summary>
    public bool HoldsUpOthers { get; init; }
}
