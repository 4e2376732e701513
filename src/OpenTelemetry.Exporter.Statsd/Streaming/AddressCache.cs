using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Finds a series by the addresses of its tags' keys and values, mostly the same objects each time, without looking into them.</summary>
/// <remarks>
/// <para>An address is a hint where to look: the collector moves objects. An entry is the right one only if it has the very same objects, which it
/// keeps alive; so an old address is a miss and never more.</para>
/// <para>Any thread, no lock. Entries never change once they are published by a release; two threads that add at the same time may undo
/// each other's addition, which is a miss later.</para>
/// <para>Values that are made for each measurement, such as boxed numbers, would never be found again. So adding costs credit, and
/// an entry that is found for the first time gives it back; without credit only one addition in <see cref="TrialInterval"/> goes on.</para>
/// </remarks>
internal sealed class AddressCache
{
    private const int Ways = 2;
    private const int LengthBits = 10;
    private const int Length = 1 << LengthBits;
    private const int TrialInterval = 4096;

    private readonly Entry?[] entries = new Entry?[Length];
    private int credit = Length;
    private int refused;

    /// <summary>The series that was added with these very objects, if it is still here; it may have been forgotten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StreamSeries? Find(Tags tags)
    {
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(entries), IndexOf(tags));
        var entry = Volatile.Read(ref first);
        if (entry is null || !entry.Has(tags))
        {
            entry = Volatile.Read(ref Unsafe.Add(ref first, 1));
            if (entry is null || !entry.Has(tags))
            {
                return null;
            }
        }

        if (!entry.WasFound)
        {
            Reward(entry);
        }

        return entry.Series;
    }

    public void Add(Tags tags, StreamSeries series)
    {
        if (credit <= 0 && ++refused % TrialInterval != 0)
        {
            return;
        }

        credit--;
        var index = IndexOf(tags);
        var way = entries[index] is null or { Series.LiveId: 0 } ? 0 : 1;
        Volatile.Write(ref entries[index + way], new Entry(tags.ToArray(), series));
    }

    /// <summary>Where to look for tags: the first of <see cref="Ways"/> places. Of values alone, for the keys are seldom others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOf(Tags tags)
    {
        var sum = (ulong)tags.Length;
        for (var i = 0; i < tags.Length; i++)
        {
            sum = BitOperations.RotateLeft(sum, 7) + AddressOf(tags[i].Value);
        }

        // The highest bits depend on all others.
        return (int)((sum * 0x9E3779B97F4A7C15) >> (64 - LengthBits)) & -Ways;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddressOf(object? value) => (ulong)Unsafe.As<object?, nint>(ref value);

    private void Reward(Entry entry)
    {
        entry.WasFound = true;
        credit++;
    }

    private sealed class Entry(KeyValuePair<string, object?>[] tags, StreamSeries series)
    {
        public StreamSeries Series => series;

        public bool WasFound { get; set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Has(Tags others)
        {
            var own = tags;
            if (others.Length != own.Length)
            {
                return false;
            }

            for (var i = 0; i < own.Length; i++)
            {
                if (!ReferenceEquals(others[i].Value, own[i].Value) || !ReferenceEquals(others[i].Key, own[i].Key))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
