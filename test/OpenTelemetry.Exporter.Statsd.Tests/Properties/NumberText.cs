using System.Globalization;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>A number as the documentation says it is written: with the fewest digits that read back as the same.</summary>
internal static class NumberText
{
    /// <summary>Plain decimal from 1e-7 up to 1e21, an exponent outside unless <paramref name="isPlain"/>; zero has no sign.</summary>
    public static string Of(double value, bool isPlain)
    {
        if (value == 0)
        {
            return "0";
        }

        var (digits, exponent) = Shortest(Math.Abs(value));
        var text = isPlain || exponent is >= -7 and < 21 ? Plain(digits, exponent) : WithExponent(digits, exponent);
        return value < 0 ? "-" + text : text;
    }

    /// <summary>
    /// The digits and the power of ten of the first. The runtime's own shortest form will not do: it is a digit short for some
    /// powers of two. To these the nearest number of few digits may be the neighbour's while the next one up is theirs.
    /// </summary>
    private static (string Digits, int Exponent) Shortest(double value)
    {
        for (var decimals = 0; ; decimals++)
        {
            var parts = value.ToString($"E{decimals}", CultureInfo.InvariantCulture).Split('E');
            var nearest = long.Parse(parts[0].Replace(".", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
            var exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            foreach (var digits in new[] { nearest, nearest + 1 })
            {
                if (double.Parse($"{digits}E{exponent - decimals}", CultureInfo.InvariantCulture) == value)
                {
                    return (digits.ToString(CultureInfo.InvariantCulture), exponent);
                }
            }
        }
    }

    private static string Plain(string digits, int exponent) =>
        exponent < 0 ? "0." + new string('0', -exponent - 1) + digits
        : digits.Length <= exponent + 1 ? digits + new string('0', exponent + 1 - digits.Length)
        : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";

    private static string WithExponent(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return $"{mantissa}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}";
    }
}
