using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>How text formats spell numbers.</summary>
internal static partial class Number
{
    public static double Parse(string text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ when Real().IsMatch(text) => double.Parse(text, CultureInfo.InvariantCulture),
        _ => throw new FormatException($"not a number: {text}"),
    };

    /// <summary>Whether a text is a time in Unix seconds, which is written without an exponent so that none of it is lost.</summary>
    public static bool IsTime(string text) => Time().IsMatch(text);

    /// <summary>A time in Unix seconds, exactly.</summary>
    public static decimal ParseTime(string text) => IsTime(text)
        ? decimal.Parse(text, CultureInfo.InvariantCulture)
        : throw new FormatException($"not a time: {text}");

    /// <summary>
    /// A bound as OpenMetrics wants it: as Go writes floating-point numbers, and never like an integer. <c>1.0</c>, <c>1e+06</c>.
    /// </summary>
    public static string Canonical(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        if (value == 0)
        {
            return "0.0";
        }

        var (digits, exponent) = ShortestDigits(Math.Abs(value));
        var sign = value < 0 ? "-" : string.Empty;
        if (exponent is < -4 or > 5)
        {
            var decimals = digits.Length > 1 ? "." + digits[1..] : string.Empty;
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{decimals}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        digits = digits.PadRight(exponent + 1, '0');
        var fraction = digits[(exponent + 1)..];
        return $"{sign}{digits[..(exponent + 1)]}.{(fraction.Length > 0 ? fraction : "0")}";
    }

    /// <summary>
    /// The fewest digits that read back as the same number. Those of a power of two may not be the nearest, which is below it and then
    /// reads back as the number before: numbers stand closer there.
    /// </summary>
    private static (string Digits, int Exponent) ShortestDigits(double magnitude)
    {
        for (var precision = 0; ; precision++)
        {
            var nearest = magnitude.ToString($"E{precision}", CultureInfo.InvariantCulture).Split('E');
            var digits = nearest[0].Replace(".", string.Empty, StringComparison.Ordinal);
            var next = (long.Parse(digits, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
            foreach (var candidate in (string[])[digits, next])
            {
                if (candidate.Length == digits.Length
                    && double.Parse($"{candidate[0]}.{candidate[1..]}0E{nearest[1]}", CultureInfo.InvariantCulture) == magnitude)
                {
                    return (candidate, int.Parse(nearest[1], CultureInfo.InvariantCulture));
                }
            }
        }
    }

    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Real();

    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+)?\z")]
    private static partial Regex Time();
}
