using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>The points of an export, until all of one set of attributes are together; each group's in the order in which they came.</summary>
/// <remarks>One owner at a time: the thread that exports. Memory grows to what the largest export took, and is bounded but for a single point.</remarks>
internal sealed class PointStore
{
    /// <summary>6 MB.</summary>
    private const int MaxPoints = 262_144;

    /// <summary>4 MB.</summary>
    private const int MaxValues = 262_144;

    private Point[] points = new Point[64];
    private HistogramValue[] histograms = [];
    private WeightedValue[] values = [];
    private int count;
    private int histogramCount;
    private int valueCount;

    /// <summary>Groups that have points, in the order of their first ones.</summary>
    public List<DocumentGroup> Groups { get; } = [];

    /// <summary>How many points there are.</summary>
    public int Count => count;

    /// <summary>Whether the points should be written before more are added.</summary>
    public bool IsFull => count >= MaxPoints || valueCount >= MaxValues;

    /// <summary>The memory that it takes.</summary>
    public long MemoryBytes => (points.Length * 24L) + (histograms.Length * 40L) + (values.Length * 16L);

    public ref readonly Point this[int index] => ref points[index];

    /// <summary>Adds a whole number.</summary>
    public void Add(DocumentGroup group, MetricText metric, long value) => Append(group, new Point(metric, value, PointKind.Whole));

    /// <summary>Adds a number.</summary>
    public void Add(DocumentGroup group, MetricText metric, double value) =>
        Append(group, new Point(metric, BitConverter.DoubleToInt64Bits(value), PointKind.Number));

    /// <summary>Adds a histogram.</summary>
    /// <param name="group">Its attributes.</param>
    /// <param name="metric">Its metric.</param>
    /// <param name="histogram">What is known of it as a whole.</param>
    /// <param name="weighted">Its values, the smallest first and the largest last; none if it is written without.</param>
    /// <param name="isAltered">Whether it had members that are not finite.</param>
    public void Add(DocumentGroup group, MetricText metric, in HistogramValue histogram, ReadOnlySpan<WeightedValue> weighted, bool isAltered)
    {
        Reserve(ref histograms, histogramCount + 1);
        Reserve(ref values, valueCount + weighted.Length);
        histograms[histogramCount] = histogram with { Start = valueCount, Length = weighted.Length };
        weighted.CopyTo(values.AsSpan(valueCount));
        valueCount += weighted.Length;
        Append(group, new Point(metric, histogramCount++, isAltered ? PointKind.AlteredHistogram : PointKind.Histogram));
    }

    /// <summary>The histogram that a point is.</summary>
    public ref readonly HistogramValue HistogramOf(in Point point)
    {
        Debug.Assert(point.IsHistogram, "Only a histogram has one.");
        return ref histograms[point.Bits];
    }

    /// <summary>Some of a histogram's values.</summary>
    public ReadOnlySpan<WeightedValue> ValuesOf(in HistogramValue histogram, int start, int length) => values.AsSpan(histogram.Start + start, length);

    /// <summary>Forgets all points.</summary>
    public void Clear()
    {
        foreach (var group in Groups)
        {
            group.FirstPoint = DocumentGroup.None;
        }

        Groups.Clear();
        Array.Clear(points, 0, count);
        count = 0;
        histogramCount = 0;
        valueCount = 0;
    }

    private static void Reserve<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(Math.Max(length, 2 * array.Length), 64));
        }
    }

    private void Append(DocumentGroup group, Point point)
    {
        Reserve(ref points, count + 1);
        points[count] = point;
        if (group.FirstPoint == DocumentGroup.None)
        {
            Groups.Add(group);
            group.FirstPoint = count;
        }
        else
        {
            points[group.LastPoint].Next = count;
        }

        group.LastPoint = count++;
    }
}
