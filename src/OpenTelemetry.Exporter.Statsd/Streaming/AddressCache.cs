using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Finds a series by the addresses of its tags' keys and values, mostly the same objects each time, without looking into them.</summary>
/// <remarks>
/// <para>An address is a hint where to look: the collector moves objects. An entry is the right one only if it has the very same objects, which it
/// keeps alive; so an old address is a miss and never more.</para>
/// <para>Any thread, no lock. Entries, mostly the series themselves, never change once they are published by a release; two threads that add at the same time may undo
/// each other's addition, which is a miss later.</para>
/// <para>Values that are made for each measurement, such as boxed numbers, would never be found again. So adding costs credit, and
/// an entry that is found for the first time gives it back. Without credit nothing is added until the collector has run, and so may have moved
/// what was found before; and if of all that was added since the last time nothing was found, until it has run twice as often as that time. So
/// whatever the tags, additions become ever rarer until one is of use.</para>
/// </remarks>
internal sealed class AddressCache
{
    private const int Ways = 2;
    private const int FirstLength = 64;
    private const int MaxLength = 4096;
    private const int FirstCredit = 1024;
    private const int CreditAfterCollection = 256;
    private const int MaxPause = 1 << 20;
    private const int PlacesPerSeries = 4;

    private SeriesAddress?[] entries = new SeriesAddress?[FirstLength];
    private long aliasBytes;
    private int credit = FirstCredit;

    // Of the last time that credit was given: how often the collector had run by then, and how often it has to until the next.
    private int collections;
    private int pause = 1;
    private bool hasHelped = true;

    /// <summary>The series that was added with these very objects, if it is still here; it may have been forgotten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StreamSeries? Find(Tags tags)
    {
        var entries = Volatile.Read(ref this.entries);
        var hash = HashOf(tags);
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(entries), PairOf(hash, entries.Length));
        var entry = Volatile.Read(ref first);
        if (entry is null || !entry.Has(tags))
        {
            entry = Volatile.Read(ref Unsafe.Add(ref first, 1));
            if (entry is null || !entry.Has(tags))
            {
                return FindElsewhere(tags, entries, hash);
            }
        }

        if (!entry.WasFound)
        {
            Reward(entry);
        }

        return SeriesOf(entry);
    }

    /// <summary>Adds what was not found, if that is likely to be of use.</summary>
    /// <param name="tags">The objects to go by.</param>
    /// <param name="series">Their series.</param>
    /// <param name="count">How many series there are: the cache has four times as many places, up to a limit.</param>
    public void Add(Tags tags, StreamSeries series, int count)
    {
        if (!Spend())
        {
            return;
        }

        var entries = Volatile.Read(ref this.entries);
        if (count > entries.Length / PlacesPerSeries && entries.Length < MaxLength)
        {
            // Those of the smaller array will be added anew when they are missed.
            entries = new SeriesAddress?[entries.Length * 4];
            Volatile.Write(ref aliasBytes, 0);
            Volatile.Write(ref this.entries, entries);
        }

        SeriesAddress added = series.Has(tags) ? series : new SeriesAlias(tags.ToArray(), series);

        // It may have been of use at another address.
        added.WasFound = false;
        var replaced = Interlocked.Exchange(ref PlaceFor(tags, entries), added);
        Interlocked.Add(ref aliasBytes, AliasBytes(added) - AliasBytes(replaced));
    }

    /// <summary>The memory that it takes beside the series, of what threads add at the same time not all perhaps. For any thread.</summary>
    public long MemoryBytes => ((long)Volatile.Read(ref entries).Length * Unsafe.SizeOf<nint>()) + Math.Max(0, Volatile.Read(ref aliasBytes));

    /// <summary>Lets go of everything. What is being added at the same time may stay.</summary>
    public void Clear()
    {
        Volatile.Write(ref aliasBytes, 0);
        Volatile.Write(ref entries, new SeriesAddress?[Ways]);
    }

    private static int AliasBytes(SeriesAddress? entry) => entry is SeriesAlias alias ? alias.MemoryBytes : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static StreamSeries SeriesOf(SeriesAddress entry) => entry is StreamSeries series ? series : SeriesOfAlias(entry);

    /// <remarks>Apart, so that nothing of a cast is in the way of all others.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StreamSeries SeriesOfAlias(SeriesAddress entry) => ((SeriesAlias)entry).Series;

    /// <summary>Of the values alone, for the keys are seldom others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashOf(Tags tags)
    {
        var sum = (ulong)tags.Length;
        ref var first = ref Unsafe.As<KeyValuePair<string, object?>, Addresses>(ref MemoryMarshal.GetReference(tags));
        for (var i = 0; i < tags.Length; i++)
        {
            sum = BitOperations.RotateLeft(sum, 7) + (ulong)Unsafe.Add(ref first, i).Value;
        }

        // Of the product, the upper bits depend on all that tell addresses apart.
        return sum * 0x9E3779B97F4A7C15;
    }

    /// <summary>Where to look first: there and in the next place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PairOf(ulong hash, int length) => (int)(hash >> 40) & (length - Ways);

    /// <summary>Where to look then, so that three that would have the same pair do not drive each other out.</summary>
    private static int OtherPairOf(ulong hash, int length) => (int)(hash >> 28) & (length - Ways);

    /// <summary>A place that is free, or whose entry has not been of use so far; if there is none, any.</summary>
    private ref SeriesAddress? PlaceFor(Tags tags, SeriesAddress?[] entries)
    {
        var hash = HashOf(tags);
        var (pair, other) = (PairOf(hash, entries.Length), OtherPairOf(hash, entries.Length));
        ReadOnlySpan<int> places = [pair, pair + 1, other, other + 1];
        foreach (var place in places)
        {
            if (entries[place] is not { } entry || SeriesOf(entry).LiveId == 0)
            {
                return ref entries[place];
            }
        }

        foreach (var place in places)
        {
            if (entries[place] is { WasFound: false })
            {
                return ref entries[place];
            }
        }

        // Some of them may have been of use only until the collector moved their objects, so it is another one each time.
        return ref entries[places[Volatile.Read(ref credit) & (places.Length - 1)]];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private StreamSeries? FindElsewhere(Tags tags, SeriesAddress?[] entries, ulong hash)
    {
        var pair = OtherPairOf(hash, entries.Length);
        for (var way = 0; way < Ways; way++)
        {
            if (Volatile.Read(ref entries[pair + way]) is { } entry && entry.Has(tags))
            {
                if (!entry.WasFound)
                {
                    Reward(entry);
                }

                return SeriesOf(entry);
            }
        }

        return null;
    }

    private bool Spend()
    {
        if (credit <= 0)
        {
            var now = GC.CollectionCount(0);
            if (now - collections < pause)
            {
                return false;
            }

            pause = hasHelped ? 1 : Math.Min(pause * 2, MaxPause);
            (collections, credit, hasHelped) = (now, CreditAfterCollection, false);
        }

        credit--;
        return true;
    }

    private void Reward(SeriesAddress entry)
    {
        entry.WasFound = true;
        hasHelped = true;
        credit++;
    }

    /// <summary>A tag as two numbers. Were it laid out otherwise, hints would be worse, nothing else.</summary>
    private readonly struct Addresses
    {
        public readonly nint Key;
        public readonly nint Value;
    }
}
