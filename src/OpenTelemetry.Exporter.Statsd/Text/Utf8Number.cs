using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Text;

/// <summary>Writes numbers as UTF-8, the same in every culture.</summary>
/// <remarks>
/// Stateless; allocates nothing. Nothing is written past <c>written</c> on success; on failure <c>written</c> is 0 and the
/// destination is as it was.
/// </remarks>
internal static class Utf8Number
{
    /// <summary>The most bytes that an integer takes, signed or not: those of <see cref="long.MinValue"/>.</summary>
    public const int MaxInt64Bytes = 20;

    /// <summary>The most bytes that <see cref="TryWrite(Span{byte}, double, out int)"/> writes: 17 digits after <c>-0.000000</c>.</summary>
    public const int MaxDoubleBytes = 26;

    /// <summary>The most bytes that <see cref="TryWritePlain"/> writes: -2.2250738585072014e-308 has 324 decimals.</summary>
    public const int MaxPlainDoubleBytes = 327;

    private const double LeastPlain = 1e-7;
    private const double LeastScientific = 1e21;

    /// <summary>Writes <paramref name="value"/> in decimal.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWrite(Span<byte> destination, long value, out int written) =>
        TryWriteWhole(destination, value < 0, value < 0 ? 0 - (ulong)value : (ulong)value, out written);

    /// <inheritdoc cref="TryWrite(Span{byte}, long, out int)"/>
    public static bool TryWrite(Span<byte> destination, ulong value, out int written) =>
        TryWriteWhole(destination, negative: false, value, out written);

    /// <summary>
    /// Writes <paramref name="value"/> with the fewest digits that read back as the same number: plain decimal from 1e-7 up to,
    /// not including, 1e21; with an exponent (<c>1.5e-9</c>, <c>1e+21</c>) outside.
    /// </summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="value">Finite. Negative zero is written <c>0</c>: StatsD reads a gauge with a sign as a difference.</param>
    /// <param name="written">The bytes written.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWrite(Span<byte> destination, double value, out int written) =>
        TryWriteDouble(destination, value, alwaysPlain: false, out written);

    /// <summary>As <see cref="TryWrite(Span{byte}, double, out int)"/>, but never with an exponent.</summary>
    /// <inheritdoc cref="TryWrite(Span{byte}, double, out int)"/>
    public static bool TryWritePlain(Span<byte> destination, double value, out int written) =>
        TryWriteDouble(destination, value, alwaysPlain: true, out written);

    private static bool TryWriteDouble(Span<byte> destination, double value, bool alwaysPlain, out int written)
    {
        Debug.Assert(double.IsFinite(value), "What stands for NaN and infinity is for each format to say.");
        var negative = value < 0;
        var magnitude = Math.Abs(value);
        if (FixedPoint.TryWhole(magnitude, out var whole))
        {
            return TryWriteWhole(destination, negative, whole, out written);
        }

        if (FixedPoint.TryScale(magnitude, out var scaled))
        {
            return TryWriteFixed(destination, negative, scaled, out written);
        }

        var number = ShortestDecimal.Of(magnitude);
        return alwaysPlain || magnitude is >= LeastPlain and < LeastScientific
            ? TryWriteShortest(destination, negative, number, out written)
            : TryWriteScientific(destination, negative, number, out written);
    }

    /// <summary><c>1234</c></summary>
    private static bool TryWriteWhole(Span<byte> destination, bool negative, ulong magnitude, out int written)
    {
        var digits = DecimalDigits.Count(magnitude);
        ref var body = ref TryTake(destination, negative, digits, out written);
        if (written == 0)
        {
            return false;
        }

        DecimalDigits.Write(ref body, digits, magnitude);
        return true;
    }

    /// <summary><c>12.34</c></summary>
    private static bool TryWriteFixed(Span<byte> destination, bool negative, ulong scaled, out int written)
    {
        var (whole, rest) = Math.DivRem(scaled, FixedPoint.Scale);
        var fraction = (uint)rest;
        var decimals = FixedPoint.Decimals;
        while (fraction % 10 == 0)
        {
            fraction /= 10;
            decimals--;
        }

        var point = DecimalDigits.Count(whole);
        ref var body = ref TryTake(destination, negative, point + 1 + decimals, out written);
        if (written == 0)
        {
            return false;
        }

        WriteWithPoint(ref body, point, decimals, whole, fraction);
        return true;
    }

