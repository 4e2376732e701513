using System.Globalization;
using System.Numerics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Text;

/// <summary>Doubles that formatters get wrong, family by family; the same in every run.</summary>
internal static class Doubles
{
    public const int Exponents = 2047;
    private const int SignificandBits = 52;
    private const ulong SignificandMask = (1UL << SignificandBits) - 1;

    public static Dictionary<string, Func<IEnumerable<double>>> Families { get; } = new()
    {
        ["significands of every exponent"] = OfEveryExponent,
        ["subnormals"] = Subnormals,
        ["powers of two"] = PowersOfTwo,
        ["powers of ten"] = PowersOfTen,
        ["limits of the code"] = Limits,
        ["integers"] = Integers,
        ["decimals of 1 to 17 digits"] = Decimals,
        ["fixed point"] = FixedPoint,
    };

    public static IEnumerable<double> AnyBits(int seed, int count)
    {
        var random = new Random(seed);
        while (count > 0)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(value))
            {
                count--;
                yield return value;
            }
        }
    }

    private static IEnumerable<double> OfEveryExponent()
    {
        var random = new Random(1);
        for (ulong exponent = 0; exponent < Exponents; exponent++)
        {
            ulong[] significands = [0, 1, 2, 3, SignificandMask, SignificandMask - 1, SignificandMask / 2, (SignificandMask / 2) + 1];
            var some = Enumerable.Range(0, 40).Select(_ => (ulong)random.NextInt64() & SignificandMask);
            foreach (var significand in significands.Concat(some))
            {
                yield return BitConverter.UInt64BitsToDouble((exponent << SignificandBits) | significand);
            }
        }
    }

    private static IEnumerable<double> Subnormals()
    {
        var random = new Random(2);
        for (ulong bits = 1; bits < 20_000; bits++)
        {
            yield return BitConverter.UInt64BitsToDouble(bits);
            yield return BitConverter.UInt64BitsToDouble((ulong)random.NextInt64() >> random.Next(12, 63));
        }
    }

    private static IEnumerable<double> PowersOfTwo() => Enumerable.Range(-1074, 1074 + 1024).SelectMany(e => Around(Math.ScaleB(1, e)));

    private static IEnumerable<double> PowersOfTen() =>
        from exponent in Enumerable.Range(-323, 323 + 309)
        from digit in Enumerable.Range(1, 9)
        let value = Parse($"{digit}e{exponent}")
        where double.IsFinite(value)
        from near in Around(value)
        select near;

    private static IEnumerable<double> Limits() =>
        new[] { 0, 1e-7, 1e-6, 1e-5, 1e-4, 1e10, 1e14, 1e15, 1e16, 1e17, 1e21, 1L << 53, 1L << 63, ulong.MaxValue, double.MaxValue }
            .SelectMany(Around)
            .Where(double.IsFinite);

    private static IEnumerable<double> Integers()
    {
        var random = new Random(3);
        for (var i = -20_000; i < 20_000; i++)
        {
            yield return i;
            yield return Math.ScaleB(1, 53) + i;
            yield return random.NextInt64() >> random.Next(63);
            yield return (double)BigInteger.Pow(random.NextInt64(), 2);
        }
    }

    private static IEnumerable<double> Decimals()
    {
        var random = new Random(4);
        for (var i = 0; i < 200_000; i++)
        {
            var digits = 1 + (i % 17);
            yield return Parse($"{random.NextInt64((long)Math.Pow(10, digits))}e{random.Next(-30, 25)}");
        }
    }

    private static IEnumerable<double> FixedPoint()
    {
        var random = new Random(5);
        for (var i = 1; i < 30_000; i++)
        {
            var tenThousandths = random.NextInt64(1L << random.Next(1, 50));
            foreach (var near in Around(tenThousandths / 1e4).Append(tenThousandths / 1e5).Append(i / 1e4))
            {
                yield return near;
            }
        }
    }

    private static double[] Around(double value) =>
        [Math.BitDecrement(value), value, Math.BitIncrement(value), Math.BitDecrement(-value), -value, Math.BitIncrement(-value)];

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
