using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Something that is kept of each series of one metric, from export to export.</summary>
/// <typeparam name="T">What is kept.</typeparam>
/// <remarks>
/// <para>The SDK shows the series of a metric in the same order each time, with the very same tag objects as long as a series
/// stays active. So this is a list in that order, walked by a cursor: a series whose identity stands at the cursor, or
/// shortly after it, is known; any other is added anew, unless whoever asks wants it to be looked up. Nothing is hashed until then. A
/// series that is not shown is gone with the end of the pass.</para>
/// <para>One owner at a time: the thread that exports. Memory follows the number of live series.</para>
/// </remarks>
/// <param name="readsTagArray">Whether the SDK's own array stands for a series, see <see cref="TagArray"/>; else its tags are compared one by one.</param>
internal sealed class SeriesCursor<T>(bool readsTagArray)
    where T : struct
{
    private const int Window = 32;
    private const int MinSlack = 4096;

    private static readonly object NoTags = new();

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

    // Once the order differs: how many of the list were shown, and where each of them stands if any had to be looked up.
    private int found;
    private Dictionary<object, int>? table;

    /// <summary>How many series the last pass showed.</summary>
    public int Count => count;

    /// <summary>The size of the lists, in bytes.</summary>
    public long MemoryBytes => (long)(entries.Length + spare.Length) * Unsafe.SizeOf<Entry>();

    /// <summary>What is kept of the series that the last pass showed. Only between passes.</summary>
    public Span<Entry> Live => entries.AsSpan(0, count);

    /// <summary>Starts a pass over all series of the metric.</summary>
    /// <returns>Whether the last pass was broken off, so that nobody knows which series are live, and all are forgotten.</returns>
    public bool BeginPass()
    {
        var isBroken = isInPass;
        if (isBroken)
        {
            Array.Clear(entries);
            Array.Clear(spare);
            count = 0;
            table = null;
        }

        isInPass = true;
        misses = 0;
        cursor = 0;
        spareCount = 0;
        hasDiverged = false;
        expected = readsTagArray ? count : 0;
        return isBroken;
    }

    /// <summary>The next series on the shortest way: where the cursor stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStep(ReadOnlyTagCollection tags, out T value)
    {
        if (cursor < expected)
        {
            ref readonly var entry = ref entries[cursor];
            if (ReferenceEquals(entry.Identity, TagArray.Of(ref tags)))
            {
                cursor++;
                value = entry.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The next series, where the cursor stands or shortly after it; of one that is not there, <see cref="Add"/> is next, or <see cref="TryLookUp"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryFind(ReadOnlyTagCollection tags, out T value)
    {
        object? array = readsTagArray ? TagArray.Of(ref tags) : null;
        var end = Math.Min(cursor + SearchWindow(), count);
        for (var i = cursor; i < end; i++)
        {
            ref readonly var entry = ref entries[i];
            if (readsTagArray ? ReferenceEquals(entry.Identity, array) : TagReferences.IsSame((object?[])entry.Identity!, tags))
            {
                if (i != cursor)
                {
                    Diverge();
                }

                ShowAt(i);
                value = entry.Value;
                return true;
            }
        }

        misses++;
        Diverge();
        value = default;
        return false;
    }

    /// <summary>The series that <see cref="TryFind"/> did not know, wherever it stands; of one that is nowhere, <see cref="Add"/> is next.</summary>
    /// <remarks>
    /// For what must not be lost as long as a series lives, and is worth a table of all series in each pass that has new ones in between or misses
    /// many at once. Where all that are known have been shown, there is nothing to look up.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryLookUp(ReadOnlyTagCollection tags, out T value)
    {
        Debug.Assert(hasDiverged, "A series is looked up after it was not found.");
        value = default;
        if (found == count)
        {
            return false;
        }

        table ??= Tabulate();
        if (!table.TryGetValue(IdentityOf(tags) ?? NoTags, out var index))
        {
            return false;
        }

        ShowAt(index);
        value = entries[index].Value;
        return true;
    }

    /// <summary>Adds the series that is not known.</summary>
    public void Add(ReadOnlyTagCollection tags, T value)
    {
        Debug.Assert(hasDiverged, "A series that is known is not added.");
        Show(new Entry(IdentityOf(tags), value));
    }

    /// <summary>Ends a pass: forgets the series that it did not show.</summary>
    /// <returns>Whether it showed others than the pass before, or in another order.</returns>
    public bool EndPass()
    {
        Debug.Assert(isInPass, "A pass ends once.");
        isInPass = false;
        table = null;
        var hasChanged = hasDiverged || cursor < count;
        if (hasDiverged)
        {
            (entries, spare) = (spare, entries);
            Array.Clear(spare, 0, count);
            count = spareCount;
        }
        else
        {
            Array.Clear(entries, cursor, count - cursor);
            count = cursor;
        }

        Trim(hasChanged);
        return hasChanged;
    }

    private Dictionary<object, int> Tabulate()
    {
        IEqualityComparer<object> comparer = readsTagArray ? ReferenceEqualityComparer.Instance : TagReferences.Comparer;
        var all = new Dictionary<object, int>(count, comparer);
        for (var i = 0; i < count; i++)
        {
            all.TryAdd(entries[i].Identity ?? NoTags, i);
        }

        return all;
    }

    private object? IdentityOf(ReadOnlyTagCollection tags) => readsTagArray ? TagArray.Of(ref tags) : TagReferences.Of(tags);

    private void ShowAt(int index)
    {
        misses = 0;
        cursor = index + 1;
        found++;
        Show(entries[index]);
    }

    /// <summary>
    /// How far ahead to look. After a run of misses, at each power of two, that much farther: so the cursor gets over a gap of
    /// series that are idle, and a run of new series costs each of them a constant number of comparisons.
    /// </summary>
    private int SearchWindow() => BitOperations.IsPow2(misses + 1) ? Window * (misses + 1) : Window;

    private void Show(in Entry entry)
    {
        if (hasDiverged)
        {
            if (spareCount == spare.Length)
            {
                Array.Resize(ref spare, Math.Max(16, spareCount * 2));
            }

            spare[spareCount++] = entry;
        }
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
            found = cursor;
        }
    }

    /// <summary>
    /// Gives most of what growing by doubling has left over back, where it is much: at once if most series are gone, else once a pass shows the same
    /// series as the one before. What stays bears a little growth, lest a series now and then cost a copy of all.
    /// </summary>
    private void Trim(bool hasChanged)
    {
        if (hasChanged)
        {
            if (entries.Length > (4 * count) + 16)
            {
                Array.Resize(ref entries, count);
                spare = [];
            }
        }
        else if (entries.Length - count > Math.Max(MinSlack, count / 8))
        {
            Array.Resize(ref entries, count + (count / 16));
        }
    }

    /// <param name="Identity">What the series is known by.</param>
    /// <param name="Value">What is kept of it.</param>
    public readonly record struct Entry(object? Identity, T Value);
}
