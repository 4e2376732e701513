using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Values of several series in the order in which they came, which it brings in order series by series; in fixed memory.</summary>
/// <remarks>One owner at a time: the pump. Numbers stand for series, since references would make the garbage collector look at each.</remarks>
internal sealed class ValueArena
{
    private readonly int[] owners;
    private readonly double[] values;
    private readonly double[] grouped;
    private readonly List<PendingSeries> series = [];
    private int[] ends = [];
    private int count;

    public ValueArena(int capacity)
    {
        owners = new int[capacity];
        values = new double[capacity];
        grouped = new double[capacity];
    }

    public bool IsEmpty => count == 0;

    public bool IsFull => count == values.Length;

    public long MemoryBytes => (long)values.Length * (sizeof(int) + sizeof(double) + sizeof(double));

    /// <summary>Adds a value, of which there has to be room for one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(PendingSeries owner, double value)
    {
        Debug.Assert(!IsFull, "Who adds asks first.");
        if (owner.Values == 0)
        {
            owner.Position = series.Count;
            series.Add(owner);
        }

        owner.Values++;
        owners[count] = owner.Position;
        values[count] = value;
        count++;
    }

    /// <summary>Brings the values of each series together, in the order in which they came.</summary>
    /// <returns>The series, of which <see cref="Take"/> gives the values.</returns>
    public ReadOnlySpan<PendingSeries> Group()
    {
        if (ends.Length < series.Count)
        {
            ends = new int[series.Capacity];
        }

        var start = 0;
        for (var i = 0; i < series.Count; i++)
        {
            ends[i] = start;
            start += series[i].Values;
        }

        Debug.Assert(start == count, "Each value is one of a series.");
        for (var i = 0; i < count; i++)
        {
            grouped[ends[owners[i]]++] = values[i];
        }

        return CollectionsMarshal.AsSpan(series);
    }

    /// <summary>The values of a series, which has none after that. Valid until the next <see cref="Clear"/>.</summary>
    public Span<double> Take(PendingSeries owner)
    {
        var taken = grouped.AsSpan(ends[owner.Position] - owner.Values, owner.Values);
        owner.Values = 0;
        return taken;
    }

    /// <summary>Makes room.</summary>
    /// <returns>How many values were not taken, and are lost.</returns>
    public int Clear()
    {
        var left = 0;
        foreach (var owner in series)
        {
            left += owner.Values;
            owner.Values = 0;
        }

        series.Clear();
        count = 0;
        return left;
    }
}