    /// <summary><c>123400</c>, <c>12.34</c> or <c>0.001234</c></summary>
    private static bool TryWriteShortest(Span<byte> destination, bool negative, ShortestDecimal number, out int written)
    {
        var (significand, exponent) = number;
        var digits = DecimalDigits.Count(significand);
        var point = digits + exponent; // The digits before the decimal point; negative if zeros come after it.
        var length = exponent >= 0 ? point : point > 0 ? digits + 1 : 2 - point + digits;
        ref var body = ref TryTake(destination, negative, length, out written);
        if (written == 0)
        {
            return false;
        }

        if (exponent >= 0)
        {
            DecimalDigits.Write(ref body, digits, significand);
            WriteZeros(ref Unsafe.Add(ref body, digits), exponent);
        }
        else if (point > 0)
        {
            var (whole, fraction) = Math.DivRem(significand, DecimalDigits.PowerOfTen(-exponent));
            WriteWithPoint(ref body, point, -exponent, whole, fraction);
        }
        else
        {
            WriteZeros(ref body, 2 - point);
            Unsafe.Add(ref body, 1) = (byte)'.';
            DecimalDigits.Write(ref Unsafe.Add(ref body, 2 - point), digits, significand);
        }

        return true;
    }

    /// <summary><c>1.234e+56</c></summary>
    private static bool TryWriteScientific(Span<byte> destination, bool negative, ShortestDecimal number, out int written)
    {
        var decimals = DecimalDigits.Count(number.Digits) - 1;
        var exponent = number.Exponent + decimals;
        var power = (uint)Math.Abs(exponent);
        var powerDigits = DecimalDigits.Count(power);
        var mark = decimals == 0 ? 1 : 1 + 1 + decimals;
        ref var body = ref TryTake(destination, negative, mark + 2 + powerDigits, out written);
        if (written == 0)
        {
            return false;
        }

        if (decimals == 0)
        {
            DecimalDigits.Write(ref body, 1, number.Digits);
        }
        else
        {
            var (whole, fraction) = Math.DivRem(number.Digits, DecimalDigits.PowerOfTen(decimals));
            WriteWithPoint(ref body, 1, decimals, whole, fraction);
        }

        Unsafe.Add(ref body, mark) = (byte)'e';
        Unsafe.Add(ref body, mark + 1) = (byte)(exponent < 0 ? '-' : '+');
        DecimalDigits.Write(ref Unsafe.Add(ref body, mark + 2), powerDigits, power);
        return true;
    }

    /// <summary>The only check of the destination's length: whoever takes bytes writes these and no others.</summary>
    /// <returns>The first of <paramref name="length"/> bytes, after the sign if there is one. Nothing if 0 is written.</returns>
    private static ref byte TryTake(Span<byte> destination, bool negative, int length, out int written)
    {
        Debug.Assert(length > 0, "The sign is written where the first byte is, and every number has one.");
        ref var start = ref MemoryMarshal.GetReference(destination);
        var sign = negative ? 1 : 0;
        written = sign + length;
        if (destination.Length < written)
        {
            written = 0;
            return ref start;
        }

        start = (byte)'-'; // Overwritten by the first digit if there is no sign.
        return ref Unsafe.Add(ref start, sign);
    }

    private static void WriteWithPoint(ref byte destination, int point, int decimals, ulong whole, ulong fraction)
    {
        DecimalDigits.Write(ref destination, point, whole);
        Unsafe.Add(ref destination, point) = (byte)'.';
        DecimalDigits.Write(ref Unsafe.Add(ref destination, point + 1), decimals, fraction);
    }

    private static void WriteZeros(ref byte destination, int count) =>
        Unsafe.InitBlockUnaligned(ref destination, (byte)'0', (uint)count);
}
