using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Which points make a document, and the document that they make.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. Most groups have points of the same metrics as the one before, so what declares them is kept
/// until it differs, and with it the knowledge that no name is there twice.
/// </remarks>
/// <param name="maxBytes">How long a document may be.</param>
/// <param name="maxSharedBytes">How long one of several points may be, at most as much.</param>
internal sealed class DocumentDraft(int maxBytes, int maxSharedBytes)
{
    /// <summary>Of one directive (EMF specification, "MetricDirective").</summary>
    private const int MaxMetrics = 100;

    /// <summary>Of one metric (EMF specification, "MetricTarget").</summary>
    private const int MaxValues = 100;

    /// <summary>Brackets around what differs, and what ends a document.</summary>
    private const int FrameBytes = 32;

    private readonly DocumentPart[] parts = new DocumentPart[MaxMetrics];
    private readonly MetricText[] metrics = new MetricText[MaxMetrics];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly byte[] scratch = new byte[ValueWriter.MaxBytes(MaxValues)];
    private DocumentHead head = null!;
    private int count;

    /// <summary>How long the document is without metrics, and with those that were added: at most, or exactly if it was measured.</summary>
    private int emptyBytes;
    private int bytes;
    private bool isMeasured;
    private bool isFull;

    /// <summary>How many of <see cref="metrics"/> the kept declaration is of.</summary>
    private int declared;
    private byte[] declaration = [];
    private int declarationLength;

    /// <summary>Whether what was added so far is what the kept declaration begins with; else <see cref="names"/> has the names.</summary>
    private bool isRepetition;

    public int Count => count;

    public ReadOnlySpan<DocumentPart> Parts => parts.AsSpan(0, count);

    /// <summary>Starts an export.</summary>
    public void Begin(DocumentHead head) => this.head = head;

    /// <summary>Starts a document.</summary>
    public void Clear(DocumentGroup group)
    {
        count = 0;
        isRepetition = true;
        isMeasured = false;
        isFull = false;
        emptyBytes = FrameBytes + head.Bytes.Length + group.Content.Length;
        bytes = emptyBytes;
    }

    /// <summary>How many values a histogram may have so that it fits into a document, at least 1.</summary>
    public int MaxValuesOf(DocumentGroup group, MetricText metric) => ValueWriter.MaxValuesIn(
        maxBytes - FrameBytes - head.Bytes.Length - group.Content.Length - metric.Length - 1, MaxValues);

    /// <summary>Adds a point, unless another has its name, there are as many as may be, or it does not fit.</summary>
    /// <remarks>The first one is added in any case. After one that does not fit none is added.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(PointStore points, in DocumentPart part, in Point point)
    {
        var metric = point.Metric;
        var more = metric.Length + 1 + (point.IsHistogram ? ValueWriter.MaxBytes(part.Length) : Utf8Number.MaxDoubleBytes);
        if (count == MaxMetrics || (count > 0 && (isMeasured || bytes + more > maxSharedBytes) && !Fits(points, in part, out more)))
        {
            return false;
        }

        var repeats = isRepetition && count < declared && ReferenceEquals(metrics[count], metric);
        if (!repeats && !TryDeclare(metric))
        {
            return false;
        }

        bytes += more;
        parts[count++] = part;
        return true;
    }

    /// <summary>Writes the document.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public bool TryWrite(Span<byte> destination, PointStore points, DocumentGroup group, out int written)
    {
        Declare();
        written = 0;
        return ValueWriter.TryAppend(destination, head.Bytes, ref written)
            && ValueWriter.TryAppend(destination, group.Dimensions, ref written)
            && ValueWriter.TryAppend(destination, declaration.AsSpan(0, declarationLength), ref written)
            && ValueWriter.TryAppend(destination, group.Members, ref written)
            && TryAppendValues(destination, points, ref written)
            && ValueWriter.TryAppend(destination, "}"u8, ref written);
    }

    /// <summary>Finds out how long a point really is, and those before it, once they might be too long together.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Fits(PointStore points, in DocumentPart part, out int partBytes)
    {
        partBytes = 0;
        if (!isFull)
        {
            if (!isMeasured)
            {
                isMeasured = true;
                bytes = emptyBytes;
                foreach (ref readonly var earlier in Parts)
                {
                    bytes += Measure(points, in earlier);
                }
            }

            partBytes = Measure(points, in part);
            isFull = bytes + partBytes > maxSharedBytes;
        }

        return !isFull;
    }

    private int Measure(PointStore points, in DocumentPart part)
    {
        ref readonly var point = ref points[part.Point];
        var length = 0;
        TryAppendValue(scratch, points, in part, in point, ref length);
        return point.Metric.Length + 1 + length;
    }

    /// <summary>Makes a metric the next one of the document, unless another has its name.</summary>
    private bool TryDeclare(MetricText metric)
    {
        if (isRepetition)
        {
            isRepetition = false;
            names.Clear();
            foreach (var earlier in metrics.AsSpan(0, count))
            {
                names.Add(earlier.Name);
            }

            declared = 0;
        }

        if (!names.Add(metric.Name))
        {
            return false;
        }

        metrics[count] = metric;
        return true;
    }

    /// <summary>Encodes what declares the metrics, unless they are the same as before.</summary>
    private void Declare()
    {
        if (declared == count)
        {
            return;
        }

        var length = 32;
        foreach (var metric in metrics.AsSpan(0, count))
        {
            length += metric.Declaration.Length + 1;
        }

        if (declaration.Length < length)
        {
            declaration = new byte[2 * length];
        }

        declarationLength = 0;
        var next = "\"Metrics\":["u8;
        foreach (var metric in metrics.AsSpan(0, count))
        {
            ValueWriter.TryAppend(declaration, next, ref declarationLength);
            ValueWriter.TryAppend(declaration, metric.Declaration, ref declarationLength);
            next = ","u8;
        }

        ValueWriter.TryAppend(declaration, "]}]}"u8, ref declarationLength);
        declared = count;
    }

    private bool TryAppendValues(Span<byte> destination, PointStore points, ref int written)
    {
        foreach (ref readonly var part in Parts)
        {
            ref readonly var point = ref points[part.Point];
            if (!ValueWriter.TryAppend(destination, point.Metric.Key, ref written) || !TryAppendValue(destination, points, in part, in point, ref written))
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryAppendValue(Span<byte> destination, PointStore points, in DocumentPart part, in Point point, ref int written) => point.Kind switch
    {
        PointKind.Whole => ValueWriter.TryAppend(destination, point.Bits, ref written),
        PointKind.Number => ValueWriter.TryAppend(destination, BitConverter.Int64BitsToDouble(point.Bits), ref written),
        _ => TryAppendHistogram(destination, points, in part, in points.HistogramOf(in point), ref written),
    };

    private static bool TryAppendHistogram(Span<byte> destination, PointStore points, in DocumentPart part, in HistogramValue histogram, ref int written)
    {
        var values = points.ValuesOf(in histogram, part.Start, part.Length);
        var value = part.Length == histogram.Length ? histogram : HistogramParts.Of(in histogram, points.ValuesOf(in histogram, 0, histogram.Length), part.Start, part.Length);
        return ValueWriter.TryAppend(destination, in value, values, ref written);
    }
}
