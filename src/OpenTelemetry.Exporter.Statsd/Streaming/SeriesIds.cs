using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Gives each series of a recorder a number, by which the pump finds it.</summary>
/// <remarks>
/// <para>A number is an index, the lower 20 bits, and how often the index was in use, the upper 12. No number is ever given twice: an
/// index whose uses are used up stays away. After <see cref="Release"/> a number still leads to its series for
/// <see cref="RestTime"/>, for records that are on their way, and from then on to nothing.</para>
/// <para>Any thread may add; the pump alone finds and releases. Finding takes no lock: the number of a series reaches the pump through a lane,
/// which orders it behind the series being stored here.</para>
/// </remarks>
internal sealed class SeriesIds(TimeProvider clock)
{
    /// <summary>How long a forgotten series can be found.</summary>
    public static readonly TimeSpan RestTime = TimeSpan.FromSeconds(10);

    /// <summary>How many series there may be at a time.</summary>
    public const int MaxSeries = 1 << IndexBits;

    private const int IndexBits = 20;
    private const int IndexMask = MaxSeries - 1;
    private const uint FirstUse = 1u << IndexBits;
    private const uint LastUse = uint.MaxValue >> IndexBits;

    private readonly Lock gate = new();
    private readonly Queue<(StreamSeries Series, long ReleasedAt)> resting = new();
    private readonly Queue<int> free = new();
    private StreamSeries?[] slots = new StreamSeries?[64];
    private int used;
    private long seriesBytes;

    /// <summary>The memory that all series take, and their numbers. For any thread.</summary>
    public long MemoryBytes => Volatile.Read(ref seriesBytes) + ((long)Volatile.Read(ref slots).Length * Unsafe.SizeOf<nint>());

    /// <summary>All series there are, and for some time those that were; with gaps. For the pump.</summary>
    public ReadOnlySpan<StreamSeries?> Slots
    {
        get
        {
            // First the number, then the array: an array that is large enough was stored before the number grew.
            var used = Volatile.Read(ref this.used);
            return Volatile.Read(ref slots).AsSpan(0, used);
        }
    }

    /// <summary>The place of a number, below <see cref="MaxSeries"/>; one number has it at a time.</summary>
    public static int IndexOf(int id) => id & IndexMask;

    /// <summary>The series in a place; <see langword="null"/> if there is none. For the pump.</summary>
    public StreamSeries? At(int index)
    {
        var slots = Volatile.Read(ref this.slots);
        return index < slots.Length ? Volatile.Read(ref slots[index]) : null;
    }

    /// <summary>Makes a series.</summary>
    /// <returns><see langword="null"/> if there are as many as there are numbers.</returns>
    public StreamSeries? TryAdd(StreamInstrument instrument, KeyValuePair<string, object?>[] tags, int tagsHash)
    {
        lock (gate)
        {
            EndRests();
            if (NextId() is not { } id)
            {
                return null;
            }

            var series = new StreamSeries(id, instrument, tags, tagsHash);
            Volatile.Write(ref slots[IndexOf(id)], series);
            Volatile.Write(ref seriesBytes, seriesBytes + series.MemoryBytes);
            return series;
        }
    }

    /// <summary>The series of this number; <see langword="null"/> if it was forgotten.</summary>
    public StreamSeries? Find(int id) => At(IndexOf(id)) is { } series && series.Id == id ? series : null;

    /// <summary>Lets the number of a series be used anew, in time.</summary>
    public void Release(StreamSeries series)
    {
        lock (gate)
        {
            EndRests();
            resting.Enqueue((series, clock.GetTimestamp()));
        }
    }

    private void EndRests()
    {
        while (resting.TryPeek(out var next) && clock.GetElapsedTime(next.ReleasedAt) >= RestTime)
        {
            resting.Dequeue();
            var id = next.Series.Id;
            Debug.Assert(slots[IndexOf(id)] == next.Series, "A number is released once.");
            Volatile.Write(ref slots[IndexOf(id)], null);
            Volatile.Write(ref seriesBytes, seriesBytes - next.Series.MemoryBytes);
            if ((uint)id >> IndexBits < LastUse)
            {
                free.Enqueue((int)((uint)id + FirstUse));
            }
        }
    }

    private int? NextId()
    {
        if (free.TryDequeue(out var id))
        {
            return id;
        }

        if (used == MaxSeries)
        {
            return null;
        }

        if (used == slots.Length)
        {
            // Whoever still reads the smaller array looks for none that is only in the larger.
            var larger = new StreamSeries?[used * 2];
            slots.CopyTo(larger, 0);
            Volatile.Write(ref slots, larger);
        }

        id = (int)(FirstUse | (uint)used);
        Volatile.Write(ref used, used + 1);
        return id;
    }
}
