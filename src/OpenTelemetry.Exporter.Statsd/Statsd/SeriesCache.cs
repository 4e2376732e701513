using System.Diagnostics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What is encoded of each series of one metric: its tags, with what surrounds them in a line; reused from export to export.</summary>
/// <remarks>One owner at a time: the thread that exports. Memory follows the number of live series.</remarks>
internal sealed class SeriesCache(TagEncoder encoder, EncodedTag[] constants, byte[] prefix, byte[] suffix, bool readsTagArray)
{
    private const int SmallestArena = 1024;
    private const int MinSlack = 4096;

    private readonly SeriesCursor<Fragment> series = new(readsTagArray);
    private byte[] arena = [];
    private int arenaUsed;
    private KeyValuePair<string, object?>[] scratch = [];

    /// <summary>How many series the last pass showed.</summary>
    public int Count => series.Count;

    /// <summary>The size of the fragments in memory, in bytes.</summary>
    public int ArenaBytes => arena.Length;

    /// <summary>The size of the fragments and of the lists of them, in bytes.</summary>
    public long MemoryBytes => arena.Length + series.MemoryBytes;

    /// <summary>Starts a pass over all series of the metric.</summary>
    public void BeginPass()
    {
        if (series.BeginPass())
        {
            arenaUsed = 0;
        }
    }

    /// <summary>The encoded fragment of the next series: the prefix, the tags, the suffix.</summary>
    /// <returns>Valid until the next call.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Next(ReadOnlyTagCollection tags) =>
        series.TryStep(tags, out var fragment) ? arena.AsSpan(fragment.Offset, fragment.Length) : Find(tags);

    /// <summary>Ends a pass: forgets the series that it did not show.</summary>
    public void EndPass()
    {
        if (series.EndPass())
        {
            CompactArena();
        }
        else if (arena.Length - arenaUsed > Math.Max(MinSlack, arenaUsed / 8))
        {
            // Most of what growing by doubling has left over; what stays bears a little growth.
            Array.Resize(ref arena, arenaUsed + (arenaUsed / 16));
        }
    }

    private ReadOnlySpan<byte> Find(ReadOnlyTagCollection tags)
    {
        if (!series.TryFind(tags, out var fragment))
        {
            fragment = Encode(tags);
            series.Add(tags, fragment);
        }

        return arena.AsSpan(fragment.Offset, fragment.Length);
    }

    private Fragment Encode(in ReadOnlyTagCollection tags)
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

        var fragment = new Fragment(arenaUsed, written);
        arenaUsed += written;
        return fragment;
    }

    /// <summary>Gives memory back when more than half of it belongs to series that are gone.</summary>
    private void CompactArena()
    {
        var live = 0;
        foreach (ref readonly var entry in series.Live)
        {
            live += entry.Value.Length;
        }

        if (arena.Length <= SmallestArena || arenaUsed <= 2 * live)
        {
            return;
        }

        var compacted = new byte[Math.Max(live, SmallestArena)];
        var used = 0;
        foreach (ref var entry in series.Live)
        {
            var fragment = entry.Value;
            arena.AsSpan(fragment.Offset, fragment.Length).CopyTo(compacted.AsSpan(used));
            entry = entry with { Value = new Fragment(used, fragment.Length) };
            used += fragment.Length;
        }

        Debug.Assert(used == live, "Each live series is copied once.");
        arena = compacted;
        arenaUsed = used;
    }

    /// <summary>Where a series is in the arena.</summary>
    private readonly record struct Fragment(int Offset, int Length);
}
