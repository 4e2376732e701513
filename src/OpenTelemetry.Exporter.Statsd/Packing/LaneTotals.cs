namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>What came into a <see cref="LaneBuffer"/> and what became of it, added up over its lanes.</summary>
internal struct LaneTotals
{
    /// <summary>How many entries a sink was given.</summary>
    public long Drained;

    /// <summary>How many entries were taken in.</summary>
    public long Appended;

    /// <summary>About how much waits to be drained, lengths and padding included.</summary>
    public long QueuedBytes;

    /// <summary>How many entries were refused.</summary>
    public RefusalCounts Refused;
}
