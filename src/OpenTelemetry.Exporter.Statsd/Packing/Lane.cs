using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>A ring of entries with one producer at a time and one consumer at a time, in fixed memory.</summary>
/// <remarks>
/// <para>An entry is its length in four bytes, then its bytes, then as many as bring the next to a multiple of eight. One that
/// begins before the end of the ring may run over it, into a margin as long as the longest entry: so an entry is always in
/// one piece and no room is lost at the end. The next one begins at the start again.</para>
/// <para>Ownership. The producer is the thread in <see cref="owner"/>, which came there by compare-and-swap over null and writes
/// everything of the producer's in <see cref="LaneState"/> with plain stores. It hands all of that over by a release of
/// <see cref="owner"/> (<see cref="Release"/>), or, if it ended, the consumer does so in its place (<see cref="TryTakeBack"/>): it looks
/// whether the thread has ended, then, behind a full fence, whether that thread is the owner still, which from then on nobody but
/// the consumer can change. The consumer is whoever calls <see cref="Drain"/>; its caller orders one such call after another.</para>
/// <para>Memory ordering. <see cref="LaneState.Tail"/> is released after the bytes of an entry and its count, and acquired before they
/// are read. <see cref="LaneState.Head"/> is released after the bytes were read, and acquired before they are overwritten.
/// Neither side ever waits for the other.</para>
/// </remarks>
internal sealed class Lane
{
    /// <summary>The size of an entry of two numbers.</summary>
    public const int PairBytes = sizeof(int) + sizeof(long);

    private const int Alignment = 8;
    private const int LengthBytes = sizeof(int);
    private const int Separation = 128;
    private const int PairSlot = LengthBytes + PairBytes;

    private readonly byte[] memory;
    private readonly int capacity;
    private readonly long quarter;
    private readonly int releaseStep;
    private readonly LaneGate gate;
    private Thread? owner;
    private LaneState state;

    /// <param name="bytes">The whole memory, at least <see cref="MinBytes"/>.</param>
    /// <param name="maxEntryBytes">The longest entry there will be.</param>
    /// <param name="gate">Of the buffer.</param>
    public Lane(int bytes, int maxEntryBytes, LaneGate gate)
    {
        Debug.Assert(bytes >= MinBytes(maxEntryBytes), "The longest entry has to fit twice, or a low one might never get in.");

        // Pinned: never moved, so that the pages touched here stay those in use.
        memory = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        for (var i = 0; i < bytes; i += Environment.SystemPageSize)
        {
            memory[i] = 0;
        }

        capacity = (bytes - SlotBytes(maxEntryBytes) - Separation) & -Alignment;
        quarter = capacity / 4;
        releaseStep = capacity / 8;
        this.gate = gate;
    }

    /// <summary>Whether neither an entry waits nor an append is under way; once the gate is closed, for good.</summary>
    public bool IsIdle => Volatile.Read(ref state.Open) == 0 && Volatile.Read(ref state.Tail) == Volatile.Read(ref state.Head);

    /// <summary>Whether more than a quarter of it waits. For any thread.</summary>
    public bool IsFillingUp => Volatile.Read(ref state.Tail) - Volatile.Read(ref state.Head) > capacity / 4;

    public int MemoryBytes => memory.Length + Unsafe.SizeOf<LaneState>();

    /// <summary>The least memory with which a lane of such entries works.</summary>
    public static long MinBytes(int maxEntryBytes) => (3L * (LengthBytes + (long)maxEntryBytes + Alignment)) + Separation;

    /// <summary>Adds what this lane has counted. For any thread.</summary>
    public void AddTo(ref LaneTotals totals)
    {
        // What runs behind is read first, so that it never seems to be ahead.
        totals.Drained += Volatile.Read(ref state.Drained);
        totals.Appended += Volatile.Read(ref state.Appended);
        var head = Volatile.Read(ref state.Head);
        totals.QueuedBytes += Math.Min(Volatile.Read(ref state.Tail) - head, capacity);
        totals.Refused.Add(in state.Refused);
    }

    /// <summary>Makes the calling thread the producer, unless there is one.</summary>
    public bool TryClaim() => Interlocked.CompareExchange(ref owner, Thread.CurrentThread, null) is null;

    /// <summary>Whether the calling thread is the producer.</summary>
    public bool IsMine => Volatile.Read(ref owner) == Thread.CurrentThread;

    /// <summary>Whether the calling thread is in the middle of an append.</summary>
    public bool IsOpenHere => IsMine && state.Open == 1;

