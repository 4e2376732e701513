using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Values of several series, of each in the order in which they came, up to a fixed number.</summary>
/// <remarks>
/// One owner at a time: the pump. Each value knows the place of the next of its series, the last that of the first, and places that were taken are
/// used again: so one series can be taken without a look at the others. Numbers stand for places, since references would make the garbage
/// collector look at each. Memory grows up to the most values that have waited at a time, and never shrinks.
/// </remarks>
/// <param name="capacity">How many values there may be.</param>
internal sealed class ValueArena(int capacity)
{
    /// <summary>Of how many series: of more there are too few values each to be worth the memory.</summary>
    private const int MaxSeries = 8192;

    private const int FirstCapacity = 256;
    private const int None = -1;

    private readonly List<PendingHistogram> series = [];
    private readonly List<PendingHistogram> full = [];
    private double[] values = new double[FirstCapacity];
    private int[] following = new int[FirstCapacity];
    private double[] taken = new double[FirstCapacity];
    private int count;
    private int used;
    private int free = None;

    public bool IsEmpty => count == 0;

    public bool IsFull => count == capacity || series.Count == MaxSeries;

    public long MemoryBytes =>
        ((long)values.Length * (sizeof(double) + sizeof(int))) + ((long)taken.Length * sizeof(double)) + ((long)(series.Capacity + full.Capacity) * Unsafe.SizeOf<nint>());

    /// <summary>The series that have values, and some that had.</summary>
    public ReadOnlySpan<PendingHistogram> Series => CollectionsMarshal.AsSpan(series);

    /// <summary>The series that have come to have <see cref="PendingHistogram.Enough"/> values, and may have been taken since.</summary>
    public ReadOnlySpan<PendingHistogram> Full => CollectionsMarshal.AsSpan(full);

    /// <summary>Adds a value, of which there has to be room for one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(PendingHistogram owner, double value)
    {
        Debug.Assert(count < capacity && (owner.IsListed || series.Count < MaxSeries), "Who adds asks first.");
        var place = NextPlace();
        values[place] = value;
        if (owner.Values == 0)
        {
            following[place] = place;
            List(owner);
        }
        else
        {
            following[place] = following[owner.Last];
            following[owner.Last] = place;
        }

        owner.Last = place;
        count++;
        if (++owner.Values == owner.Enough)
        {
            full.Add(owner);
        }
    }

    /// <summary>The values of a series, which has none after that. Valid until the next call.</summary>
    public Span<double> Take(PendingHistogram owner)
    {
        var number = owner.Values;
        if (number == 0)
        {
            return [];
        }

        if (taken.Length < number)
        {
            taken = new double[values.Length];
        }

        var first = following[owner.Last];
        var place = first;
        for (var i = 0; i < number; i++)
        {
            taken[i] = values[place];
            place = following[place];
        }

        following[owner.Last] = free;
        free = first;
        owner.Values = 0;
        count -= number;
        return taken.AsSpan(0, number);
    }

    /// <summary>Gives back the last of what was taken of a series.</summary>
    public void PutBack(PendingHistogram owner, ReadOnlySpan<double> left)
    {
        Debug.Assert(owner.Values == 0 && left.Length < owner.Enough, "What is enough is not given back.");
        foreach (var value in left)
        {
            Add(owner, value);
        }
    }

    /// <summary>Says that those were seen to that are in <see cref="Full"/>.</summary>
    public void ClearFull() => full.Clear();

    /// <summary>Makes room.</summary>
    /// <returns>How many values were not taken, and are lost.</returns>
    public int Clear()
    {
        var left = count;
        foreach (var owner in series)
        {
            owner.Values = 0;
            owner.Accepted = 0;
            owner.IsListed = false;
        }

        series.Clear();
        full.Clear();
        (count, used, free) = (0, 0, None);
        return left;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int NextPlace()
    {
        var place = free;
        if (place != None)
        {
            free = following[place];
            return place;
        }

        if (used == values.Length)
        {
            Grow();
        }

        return used++;
    }

    private void List(PendingHistogram owner)
    {
        if (!owner.IsListed)
        {
            owner.IsListed = true;
            series.Add(owner);
        }
    }

    private void Grow()
    {
        var length = Math.Min(values.Length * 2, capacity);
        Array.Resize(ref values, length);
        Array.Resize(ref following, length);
    }
}
