using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>
/// Where threads leave entries, such as lines, for the one that sends: fixed memory, divided into lanes of one producer each.
/// </summary>
/// <remarks>
/// <para>Producers: any number of threads. A thread's first append makes a free lane its own, for as long as the thread lives;
/// appending is plain stores and one release then. Threads that find no lane free share a few, each held by compare-and-swap
/// for the time of one append. No append waits for anyone: what finds no room or no lane is refused and counted.</para>
/// <para>Consumer: one at a time, whose caller orders one <see cref="Drain"/> after another. It waits for nobody: of an append under
/// way it sees nothing. It takes back the lanes of threads that have ended, so a buffer that is never drained runs out of lanes.</para>
/// <para>Order. The entries of one thread are taken in the order in which they were appended; between threads there is none. A
/// thread without a lane of its own therefore goes on to another only once all it appended before is taken.</para>
/// <para>Once the producers have stopped, offered = appended + refused and appended = drained + queued, exactly; while they run, each
/// number is one that was true during the call, and no entry is drained before it counts as appended.</para>
/// <para>How ownership is handed over and what orders memory is said at <see cref="Lane"/> and <see cref="LaneGate"/>.</para>
/// </remarks>
internal sealed class LaneBuffer
{
    /// <summary>How often a thread without a lane of its own asks for a shared one: about as long as an append takes, or a few.</summary>
    private const int ClaimAttempts = 16;

    private readonly LaneGate gate = new();
    private readonly Lane[] lanes;
    private readonly int ownLanes;
    private readonly int sharedLanes;
    private Apart apart;

