using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>The changing part of a <see cref="Lane"/>: what the producer writes, far from what the consumer writes.</summary>
/// <remarks>
/// 128 bytes or more lie between the two, before and after: processors fetch lines of 64 bytes in pairs, or have lines of 128.
/// Explicit, because the runtime orders the fields of a class as it likes, padding included.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 560)]
internal struct LaneState
{
    /// <summary>How many bytes were ever published. The producer writes, all read.</summary>
    [FieldOffset(128)]
    public long Tail;

    /// <summary>A value that <see cref="Head"/> once had; asked anew only when the lane looks full. The producer's alone.</summary>
    [FieldOffset(136)]
    public long KnownHead;

    /// <summary>How many entries were ever published. The producer writes, all read.</summary>
    [FieldOffset(144)]
    public long Appended;

    /// <summary>Where in the memory the next entry goes. The producer's alone.</summary>
    [FieldOffset(152)]
    public int TailOffset;

    /// <summary>1 while an append is under way. The producer writes, all read.</summary>
    [FieldOffset(156)]
    public int Open;

    /// <summary>The producer writes, all read.</summary>
    [FieldOffset(160)]
    public RefusalCounts Refused;

    /// <summary>How many bytes were ever taken and may be overwritten. The consumer writes, all read.</summary>
    [FieldOffset(408)]
    public long Head;

    /// <summary>How many entries were ever taken. The consumer writes, all read.</summary>
    [FieldOffset(416)]
    public long Drained;

    /// <summary>Where in the memory the next entry to take is. The consumer's alone.</summary>
    [FieldOffset(424)]
    public int HeadOffset;
}
