namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>What the delivery of an exporter looks like at the moment.</summary>
/// <remarks>May be read by any thread. Each value is true of its own moment.</remarks>
internal interface IDeliveryState
{
    /// <summary>Whether the receiver is taken for reachable.</summary>
    StatsdBreakerState State { get; }

    /// <summary>Packets that wait to be sent, or may have to be sent again.</summary>
    int QueuedPackets { get; }

    /// <summary>The bytes that these take.</summary>
    long QueuedBytes { get; }

    /// <summary>The memory that is set aside for packets.</summary>
    long MemoryBytes { get; }
}
