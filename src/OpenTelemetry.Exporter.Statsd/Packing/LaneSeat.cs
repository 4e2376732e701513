using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>What a thread remembers of one <see cref="LaneBuffer"/>: which lane is its own, or where its last entry went.</summary>
/// <remarks>
/// The thread's alone. It knows the buffer by its gate and the lanes by their index, so it keeps no memory of a buffer alive;
/// the seats of closed buffers go when the thread takes a new one.
/// </remarks>
internal sealed class LaneSeat
{
    /// <summary>Stands for no lane.</summary>
    public const int None = -1;

    [ThreadStatic]
    private static LaneSeat? first;

    private readonly LaneGate gate;
    private LaneSeat? next;

    private LaneSeat(LaneGate gate) => this.gate = gate;

    /// <summary>The lane that only this thread appends to, or <see cref="None"/>.</summary>
    public int Own { get; set; } = None;

    /// <summary>The shared lane that this thread appended to last, or <see cref="None"/>.</summary>
    public int Shared { get; set; } = None;

    /// <summary>What <see cref="Lane.Release"/> returned then.</summary>
    public long SharedTail { get; set; }

    /// <summary>How many reservations the thread has made.</summary>
    public int Reservations { get; set; }

    /// <summary>The calling thread's newest seat, of whichever buffer.</summary>
    /// <remarks>Reading it may be a call, before which little should be known that is needed after it.</remarks>
    public static LaneSeat? First => first;

    /// <summary>Whether it is a seat of the buffer with this gate.</summary>
    public bool IsOf(LaneGate gate) => this.gate == gate;

    /// <summary>The calling thread's seat, if it has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneSeat? Find(LaneGate gate)
    {
        var seat = first;
        while (seat is not null && seat.gate != gate)
        {
            seat = seat.next;
        }

        return seat;
    }

    /// <summary>A new seat for the calling thread, which has none.</summary>
    public static LaneSeat Add(LaneGate gate)
    {
        RemoveClosed();
        return first = new LaneSeat(gate) { next = first };
    }

    private static void RemoveClosed()
    {
        while (first is not null && first.gate.IsClosed)
        {
            first = first.next;
        }

        var seat = first;
        while (seat?.next is { } next)
        {
            if (next.gate.IsClosed)
            {
                seat.next = next.next;
            }
            else
            {
                seat = next;
            }
        }
    }
}
