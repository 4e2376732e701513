using System.Buffers.Binary;
using OpenTelemetry.Exporter.Prometheus.Buffers;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>A measurement that stands as an example for a point.</summary>
internal readonly ref struct ExemplarValue
{
    public const int TraceIdBytes = 16;
    public const int TraceBytes = TraceIdBytes + 8;

    private readonly ReadOnlySpan<byte> source;

    private ExemplarValue(ReadOnlySpan<byte> source, int length)
    {
        this.source = source[..length];
        Bits = BinaryPrimitives.ReadInt64LittleEndian(source);
        UnixTicks = BinaryPrimitives.ReadInt64LittleEndian(source[sizeof(long)..]);
    }

    /// <summary>The value: a whole number, or the bits of a <see langword="double"/> where the metric has those or is a histogram.</summary>
    public long Bits { get; }

    /// <summary>When it was recorded, in units of 100 ns since 1970.</summary>
    public long UnixTicks { get; }

    /// <summary>The trace; zeros if it was recorded outside of any.</summary>
    public ReadOnlySpan<byte> TraceId => source.Slice(2 * sizeof(long), TraceIdBytes);

    public ReadOnlySpan<byte> SpanId => source.Slice((2 * sizeof(long)) + TraceIdBytes, TraceBytes - TraceIdBytes);

    public bool HasTrace => TraceId.ContainsAnyExcept((byte)0);

    /// <summary>The attributes that the point does not have, because a view took them away.</summary>
    public AttributeEnumerator Attributes => new(source[((2 * sizeof(long)) + TraceBytes)..]);

    /// <summary>Reads an exemplar behind the number of its point, and moves <paramref name="position"/> past it.</summary>
    public static ExemplarValue Read(ReadOnlySpan<byte> source, scoped ref int position)
    {
        var attributes = new AttributeEnumerator(source[(position + (2 * sizeof(long)) + TraceBytes)..]);
        while (attributes.MoveNext())
        {
        }

        var length = (2 * sizeof(long)) + TraceBytes + attributes.Position;
        var exemplar = new ExemplarValue(source[position..], length);
        position += length;
        return exemplar;
    }

    /// <summary>Walks pairs of key and value, each in UTF-8.</summary>
    public ref struct AttributeEnumerator(ReadOnlySpan<byte> source)
    {
        private readonly ReadOnlySpan<byte> source = source;
        private int position;

        /// <summary>How much has been read.</summary>
        public readonly int Position => position;

        public ReadOnlySpan<byte> Key { get; private set; }

        public ReadOnlySpan<byte> Value { get; private set; }

        public bool MoveNext()
        {
            var keyLength = (int)Varint.Read(source, ref position) - 1;
            if (keyLength < 0)
            {
                return false;
            }

            Key = source.Slice(position, keyLength);
            position += keyLength;
            var valueLength = (int)Varint.Read(source, ref position);
            Value = source.Slice(position, valueLength);
            position += valueLength;
            return true;
        }
    }
}
