using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>The changing part of a <see cref="Lane"/>: what the producer writes, far from what the consumer writes.</summary>
/// <remarks>
/// 128 bytes or more lie between the two, before and after: processors fetch lines of 64 bytes in pairs, or have lines of 128.
/// Explicit, because the runtime orders the fields of a class as it likes, padding included.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = ConsumerOffset + 24 + Separation)]
internal struct LaneState
{
    private const int Separation = 128;
    private const int RefusedOffset = Separation + 32;
    private const int ConsumerOffset = RefusedOffset + RefusalCounts.Bytes + Separation;

    /// <summary>How many bytes were ever published. The producer writes, all read.</summary>
    [FieldOffset(Separation)]
    public long Tail;

    /// <summary>A value that <see cref="Head"/> once had; asked anew only when the lane looks full. The producer's alone.</summary>
    [FieldOffset(Separation + 8)]
    public long KnownHead;

    /// <summary>How many entries were ever published. The producer writes, all read.</summary>
    [FieldOffset(Separation + 16)]
    public long Appended;

    /// <summary>Where in the memory the next entry goes. The producer's alone.</summary>
    [FieldOffset(Separation + 24)]
    public int TailOffset;

    /// <summary>1 while an append is under way. The producer writes, all read.</summary>
    [FieldOffset(Separation + 28)]
    public int Open;

    /// <summary>The producer writes, all read.</summary>
    [FieldOffset(RefusedOffset)]
    public RefusalCounts Refused;

    /// <summary>How many bytes were ever taken and may be overwritten. The consumer writes, all read.</summary>
    [FieldOffset(ConsumerOffset)]
    public long Head;

    /// <summary>How many entries were ever taken. The consumer writes, all read.</summary>
    [FieldOffset(ConsumerOffset + 8)]
    public long Drained;

    /// <summary>Where in the memory the next entry to take is. The consumer's alone.</summary>
    [FieldOffset(ConsumerOffset + 16)]
    public int HeadOffset;
}
