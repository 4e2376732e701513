using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What is encoded of each series of one metric: its tags, with what surrounds them in a line; reused from export to export.</summary>
/// <remarks>
/// <para>The SDK shows the series of a metric in the same order each time, with the very same tag objects as long as a series
/// stays active. So the cache is a list in that order, walked by a cursor: a series whose identity stands at the cursor, or
/// shortly after it, is known; any other is encoded anew. Nothing is hashed. A series that is not shown is gone with the
/// end of the pass.</para>
/// <para>One owner at a time: the thread that exports. Memory follows the number of live series.</para>
/// </remarks>
internal sealed class SeriesCache(TagEncoder encoder, EncodedTag[] constants, byte[] prefix, byte[] suffix, bool readsTagArray)
{
    private const int Window = 32;
    private const int SmallestArena = 1024;
    private const int MinSlack = 4096;

    private Entry[] entries = [];
    private Entry[] spare = [];
    private int count;
    private int cursor;

    // How far the cursor may simply step on: to the end of the list, and nowhere once the order differs.
    private int expected;
    private int spareCount;
    private bool hasDiverged;
    private bool isInPass;
    private int misses;
    private byte[] arena = [];
    private int arenaUsed;
    private KeyValuePair<string, object?>[] scratch = [];

    /// <summary>How many series the last pass showed.</summary>
    public int Count => count;

    /// <summary>The size of the fragments in memory, in bytes.</summary>
    public int ArenaBytes => arena.Length;

    /// <summary>The size of the fragments and of the lists of them, in bytes.</summary>
    public long MemoryBytes => arena.Length + ((long)(entries.Length + spare.Length) * Unsafe.SizeOf<Entry>());

    /// <summary>Starts a pass over all series of the metric.</summary>
    public void BeginPass()
    {
        if (isInPass)
        {
            // The last pass was broken off, and nobody knows which series are live.
            Array.Clear(entries);
            Array.Clear(spare);
            count = 0;
            arenaUsed = 0;
        }

        isInPass = true;
        misses = 0;
        cursor = 0;
        spareCount = 0;
        hasDiverged = false;
        expected = readsTagArray ? count : 0;
    }

    /// <summary>The encoded fragment of the next series: the prefix, the tags, the suffix.</summary>
    /// <returns>Valid until the next call.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Next(ReadOnlyTagCollection tags)
    {
        if (cursor < expected)
        {
            ref readonly var entry = ref entries[cursor];
            if (ReferenceEquals(entry.Identity, TagArray.Of(ref tags)))
            {
                cursor++;
                return arena.AsSpan(entry.Offset, entry.Length);
            }
        }

        return Find(tags);
    }

    /// <summary>Ends a pass: forgets the series that it did not show.</summary>
    public void EndPass()
    {
        Debug.Assert(isInPass, "A pass ends once.");
        isInPass = false;
        if (hasDiverged)
        {
            (entries, spare) = (spare, entries);
            Array.Clear(spare, 0, count);
            count = spareCount;
            CompactArena();
        }
        else if (cursor < count)
        {
            Array.Clear(entries, cursor, count - cursor);
            count = cursor;
            CompactArena();
        }
        else
        {
            Trim();
        }
    }

    private static bool IsSame(object?[] references, in ReadOnlyTagCollection tags)
    {
        if (references.Length != 2 * tags.Count)
        {
            return false;
        }

        var i = 0;
        foreach (var tag in tags)
        {
            if (!ReferenceEquals(references[i], tag.Key) || !ReferenceEquals(references[i + 1], tag.Value))
            {
                return false;
            }

            i += 2;
        }

        return true;
    }

    private ReadOnlySpan<byte> Find(ReadOnlyTagCollection tags)
    {
        object? array = readsTagArray ? TagArray.Of(ref tags) : null;
        var end = Math.Min(cursor + SearchWindow(), count);
        for (var i = cursor; i < end; i++)
        {
            ref readonly var entry = ref entries[i];
            if (readsTagArray ? ReferenceEquals(entry.Identity, array) : IsSame((object?[])entry.Identity!, tags))
            {
                if (i != cursor)
                {
                    Diverge();
                }

                misses = 0;
                cursor = i + 1;
                return Show(entry);
            }
        }

        misses++;
        Diverge();
        return Show(Encode(readsTagArray ? array : References(tags), tags));
    }

