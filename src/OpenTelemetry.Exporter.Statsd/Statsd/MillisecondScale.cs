namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Converts values of an instrument to the milliseconds that a timing is in.</summary>
/// <param name="Multiplier">1 or more.</param>
/// <param name="Divisor">1 or more; for a unit below a millisecond, so that what was recorded as a whole number stays as short as it can.</param>
internal readonly record struct MillisecondScale(double Multiplier, double Divisor)
{
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

    public double Apply(double value) => value * Multiplier / Divisor;
}