    /// <summary>Ends the calling thread's time as the producer.</summary>
    /// <returns>What <see cref="HasTaken"/> wants to know.</returns>
    public long Release()
    {
        Debug.Assert(IsMine, "Only the producer gives the lane away.");
        Debug.Assert(state.Open == 0, "A reservation is open.");
        var tail = state.Tail;
        Volatile.Write(ref owner, null);
        return tail;
    }

    /// <summary>Up to where entries were published: what <see cref="HasTaken"/> wants to know. For any thread.</summary>
    public long Tail => Volatile.Read(ref state.Tail);

    /// <summary>Whether the consumer has taken all that was published up to <paramref name="tail"/>. For any thread.</summary>
    public bool HasTaken(long tail) => Volatile.Read(ref state.Head) >= tail;

    /// <summary>Appends a copy of an entry, or counts it as refused. For the producer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAppend(ReadOnlySpan<byte> entry, EntryPriority priority)
    {
        if (!TryOpen(entry.Length, priority))
        {
            return false;
        }

        entry.CopyTo(Room(entry.Length));
        Publish(entry.Length);
        return true;
    }

    /// <summary>Appends an entry of <see cref="PairBytes"/>, or counts it as refused. For the producer.</summary>
    /// <remarks>
    /// What <see cref="TryOpen"/> and <see cref="Publish"/> do, in the same order, with the length known beforehand and nothing computed twice.
    /// All that is unusual is left to a call at the end, so that nothing has to be kept for afterwards.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAppend(int first, long second, EntryPriority priority)
    {
        Debug.Assert(IsMine, "A lane has one producer.");
        Debug.Assert(PairSlot <= memory.Length - capacity - Separation, "The longest entry was said at the beginning.");
        ref var state = ref this.state;
        if (state.Open != 0)
        {
            return Refuse(RefusalReason.NoLane, priority);
        }

        Volatile.Write(ref state.Open, 1);
        var offset = state.TailOffset;
        var next = offset + PairSlot;
        var tail = state.Tail + PairSlot;
        if (next >= capacity || tail - state.KnownHead > LimitOf(priority) || gate.IsClosed)
        {
            Close();
            return TryAppendWithCare(first, second, priority);
        }

        ref var slot = ref Slot(offset);
        Unsafe.WriteUnaligned(ref slot, LengthAnd(first));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref slot, sizeof(long)), second);
        Debug.Assert(tail - Volatile.Read(ref state.Head) <= capacity, "An entry overwrites none that waits.");
        state.TailOffset = next;
        Volatile.Write(ref state.Appended, state.Appended + 1);
        Volatile.Write(ref state.Tail, tail);
        Volatile.Write(ref state.Open, 0);
        return true;
    }

    /// <summary>Begins to append an entry of at most so many bytes, or counts it as refused. For the producer.</summary>
    /// <remarks>
    /// <see cref="LaneState.Open"/> keeps out an append from within an append, which would write over what is being written.
    /// It is set before the gate is asked: see <see cref="LaneGate.Close"/>.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryOpen(int maxBytes, EntryPriority priority)
    {
        Debug.Assert(IsMine, "A lane has one producer.");
        Debug.Assert(SlotBytes(maxBytes) <= memory.Length - capacity - Separation, "The longest entry was said at the beginning.");
        if (state.Open != 0)
        {
            return Refuse(RefusalReason.NoLane, priority);
        }

        Volatile.Write(ref state.Open, 1);
        if (gate.IsClosed)
        {
            Close();
            return Refuse(RefusalReason.Closed, priority);
        }

        var (tail, _) = After(state.Tail, state.TailOffset, maxBytes);
        var limit = LimitOf(priority);
        if (tail - state.KnownHead > limit)
        {
            // Acquires what the consumer released: the bytes up to here were read and may be overwritten.
            state.KnownHead = Volatile.Read(ref state.Head);
            if (tail - state.KnownHead > limit)
            {
                Close();
                return Refuse(RefusalReason.LaneFull, priority);
            }
        }

        return true;
    }

    /// <summary>Where the entry that is being appended goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Room(int maxBytes) => memory.AsSpan(state.TailOffset + LengthBytes, maxBytes);

    /// <summary>Ends an append with an entry of so many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(int bytes)
    {
        Debug.Assert(IsMine && state.Open == 1, "What was not begun cannot end.");
        MemoryMarshal.Write(memory.AsSpan(state.TailOffset, LengthBytes), bytes);
        var (tail, offset) = After(state.Tail, state.TailOffset, bytes);
        Debug.Assert(tail - Volatile.Read(ref state.Head) <= capacity, "An entry overwrites none that waits.");
        state.TailOffset = offset;
        Volatile.Write(ref state.Appended, state.Appended + 1);

        // Releases the bytes, the length and the count: whoever sees this tail sees them too.
        Volatile.Write(ref state.Tail, tail);
        Close();
    }

    /// <summary>Ends an append without an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Close() => Volatile.Write(ref state.Open, 0); // Released: who sees the append over sees its tail.

    /// <summary>Counts an entry as refused. For the producer.</summary>
    /// <returns>False.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Refuse(RefusalReason reason, EntryPriority priority)
    {
        Debug.Assert(IsMine, "A lane has one producer.");
        state.Refused.CountAsOnlyWriter(reason, priority);
        return false;
    }

    /// <summary>Takes entries in their order, those that are published when the call begins, until the sink has enough. For the consumer.</summary>
    /// <param name="sink">Gets each entry once, even one over which it throws.</param>
    /// <param name="entries">Goes up with each entry, also if the sink throws.</param>
    /// <returns>Whether the sink wants more.</returns>
    public bool Drain<TSink>(ref TSink sink, ref int entries)
        where TSink : IEntrySink, allows ref struct
    {
        // Acquires the bytes of every entry before this tail.
        var tail = Volatile.Read(ref state.Tail);
        var (head, offset) = (state.Head, state.HeadOffset);
        Debug.Assert(head <= tail && tail - head <= capacity, "The ring holds between nothing and its capacity.");
        var goesOn = true;
        var before = entries;
        try
        {
            while (head != tail && goesOn)
            {
                Debug.Assert(offset % Alignment == 0 && offset < capacity, "An entry begins aligned, and within the ring.");
                if (head - state.Head >= releaseStep)
                {
                    Volatile.Write(ref state.Head, head);
                }

                var bytes = MemoryMarshal.Read<int>(memory.AsSpan(offset, LengthBytes));
                var entry = memory.AsSpan(offset + LengthBytes, bytes);
                (head, offset) = After(head, offset, bytes);
                Debug.Assert(head <= tail, "The consumer stays behind the producer.");
                entries++;
                goesOn = sink.Take(entry);
            }
        }
        finally
        {
            state.HeadOffset = offset;
            Volatile.Write(ref state.Drained, state.Drained + entries - before);

            // Releases the room: every byte up to here was read.
            Volatile.Write(ref state.Head, head);
        }

        return goesOn;
    }

    /// <summary>Ends the time of a producer that has ended as a thread, once the lane is empty. For the consumer.</summary>
    public bool TryTakeBack() => Volatile.Read(ref owner) is { } producer && TryTakeBackFrom(producer);

    /// <summary>As <see cref="TryTakeBack"/>, from the thread that was the producer a moment ago.</summary>
    public bool TryTakeBackFrom(Thread producer)
    {
        if (producer.IsAlive)
        {
            return false;
        }

        // What the thread wrote last was written before it ended; nothing that is read below may be older than its end.
        Interlocked.MemoryBarrier();

        // It may have given the lane away before it ended, and another may have it now. If not, it stays the owner: who has ended claims nothing.
        if (Volatile.Read(ref owner) != producer || state.Tail != state.Head)
        {
            return false;
        }

        // It may have left a reservation behind.
        state.Open = 0;
        Volatile.Write(ref owner, null);
        return true;
    }

    /// <summary>How many bytes may wait once an entry of this priority is in: two, three or four quarters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long LimitOf(EntryPriority priority) => quarter * (2 + (long)priority);

    /// <summary>At the end of a lap, or when the lane looks full or is closed: after another look there may be room after all.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAppendWithCare(int first, long second, EntryPriority priority)
    {
        if (!TryOpen(PairBytes, priority))
        {
            return false;
        }

        var room = Room(PairBytes);
        MemoryMarshal.Write(room, first);
        MemoryMarshal.Write(room[sizeof(int)..], second);
        Publish(PairBytes);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Slot(int offset)
    {
        Debug.Assert(offset >= 0 && offset < capacity, "An entry begins within the ring, and the longest one fits into the margin.");
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(memory), offset);
    }

    /// <summary>The length of a pair and its first number, as they lie in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long LengthAnd(int first) => BitConverter.IsLittleEndian
        ? ((long)first << 32) | PairBytes
        : ((long)PairBytes << 32) | (uint)first;

    private static int SlotBytes(int bytes) => (LengthBytes + bytes + Alignment - 1) & -Alignment;

    /// <summary>Position and offset behind an entry; both sides go by this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (long Position, int Offset) After(long position, int offset, int bytes)
    {
        var end = offset + SlotBytes(bytes);
        return end < capacity ? (position + end - offset, end) : (position + capacity - offset, 0);
    }
}
