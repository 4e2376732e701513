using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Converts values of an instrument to the milliseconds that a timing is in.</summary>
/// <param name="Multiplier">1 or more.</param>
/// <param name="Divisor">1 or more; for a unit below a millisecond.</param>
internal readonly record struct MillisecondScale(double Multiplier, double Divisor)
{
    /// <summary>Decimals of up to 15 digits are multiples of no less than this part of themselves.</summary>
    private const double DecimalUnit = 1e-14;

    /// <summary>What doubles may be beside a product of decimals, relative: two units in the last place and a bit.</summary>
    private const double Noise = 4e-16;

    /// <summary>Leaves values as they are.</summary>
    public static MillisecondScale None => new(1, 1);

    /// <param name="unit">A unit of time of the Unified Code for Units of Measure, which the OpenTelemetry metrics conventions use; any other is left alone.</param>
    public static MillisecondScale Of(string? unit) => unit switch
    {
        "ns" => new(1, 1e6),
        "us" or "\u00b5s" or "\u03bcs" => new(1, 1e3),
        "s" => new(1e3, 1),
        "min" => new(60e3, 1),
        "h" => new(3_600e3, 1),
        "d" => new(86_400e3, 1),
        _ => None,
    };

    /// <summary>Converts a value. Decimals stay decimals: 1.001 s are 1001 ms, though as doubles their product is 1000.9999999999999.</summary>
    /// <returns>Not finite if <paramref name="value"/> is not, or beyond what a double can be.</returns>
    public double Apply(double value)
    {
        if (this == None)
        {
            return value;
        }

        var product = value * Multiplier / Divisor;
        var magnitude = Math.Abs(product);
        var rounded = new DecimalGrid(magnitude * DecimalUnit).Round(product);
        return Math.Abs(rounded - product) <= magnitude * Noise ? rounded : product;
    }
}
