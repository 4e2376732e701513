using System.Numerics;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests.Text;

public class PowersOfTenTests
{
    private const int LeastExponentOfTwo = -1074;
    private const int GreatestExponentOfTwo = 971;

    // In the units of a fraction of 64 bits.
    private static readonly BigInteger One = BigInteger.One << 64;

    [Fact]
    public void Every_entry_is_the_power_rounded_up_to_128_bits()
    {
        for (var exponent = PowersOfTen.Least; exponent <= PowersOfTen.Greatest; exponent++)
        {
            var (numerator, denominator) = Scaled(-(PowersOfTen.FloorLog2(exponent) - 127), exponent);
            var expected = (numerator + denominator - 1) / denominator;
            var (high, low) = PowersOfTen.Get(exponent);
            Assert.Equal(expected, ((BigInteger)high << 64) | low);
            Assert.Equal(128, expected.GetBitLength());
        }
    }

    [Fact]
    public void The_table_covers_the_exponents_of_all_doubles_and_no_others()
    {
        Assert.Equal(PowersOfTen.Greatest, -FloorLog10(BigInteger.One, BigInteger.One << -LeastExponentOfTwo));
        Assert.Equal(PowersOfTen.Least, -FloorLog10(BigInteger.One << GreatestExponentOfTwo, BigInteger.One));
    }

    /// <summary>
    /// ShortestDecimal multiplies n = 2c - 1, 2c and 2c + 1, at most 2^54, with 2 * 2^q * 10^-k. The table has slightly more than
    /// that, so that the products are too large by less than 2^-64. They are then compared with even integers alone, which is
    /// right unless one is less than 2^-64 away from an even integer, but not equal to it. Half of it, therefore, must not be
    /// less than 2^-65 away from any integer.
    /// </summary>
    [Fact]
    public void No_product_of_any_double_is_so_near_to_an_even_integer_that_the_error_counts()
    {
        for (var q = LeastExponentOfTwo; q <= GreatestExponentOfTwo; q++)
        {
            var (power, divisor) = Scaled(q, 0);
            var k = FloorLog10(power, divisor);
            Assert.Equal(k, ShortestDecimal.FloorLog10(q));
            var (numerator, denominator) = Scaled(q, -k);
            var (least, distance) = ExtremeRemainders(numerator, denominator, BigInteger.One << 54);
            Assert.True(2 * least * One >= denominator, $"above an integer, q = {q}");
            Assert.True(2 * distance * One >= denominator, $"below an integer, q = {q}");
        }
    }

    /// <summary>As above, for the powers of two, whose narrower interval may go with a lesser k.</summary>
    [Fact]
    public void No_product_of_a_power_of_two_is_so_near_to_an_even_integer_that_the_error_counts()
    {
        var c = BigInteger.One << 52;
        for (var q = LeastExponentOfTwo + 1; q <= GreatestExponentOfTwo; q++)
        {
            var (power, divisor) = Scaled(q, 0);
            var k = FloorLog10(3 * power, 4 * divisor);
            Assert.Equal(k, ShortestDecimal.FloorLog10OfThreeQuarters(q));
            var (numerator, denominator) = Scaled(q - 1, -k);
            foreach (var n in new[] { (4 * c) - 1, 4 * c, (4 * c) + 2 })
            {
                var fraction = n * numerator % denominator;
                Assert.True(fraction.IsZero || 2 * fraction * One >= denominator, $"above an integer, q = {q}");
                Assert.True(2 * (denominator - fraction) * One >= denominator, $"below an integer, q = {q}");
            }
        }
    }

    /// <summary>Of n * <paramref name="a"/> mod <paramref name="b"/>: the least that is not 0, and the least distance to b.</summary>
    private static (BigInteger Least, BigInteger Distance) ExtremeRemainders(BigInteger a, BigInteger b, BigInteger most)
    {
        var (least, leastAt) = (a % b, BigInteger.One);
        if (least.IsZero)
        {
            return (b, b);
        }

        // The next record of either kind is the sum of the two latest.
        var (distance, distanceAt) = (b - least, BigInteger.One);
        while (leastAt + distanceAt <= most && least != distance)
        {
            if (least > distance)
            {
                var steps = BigInteger.Min((least - 1) / distance, (most - leastAt) / distanceAt);
                least -= steps * distance;
                leastAt += steps * distanceAt;
            }
            else
            {
                var steps = BigInteger.Min((distance - 1) / least, (most - distanceAt) / leastAt);
                distance -= steps * least;
                distanceAt += steps * leastAt;
            }
        }

        return (least, distance);
    }

    /// <summary>2^<paramref name="two"/> * 10^<paramref name="ten"/> as a fraction.</summary>
    private static (BigInteger Numerator, BigInteger Denominator) Scaled(int two, int ten) =>
        ((BigInteger.One << Math.Max(two, 0)) * BigInteger.Pow(10, Math.Max(ten, 0)),
         (BigInteger.One << Math.Max(-two, 0)) * BigInteger.Pow(10, Math.Max(-ten, 0)));

    private static int FloorLog10(BigInteger numerator, BigInteger denominator)
    {
        var k = (int)Math.Floor(BigInteger.Log10(numerator) - BigInteger.Log10(denominator));
        while (Compare(k + 1) <= 0)
        {
            k++;
        }

        while (Compare(k) > 0)
        {
            k--;
        }

        return k;

        // 10^exponent against the fraction.
        int Compare(int exponent)
        {
            var (n, d) = Scaled(0, exponent);
            return (n * denominator).CompareTo(numerator * d);
        }
    }
}
