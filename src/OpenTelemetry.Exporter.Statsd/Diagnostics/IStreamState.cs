namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>What a stream of measurements looks like at the moment.</summary>
/// <remarks>May be read by any thread. Each value is true of its own moment.</remarks>
internal interface IStreamState : IDeliveryState
{
    /// <summary>The memory that it takes beside that for packets.</summary>
    long StreamBytes { get; }

    /// <summary>What was refused since the beginning; a combination that there was not may be missing.</summary>
    IReadOnlyCollection<RefusedMeasurements> Refused { get; }
}
