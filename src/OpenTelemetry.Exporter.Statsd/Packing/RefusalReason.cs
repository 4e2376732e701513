namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Why a <see cref="LaneBuffer"/> did not take an entry.</summary>
internal enum RefusalReason
{
    /// <summary>The lane has no room left for an entry of this size and priority.</summary>
    LaneFull,

    /// <summary>Longer than <see cref="LaneBuffer.MaxEntryBytes"/>.</summary>
    EntryTooLong,

    /// <summary>
    /// Every lane that the thread could use was held: by another thread in the middle of an append, or by a reservation that
    /// this very thread has not ended.
    /// </summary>
    NoLane,

    /// <summary>The buffer was closed.</summary>
    Closed,

    /// <summary>Said by whoever would append: what should have been an entry could not be made one.</summary>
    NoEntry,
}
