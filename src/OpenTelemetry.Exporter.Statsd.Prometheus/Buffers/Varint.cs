using System.Numerics;

namespace OpenTelemetry.Exporter.Prometheus.Buffers;

/// <summary>Whole numbers in as many bytes as they need, seven bits in each, the least first.</summary>
/// <remarks>Stateless. Protocol Buffers documentation, "Encoding", base 128 varints and ZigZag.</remarks>
internal static class Varint
{
    /// <summary>The most bytes that a number takes.</summary>
    public const int MaxBytes = 10;

    /// <summary>The bytes that <paramref name="value"/> takes.</summary>
    public static int Size(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) / 64;

    /// <summary>Signed numbers near zero, of either sign, as small ones.</summary>
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static bool TryWrite(Span<byte> destination, ulong value, out int written)
    {
        written = 0;
        while (written < destination.Length)
        {
            if (value < 0x80)
            {
                destination[written++] = (byte)value;
                return true;
            }

            destination[written++] = (byte)(value | 0x80);
            value >>= 7;
        }

        written = 0;
        return false;
    }

    /// <summary>Reads what <see cref="TryWrite"/> wrote, and moves <paramref name="position"/> past it.</summary>
    public static ulong Read(ReadOnlySpan<byte> source, scoped ref int position)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = source[position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>Reads a number that was written through <see cref="ZigZag"/>.</summary>
    public static long ReadSigned(ReadOnlySpan<byte> source, scoped ref int position)
    {
        var value = Read(source, ref position);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
