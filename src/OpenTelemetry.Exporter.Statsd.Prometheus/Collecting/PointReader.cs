using System.Buffers.Binary;
using System.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>Walks the points of a metric in a collection.</summary>
/// <remarks>Each reader is for one thread at a time; any number may walk the same values. The current point may be read again and again.</remarks>
internal struct PointReader(MetricStream stream, StreamValues values)
{
    private int start;
    private int next;
    private int exemplarStart;
    private int exemplarEnd;

    /// <summary>The number of the current point, which its series has too.</summary>
    public int Index { get; private set; } = -1;

    /// <summary>When the metric began to be measured, in ticks since 1970.</summary>
    public readonly long StartTicks => values.StartTicks;

    /// <summary>The number: whole, or the bits of a <see langword="double"/>, see <see cref="MetricStream.IsDouble"/>.</summary>
    public readonly long Bits => BinaryPrimitives.ReadInt64LittleEndian(values.Points[start..]);

    public readonly HistogramValue Histogram => new(values.Points[(start + sizeof(int))..next], stream);

    /// <summary>What <see cref="ExemplarEnumerator"/> reads.</summary>
    public readonly ReadOnlySpan<byte> Exemplars => values.Exemplars[exemplarStart..exemplarEnd];

    public bool MoveNext()
    {
        if (++Index >= values.Count)
        {
            return false;
        }

        start = next;
        next += stream.Kind == MetricKind.Histogram
            ? BinaryPrimitives.ReadInt32LittleEndian(values.Points[start..])
            : sizeof(long);
        exemplarStart = exemplarEnd;
        SkipExemplars();
        return true;
    }

    private void SkipExemplars()
    {
        var exemplars = values.Exemplars;
        while (exemplarEnd < exemplars.Length)
        {
            var position = exemplarEnd;
            var point = (int)Varint.Read(exemplars, ref position);
            Debug.Assert(point >= Index, "Exemplars stand in the order of their points.");
            if (point > Index)
            {
                return;
            }

            ExemplarValue.Read(exemplars, ref position);
            exemplarEnd = position;
        }
    }

    public ref struct ExemplarEnumerator(ReadOnlySpan<byte> source)
    {
        private readonly ReadOnlySpan<byte> source = source;
        private int position;
        private ExemplarValue current;

        public readonly ExemplarValue Current => current;

        public readonly bool IsEmpty => source.IsEmpty;

        public readonly ExemplarEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (position == source.Length)
            {
                return false;
            }

            var next = position;
            Varint.Read(source, ref next);
            current = ExemplarValue.Read(source, ref next);
            position = next;
            return true;
        }
    }
}