    /// <param name="totalBytes">The memory for entries, all of it allocated here, divided equally.</param>
    /// <param name="ownLanes">How many threads get a lane of their own. At least 0.</param>
    /// <param name="sharedLanes">How many lanes the others share. At least 0, and 1 if there are no others.</param>
    /// <param name="maxEntryBytes">The longest entry that is taken. A lane has to hold three.</param>
    public LaneBuffer(int totalBytes, int ownLanes, int sharedLanes, int maxEntryBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ownLanes);
        ArgumentOutOfRangeException.ThrowIfNegative(sharedLanes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ownLanes + sharedLanes);
        ArgumentOutOfRangeException.ThrowIfNegative(maxEntryBytes);
        var bytes = totalBytes / (ownLanes + sharedLanes);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, Lane.MinBytes(maxEntryBytes), nameof(totalBytes));

        MaxEntryBytes = maxEntryBytes;
        this.ownLanes = ownLanes;
        this.sharedLanes = sharedLanes;
        apart.FreeLanes = ownLanes;
        lanes = new Lane[ownLanes + sharedLanes];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = new Lane(bytes, maxEntryBytes, gate);
            MemoryBytes += lanes[i].MemoryBytes;
        }
    }

    public int MaxEntryBytes { get; }

    /// <summary>How many lanes there are.</summary>
    public int Count => lanes.Length;

    /// <summary>Whether everything is refused.</summary>
    public bool IsClosed => gate.IsClosed;

    /// <summary>The memory in use, all of it since construction, but for some 40 bytes a thread.</summary>
    public long MemoryBytes { get; }

    /// <summary>Whether the buffer is closed, nothing waits and no append is under way: nothing will ever come any more.</summary>
    /// <remarks>A thread suspended in an append keeps this false for as long; whoever waits for it needs a bound.</remarks>
    public bool IsDrained
    {
        get
        {
            if (!gate.IsSealed)
            {
                return false;
            }

            foreach (var lane in lanes)
            {
                if (!lane.IsIdle)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Whether of any lane more than a quarter waits, so that the consumer had better come back at once. For any thread.</summary>
    public bool IsFillingUp
    {
        get
        {
            foreach (var lane in lanes)
            {
                if (lane.IsFillingUp)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Adds up the lanes. For any thread, at the cost of a few reads a lane.</summary>
    public LaneTotals ReadTotals()
    {
        var totals = default(LaneTotals);
        totals.Refused.Add(in apart.Refused);
        foreach (var lane in lanes)
        {
            lane.AddTo(ref totals);
        }

        return totals;
    }

    /// <summary>Appends a copy of an entry, or counts it as refused.</summary>
    /// <returns>Whether it was appended.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAppend(ReadOnlySpan<byte> entry, EntryPriority priority)
    {
        var seat = LaneSeat.Find(gate);
        return seat is not null && seat.Own != LaneSeat.None && entry.Length <= MaxEntryBytes
            ? lanes[seat.Own].TryAppend(entry, priority)
            : TryReserveAndAppend(entry, priority);
    }

    /// <summary>Appends an entry of two numbers, one after the other in the processor's own order of bytes, or counts it as refused.</summary>
    /// <param name="seat"><see cref="LaneSeat.First"/> of the calling thread.</param>
    /// <param name="first">The first number.</param>
    /// <param name="second">The second number.</param>
    /// <param name="priority">What it gives way to.</param>
    /// <returns>Whether it was appended.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAppend(LaneSeat? seat, int first, long second, EntryPriority priority)
    {
        Debug.Assert(MaxEntryBytes >= Lane.PairBytes, "The longest entry was said at the beginning.");
        if (seat is not null && seat.IsOf(gate))
        {
            var (own, lanes) = (seat.Own, this.lanes);
            if ((uint)own < (uint)lanes.Length)
            {
                return lanes[own].TryAppend(first, second, priority);
            }
        }

        return TryAppendWithCare(first, second, priority);
    }

    /// <summary>Counts something as refused that was to become an entry of the calling thread.</summary>
    public void Refuse(RefusalReason reason, EntryPriority priority) => Refuse(LaneSeat.Find(gate), reason, priority);

    /// <summary>Begins to append an entry of at most so many bytes, which the caller then writes, or counts it as refused.</summary>
    /// <returns>Whether there is a reservation, which has to be ended.</returns>
    public bool TryReserve(int maxBytes, EntryPriority priority, out LaneReservation reservation)
    {
        reservation = default;
        var seat = LaneSeat.Find(gate);
        if ((uint)maxBytes > (uint)MaxEntryBytes)
        {
            return Refuse(seat, RefusalReason.EntryTooLong, priority);
        }

        if (seat is null && gate.IsClosed)
        {
            return Refuse(seat, RefusalReason.Closed, priority);
        }

        seat ??= LaneSeat.Add(gate);
        if (Enter(seat) is not { } lane)
        {
            return Refuse(seat, gate.IsClosed ? RefusalReason.Closed : RefusalReason.NoLane, priority);
        }

        if (!lane.TryOpen(maxBytes, priority))
        {
            if (seat.Own == LaneSeat.None)
            {
                lane.Release();
            }

            return false;
        }

        reservation = new LaneReservation(lane, seat, maxBytes);
        return true;
    }

    /// <summary>
    /// Refuses whatever is appended after this. An append under way may still succeed: <see cref="IsDrained"/> says when the last one is
    /// out. For any thread.
    /// </summary>
    public void Close() => gate.Close();

    /// <summary>Notes, for each lane, what has been appended by now. For any thread.</summary>
    /// <param name="tails">As many as <see cref="Count"/>.</param>
    public void ReadTails(Span<long> tails)
    {
        for (var i = 0; i < lanes.Length; i++)
        {
            tails[i] = lanes[i].Tail;
        }
    }

    /// <summary>Whether all is taken that <see cref="ReadTails"/> has noted. For any thread.</summary>
    public bool HasTaken(ReadOnlySpan<long> tails)
    {
        for (var i = 0; i < lanes.Length; i++)
        {
            if (!lanes[i].HasTaken(tails[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Gives entries to the sink until it has enough or has had, of each lane, what was in it when its turn came.</summary>
    /// <remarks>For the consumer. Lanes take turns, also from one call to the next, so that none is always the last.</remarks>
    /// <returns>How many entries the sink was given.</returns>
    public int Drain<TSink>(ref TSink sink)
        where TSink : IEntrySink, allows ref struct
    {
        AssertOneConsumer(1);
        var entries = 0;
        try
        {
            for (var turn = 0; turn < lanes.Length; turn++)
            {
                var index = apart.NextLane;
                apart.NextLane = index + 1 < lanes.Length ? index + 1 : 0;
                var before = entries;
                if (!lanes[index].Drain(ref sink, ref entries))
                {
                    break;
                }

                // Asked only of lanes without an entry: a thread that has ended will have no other soon enough.
                if (entries == before && lanes[index].TryTakeBack() && index < ownLanes)
                {
                    Interlocked.Increment(ref apart.FreeLanes);
                }
            }
        }
        finally
        {
            AssertOneConsumer(0);
        }

        return entries;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReserveAndAppend(ReadOnlySpan<byte> entry, EntryPriority priority)
    {
        if (!TryReserve(entry.Length, priority, out var reservation))
        {
            return false;
        }

        entry.CopyTo(reservation.Bytes);
        reservation.Commit(entry.Length);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAppendWithCare(int first, long second, EntryPriority priority)
    {
        // Its newest seat may be another buffer's.
        if (LaneSeat.Find(gate) is { Own: not LaneSeat.None } seat)
        {
            return lanes[seat.Own].TryAppend(first, second, priority);
        }

        if (!TryReserve(Lane.PairBytes, priority, out var reservation))
        {
            return false;
        }

        MemoryMarshal.Write(reservation.Bytes, first);
        MemoryMarshal.Write(reservation.Bytes[sizeof(int)..], second);
        reservation.Commit(Lane.PairBytes);
        return true;
    }

    /// <summary>The lane that the calling thread may append to now, which is the producer of it then.</summary>
    private Lane? Enter(LaneSeat seat)
    {
        if (seat.Own != LaneSeat.None)
        {
            return lanes[seat.Own];
        }

        var last = seat.Shared == LaneSeat.None ? null : lanes[seat.Shared];
        if (last is not null && last.IsMine)
        {
            return null;
        }

        var mayMove = last is null || last.HasTaken(seat.SharedTail);
        return mayMove && TryClaimOwn(seat) ? lanes[seat.Own] : TryClaimShared(seat, mayMove);
    }

    private bool TryClaimOwn(LaneSeat seat)
    {
        for (var i = 0; i < ownLanes && Volatile.Read(ref apart.FreeLanes) > 0; i++)
        {
            if (lanes[i].TryClaim())
            {
                Interlocked.Decrement(ref apart.FreeLanes);
                seat.Own = i;
                return true;
            }
        }

        return false;
    }

    private Lane? TryClaimShared(LaneSeat seat, bool mayMove)
    {
        if (sharedLanes == 0)
        {
            return null;
        }

        var index = seat.Shared == LaneSeat.None ? ownLanes + (Environment.CurrentManagedThreadId % sharedLanes) : seat.Shared;
        for (var attempt = 0; attempt < ClaimAttempts; attempt++)
        {
            if (lanes[index].TryClaim())
            {
                if (index != seat.Shared)
                {
                    (seat.Shared, seat.SharedTail) = (index, 0);
                }

                return lanes[index];
            }

            if (mayMove)
            {
                index = index + 1 < lanes.Length ? index + 1 : ownLanes;
            }
            else
            {
                Thread.SpinWait(1);
            }
        }

        return null;
    }

    private bool Refuse(LaneSeat? seat, RefusalReason reason, EntryPriority priority)
    {
        if (seat is not null && seat.Own != LaneSeat.None)
        {
            return lanes[seat.Own].Refuse(reason, priority);
        }

        apart.Refused.Count(reason, priority);
        return false;
    }

    [Conditional("DEBUG")]
    private void AssertOneConsumer(int draining)
    {
        var before = Interlocked.Exchange(ref apart.Draining, draining);
        Debug.Assert(before != draining, "There is one consumer at a time.");
    }

    /// <summary>What changes, far from the fields that every append reads.</summary>
    [StructLayout(LayoutKind.Explicit, Size = ConsumerOffset + 8 + Separation)]
    private struct Apart
    {
        private const int Separation = 128;
        private const int FreeLanesOffset = Separation + RefusalCounts.Bytes;
        private const int ConsumerOffset = FreeLanesOffset + 8 + Separation;

        /// <summary>Of threads without a lane of their own.</summary>
        [FieldOffset(Separation)]
        public RefusalCounts Refused;

        /// <summary>How many lanes could become a thread's own; a hint, for it changes just after the lane does.</summary>
        [FieldOffset(FreeLanesOffset)]
        public int FreeLanes;

        /// <summary>Whose turn is next. The consumer's alone.</summary>
        [FieldOffset(ConsumerOffset)]
        public int NextLane;

        /// <summary>1 while there is a consumer, in debug builds.</summary>
        [FieldOffset(ConsumerOffset + 4)]
        public int Draining;
    }
}
