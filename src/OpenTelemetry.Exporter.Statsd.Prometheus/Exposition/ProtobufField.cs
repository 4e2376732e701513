using System.Buffers.Binary;
using OpenTelemetry.Exporter.Prometheus.Buffers;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes fields of Protocol Buffers messages.</summary>
/// <remarks>
/// Stateless. Each method adds to <c>written</c> and returns <see langword="false"/> if <c>destination</c> is too short, whose
/// content behind <c>written</c> is undefined then. See "Encoding" of the Protocol Buffers documentation.
/// </remarks>
internal static class ProtobufField
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int LengthType = 2;

    public static bool TryWriteVarint(Span<byte> destination, int field, ulong value, ref int written) =>
        TryWriteTag(destination, field, VarintType, ref written) && TryWriteRaw(destination, value, ref written);

    public static bool TryWriteSigned(Span<byte> destination, int field, long value, ref int written) =>
        TryWriteVarint(destination, field, Varint.ZigZag(value), ref written);

    public static bool TryWriteDouble(Span<byte> destination, int field, double value, ref int written)
    {
        if (!TryWriteTag(destination, field, Fixed64Type, ref written)
            || !BinaryPrimitives.TryWriteDoubleLittleEndian(destination[written..], value))
        {
            return false;
        }

        written += sizeof(double);
        return true;
    }

    public static bool TryWriteBytes(Span<byte> destination, int field, ReadOnlySpan<byte> value, ref int written)
    {
        if (!TryWriteTag(destination, field, LengthType, ref written)
            || !TryWriteRaw(destination, (ulong)value.Length, ref written)
            || !value.TryCopyTo(destination[written..]))
        {
            return false;
        }

        written += value.Length;
        return true;
    }

    /// <summary>Begins a field whose length is not known yet: a message, or packed numbers.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="field">The field.</param>
    /// <param name="start">Where its content begins; for <see cref="TryClose"/>.</param>
    /// <param name="written">Bytes written.</param>
    public static bool TryOpen(Span<byte> destination, int field, out int start, ref int written)
    {
        // Room for a length of one byte; a longer one moves the content.
        var fits = TryWriteTag(destination, field, LengthType, ref written) && written < destination.Length;
        start = ++written;
        return fits;
    }

    /// <summary>Ends the field whose content began at <paramref name="start"/>.</summary>
    public static bool TryClose(Span<byte> destination, int start, ref int written)
    {
        var length = written - start;
        var size = Varint.Size((ulong)length);
        if (written + size - 1 > destination.Length)
        {
            return false;
        }

        if (size > 1)
        {
            destination.Slice(start, length).CopyTo(destination[(start + size - 1)..]);
            written += size - 1;
        }

        return Varint.TryWrite(destination[(start - 1)..], (ulong)length, out _);
    }

    public static bool TryWriteRaw(Span<byte> destination, ulong value, ref int written)
    {
        var fits = Varint.TryWrite(destination[written..], value, out var count);
        written += count;
        return fits;
    }

    private static bool TryWriteTag(Span<byte> destination, int field, int type, ref int written) =>
        TryWriteRaw(destination, (ulong)((field << 3) | type), ref written);
}
