using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Text;

/// <summary>
/// The number <c>Digits * 10^Exponent</c>: among the decimals of fewest digits that round to a double, the one nearest to it.
/// </summary>
/// <param name="Digits">Up to 17 digits, the last of them not 0.</param>
/// <param name="Exponent">The power of ten of the last digit.</param>
internal readonly record struct ShortestDecimal(ulong Digits, int Exponent)
{
    private const int SignificandBits = 52;
    private const int ExponentBias = 1023 + SignificandBits;
    private const ulong HiddenBit = 1UL << SignificandBits;

    /// <summary>The shortest decimal for <paramref name="value"/>, which is finite and greater than zero.</summary>
    /// <remarks>
    /// Raffaele Giulietti, "The Schubfach way to render doubles" (2020). The value is <c>c * 2^q</c>; what rounds to it lies
    /// between <c>(c - 1/2) * 2^q</c> and <c>(c + 1/2) * 2^q</c>. For <c>10^k</c>, the greatest power of ten that is no wider than
    /// this interval, at least one multiple is inside; of <c>10^(k+1)</c>, at most one. All is compared in quarters of <c>10^k</c>.
    /// </remarks>
    public static ShortestDecimal Of(double value)
    {
        Debug.Assert(double.IsFinite(value) && value > 0, "Nothing else has a first digit.");
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var fraction = bits & (HiddenBit - 1);
        var biased = (int)(bits >> SignificandBits);
        var c = biased == 0 ? fraction : fraction | HiddenBit;
        var q = Math.Max(biased, 1) - ExponentBias;

        // The neighbour below a power of two is only half as far away as the one above.
        var closerBelow = fraction == 0 && biased > 1;
        var k = closerBelow ? FloorLog10OfThreeQuarters(q) : FloorLog10(q);

        var scale = PowersOfTen.Get(-k);
        var shift = q + PowersOfTen.FloorLog2(-k) + 1;
        var center = MultiplyToOdd(scale, (4 * c) << shift);
        var lower = MultiplyToOdd(scale, ((4 * c) - (closerBelow ? 1UL : 2UL)) << shift);
        var upper = MultiplyToOdd(scale, ((4 * c) + 2) << shift);

        // A tie rounds to the even significand, so the ends of the interval belong to it or do not.
        lower += c & 1;
        upper -= c & 1;

        if (OnlyOneInside(lower, center, upper, 40, out var multiple))
        {
            return WithoutTrailingZeros(multiple, k + 1);
        }

        if (OnlyOneInside(lower, center, upper, 4, out multiple))
        {
            return new(multiple, k);
        }

        var middle = (4 * multiple) + 2;
        var nextIsNearer = center > middle || (center == middle && (multiple & 1) != 0);
        return new(nextIsNearer ? multiple + 1 : multiple, k);
    }

    /// <summary>Whether just one of the two multiples of <paramref name="step"/> around the value is in the interval.</summary>
    /// <param name="lower">The first in the interval.</param>
    /// <param name="center">The value.</param>
    /// <param name="upper">The last in the interval.</param>
    /// <param name="step">What to count in.</param>
    /// <param name="multiple">That one, or the first of both.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool OnlyOneInside(ulong lower, ulong center, ulong upper, ulong step, out ulong multiple)
    {
        multiple = center / step;
        var below = lower <= multiple * step;
        var above = (multiple + 1) * step <= upper;
        multiple += below ? 0UL : 1UL;
        return below != above;
    }

    /// <summary>
    /// The product in units of 2^128, cut off to an integer whose last bit is set if anything was cut off: that compares with
    /// every even number as the product itself does.
    /// </summary>
    /// <remarks>
    /// The scale is too large by less than one, so the product by less than one in the last bit of <c>fraction</c>. No double has
    /// a product that near to an even number but not equal to it: a test proves so.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyToOdd((ulong High, ulong Low) scale, ulong factor)
    {
        var carry = Math.BigMul(scale.Low, factor, out _);
        var integer = Math.BigMul(scale.High, factor, out var fraction);
        fraction += carry;
        integer += fraction < carry ? 1UL : 0UL;
        return integer | (fraction != 0 ? 1UL : 0UL);
    }

    private static ShortestDecimal WithoutTrailingZeros(ulong digits, int exponent)
    {
        while (true)
        {
            var (rest, last) = Math.DivRem(digits, 10);
            if (last != 0)
            {
                return new(digits, exponent);
            }

            digits = rest;
            exponent++;
        }
    }

    // log10(2) = 1262611.4 / 2^22 and log10(3/4) = -524031.3 / 2^22: exact enough for the exponents of doubles.

    /// <summary>The greatest power of ten, as an exponent, that is no greater than 2^<paramref name="q"/>.</summary>
    public static int FloorLog10(int q) => (q * 1_262_611) >> 22;

    /// <summary>The greatest power of ten, as an exponent, that is no greater than 3/4 * 2^<paramref name="q"/>.</summary>
    public static int FloorLog10OfThreeQuarters(int q) => ((q * 1_262_611) - 524_031) >> 22;
}
