using System.Buffers.Binary;
using OpenTelemetry.Exporter.Prometheus.Buffers;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>A histogram point as it was collected.</summary>
internal readonly ref struct HistogramValue
{
    private readonly ReadOnlySpan<byte> counts;

    /// <summary>Reads what <see cref="StreamValues"/> wrote.</summary>
    /// <param name="source">The record, from behind its length to its end.</param>
    /// <param name="stream">The metric that it is of.</param>
    public HistogramValue(ReadOnlySpan<byte> source, MetricStream stream)
    {
        var position = 0;
        Count = (long)Varint.Read(source, ref position);
        Sum = ReadDouble(source, ref position);
        Min = ReadDouble(source, ref position);
        Max = ReadDouble(source, ref position);
        IsExponential = stream.IsExponential;
        Bounds = stream.Bounds;
        if (IsExponential)
        {
            Scale = (int)Varint.ReadSigned(source, ref position);
            ZeroCount = (long)Varint.Read(source, ref position);
            Offset = (int)Varint.ReadSigned(source, ref position);
        }

        counts = source[position..];
    }

    /// <summary>How many values, those included that have no place in a bucket: NaN and positive infinity in exponential ones.</summary>
    public long Count { get; }

    public double Sum { get; }

    /// <summary>The smallest value; NaN where the view does not record it.</summary>
    public double Min { get; }

    /// <summary>The largest value; NaN where the view does not record it.</summary>
    public double Max { get; }

    public bool IsExponential { get; }

    /// <summary>The finite bounds of explicit buckets; there is a count for each.</summary>
    public ReadOnlySpan<double> Bounds { get; }

    /// <summary>Of exponential buckets: the bucket of index <c>i</c> is (2^(i / 2^scale), 2^((i + 1) / 2^scale)].</summary>
    public int Scale { get; }

    /// <summary>How many values are zero; of exponential buckets.</summary>
    public long ZeroCount { get; }

    /// <summary>The index of the first count; of exponential buckets.</summary>
    public int Offset { get; }

    /// <summary>The counts of the buckets, in ascending order, not cumulative.</summary>
    public CountEnumerator Counts => new(counts);

    private static double ReadDouble(ReadOnlySpan<byte> source, ref int position)
    {
        var value = BinaryPrimitives.ReadDoubleLittleEndian(source[position..]);
        position += sizeof(double);
        return value;
    }

    public ref struct CountEnumerator(ReadOnlySpan<byte> source)
    {
        private readonly ReadOnlySpan<byte> source = source;
        private int position;

        public long Current { get; private set; }

        public readonly CountEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (position == source.Length)
            {
                return false;
            }

            Current = (long)Varint.Read(source, ref position);
            return true;
        }
    }
}
