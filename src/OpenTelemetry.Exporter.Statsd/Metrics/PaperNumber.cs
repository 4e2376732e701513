using System.Globalization;
using System.Numerics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>The number <c>Mantissa * 10^Exponent</c>: arithmetic as on paper, where 0.1 + 0.2 is 0.3.</summary>
/// <remarks>Sums are exact; products keep their first 50 digits, so that they do not grow without end.</remarks>
internal readonly record struct PaperNumber(BigInteger Mantissa, int Exponent)
{
    private static readonly BigInteger Limit = BigInteger.Pow(10, 50);

    /// <summary>What a finite number looks like, in its fewest digits.</summary>
    public static PaperNumber Of<T>(T value)
        where T : INumber<T>
    {
        var text = value.ToString(null, CultureInfo.InvariantCulture);
        var end = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = end < 0 ? 0 : int.Parse(text.AsSpan(end + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = end < 0 ? text : text[..end];
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }

        return new(BigInteger.Parse(digits, CultureInfo.InvariantCulture), exponent);
    }

    public static PaperNumber operator +(PaperNumber left, PaperNumber right)
    {
        var exponent = Math.Min(left.Exponent, right.Exponent);
        return new(left.MantissaAt(exponent) + right.MantissaAt(exponent), exponent);
    }

    public static PaperNumber operator *(PaperNumber left, PaperNumber right)
    {
        var (mantissa, exponent) = (left.Mantissa * right.Mantissa, left.Exponent + right.Exponent);
        while (BigInteger.Abs(mantissa) >= Limit)
        {
            mantissa /= 10;
            exponent++;
        }

        return new(mantissa, exponent);
    }

    /// <summary>The nearest number of a type; false if it is beyond the type's range.</summary>
    public bool TryConvert<T>(out T value)
        where T : struct, INumber<T> =>
        T.TryParse($"{Mantissa}E{Exponent}", NumberStyles.Float, CultureInfo.InvariantCulture, out value) && T.IsFinite(value);

    private BigInteger MantissaAt(int exponent) => Mantissa * BigInteger.Pow(10, Exponent - exponent);
}