    /// <summary>
    /// How far ahead to look. After a run of misses, at each power of two, that much farther: so the cursor gets over a gap of
    /// series that are idle, and a run of new series costs each of them a constant number of comparisons.
    /// </summary>
    private int SearchWindow() => BitOperations.IsPow2(misses + 1) ? Window * (misses + 1) : Window;

    private ReadOnlySpan<byte> Show(Entry entry)
    {
        if (hasDiverged)
        {
            if (spareCount == spare.Length)
            {
                Array.Resize(ref spare, Math.Max(16, spareCount * 2));
            }

            spare[spareCount++] = entry;
        }

        return arena.AsSpan(entry.Offset, entry.Length);
    }

    /// <summary>From here on the order differs from the last pass, so a new list is written.</summary>
    private void Diverge()
    {
        if (!hasDiverged)
        {
            hasDiverged = true;
            expected = 0;
            if (spare.Length < cursor)
            {
                spare = new Entry[Math.Max(count, 16)];
            }

            Array.Copy(entries, spare, cursor);
            spareCount = cursor;
        }
    }

    private Entry Encode(object? identity, in ReadOnlyTagCollection tags)
    {
        if (scratch.Length < tags.Count)
        {
            scratch = new KeyValuePair<string, object?>[tags.Count];
        }

        var length = 0;
        foreach (var tag in tags)
        {
            scratch[length++] = tag;
        }

        var needed = arenaUsed + prefix.Length + encoder.MaxBytes(length, constants) + suffix.Length;
        if (arena.Length < needed)
        {
            Array.Resize(ref arena, Math.Max(Math.Max(needed, arena.Length * 2), SmallestArena));
        }

        var free = arena.AsSpan(arenaUsed);
        prefix.CopyTo(free);
        var written = prefix.Length;
        written += encoder.Write(free[written..], scratch.AsSpan(0, length), constants);
        suffix.CopyTo(free[written..]);
        written += suffix.Length;
        Array.Clear(scratch, 0, length);

        var entry = new Entry(identity, arenaUsed, written);
        arenaUsed += written;
        return entry;
    }

    private static object?[] References(in ReadOnlyTagCollection tags)
    {
        var references = new object?[2 * tags.Count];
        var i = 0;
        foreach (var tag in tags)
        {
            references[i++] = tag.Key;
            references[i++] = tag.Value;
        }

        return references;
    }

    /// <summary>Gives memory back when more than half of it belongs to series that are gone.</summary>
    private void CompactArena()
    {
        var live = 0;
        foreach (ref readonly var entry in entries.AsSpan(0, count))
        {
            live += entry.Length;
        }

        if (arena.Length <= SmallestArena || arenaUsed <= 2 * live)
        {
            return;
        }

        var compacted = new byte[Math.Max(live, SmallestArena)];
        var used = 0;
        foreach (ref var entry in entries.AsSpan(0, count))
        {
            arena.AsSpan(entry.Offset, entry.Length).CopyTo(compacted.AsSpan(used));
            entry = new Entry(entry.Identity, used, entry.Length);
            used += entry.Length;
        }

        Debug.Assert(used == live, "Each live series is copied once.");
        arena = compacted;
        arenaUsed = used;
        if (entries.Length > 4 * count + 16)
        {
            Array.Resize(ref entries, count);
            spare = [];
        }
    }

    /// <summary>
    /// Gives most of what growing by doubling has left over back, where it is much, once a pass shows the same series as the one
    /// before. What stays bears a little growth, lest a series now and then cost a copy of all.
    /// </summary>
    private void Trim()
    {
        if (arena.Length - arenaUsed > Math.Max(MinSlack, arenaUsed / 8))
        {
            Array.Resize(ref arena, arenaUsed + (arenaUsed / 16));
        }

        if (entries.Length - count > Math.Max(MinSlack, count / 8))
        {
            Array.Resize(ref entries, count + (count / 16));
        }
    }

    private readonly record struct Entry(object? Identity, int Offset, int Length);
}
