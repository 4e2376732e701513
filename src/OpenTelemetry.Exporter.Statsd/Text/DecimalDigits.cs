using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Text;

/// <summary>The decimal digits of an unsigned integer.</summary>
/// <remarks>Stateless.</remarks>
internal static class DecimalDigits
{
    private static ReadOnlySpan<byte> Pairs =>
        "0001020304050607080910111213141516171819"u8 +
        "2021222324252627282930313233343536373839"u8 +
        "4041424344454647484950515253545556575859"u8 +
        "6061626364656667686970717273747576777879"u8 +
        "8081828384858687888990919293949596979899"u8;

    private static ReadOnlySpan<ulong> Powers =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    /// <summary>10^<paramref name="exponent"/>; 0 to 19.</summary>
    public static ulong PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>How many digits <paramref name="value"/> has: 1 to 20; 1 for zero.</summary>
    public static int Count(ulong value)
    {
        // All powers of ten but 1 are even, so this bit decides nothing but that zero has a digit. log10(2) is 1233 / 4096.
        value |= 1;
        var least = ((64 - BitOperations.LeadingZeroCount(value)) * 1233) >> 12;
        return least + (value >= Powers[least] ? 1 : 0);
    }

    /// <summary>Writes <paramref name="count"/> bytes: the digits of <paramref name="value"/>, after zeros if they are fewer.</summary>
    public static void Write(ref byte destination, int count, ulong value)
    {
        Debug.Assert(count >= Count(value), "Digits would be lost.");
        while (count > 8)
        {
            count -= 8;
            (value, var low) = Math.DivRem(value, 100_000_000);
            var (a, b) = Math.DivRem((uint)low, 10_000);
            WriteFour(ref Unsafe.Add(ref destination, count), a);
            WriteFour(ref Unsafe.Add(ref destination, count + 4), b);
        }

        var rest = (uint)value;
        while (count > 1)
        {
            count -= 2;
            (rest, var pair) = Math.DivRem(rest, 100);
            WriteTwo(ref Unsafe.Add(ref destination, count), pair);
        }

        if (count > 0)
        {
            destination = (byte)('0' + rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteFour(ref byte destination, uint value)
    {
        var (high, low) = Math.DivRem(value, 100);
        WriteTwo(ref destination, high);
        WriteTwo(ref Unsafe.Add(ref destination, 2), low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteTwo(ref byte destination, uint value) =>
        Unsafe.CopyBlockUnaligned(ref destination, ref Unsafe.Add(ref MemoryMarshal.GetReference(Pairs), value * 2), 2);
}
