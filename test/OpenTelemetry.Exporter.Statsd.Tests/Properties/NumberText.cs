using System.Globalization;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>A number as the documentation says it is written, from the runtime's own shortest digits.</summary>
internal static class NumberText
{
    /// <summary>Plain decimal from 1e-7 up to 1e21, an exponent outside unless <paramref name="isPlain"/>; zero has no sign.</summary>
    public static string Of(double value, bool isPlain)
    {
        if (value == 0)
        {
            return "0";
        }

        var parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var allDigits = parts[0].Replace(".", string.Empty, StringComparison.Ordinal);
        var digits = allDigits.TrimStart('0');
        var exponent = (point < 0 ? allDigits.Length : point) - 1 - (allDigits.Length - digits.Length)
            + (parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0);
        digits = digits.TrimEnd('0');
        var text = isPlain || exponent is >= -7 and < 21 ? Plain(digits, exponent) : WithExponent(digits, exponent);
        return value < 0 ? "-" + text : text;
    }

    private static string Plain(string digits, int exponent) =>
        exponent < 0 ? "0." + new string('0', -exponent - 1) + digits
        : digits.Length <= exponent + 1 ? digits + new string('0', exponent + 1 - digits.Length)
        : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";

    private static string WithExponent(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}");
    }
}
