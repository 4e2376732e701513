using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>An elapsed time as the measurement of an instrument: in its unit, of its number type.</summary>
/// <remarks>Stateless; allocates nothing.</remarks>
internal static class TimeMeasurement
{
    /// <summary>Whole types get the nearest number, halves rounded up, within their range.</summary>
    /// <param name="ticks">The time, in ticks.</param>
    /// <param name="frequency">How many ticks a second has.</param>
    /// <param name="unit">The unit of the instrument; what is no unit of time stands for seconds.</param>
    public static T Of<T>(long ticks, long frequency, string? unit)
        where T : struct =>
        Convert<T>(ticks / TicksPerUnit(unit, frequency));

    // Unified Code for Units of Measure, case sensitive; of the micro sign and the Greek letter mu, either may stand for "u".
    private static double TicksPerUnit(string? unit, long frequency) => unit switch
    {
        "ns" => frequency / 1e9,
        "us" or "\u00B5s" or "\u03BCs" => frequency / 1e6,
        "ms" => frequency / 1e3,
        "min" => frequency * 60.0,
        "h" => frequency * 3600.0,
        "d" => frequency * 86_400.0,
        _ => frequency,
    };

    // Each comparison is decided when the code for T is compiled.
    private static T Convert<T>(double value)
        where T : struct
    {
        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<double, T>(value);
        }

        if (typeof(T) == typeof(float))
        {
            return Unsafe.BitCast<float, T>((float)value);
        }

        if (typeof(T) == typeof(decimal))
        {
            return Unsafe.BitCast<decimal, T>((decimal)value);
        }

        var whole = Math.Round(value, MidpointRounding.AwayFromZero);
        if (typeof(T) == typeof(long))
        {
            return Unsafe.BitCast<long, T>(long.CreateSaturating(whole));
        }

        if (typeof(T) == typeof(int))
        {
            return Unsafe.BitCast<int, T>(int.CreateSaturating(whole));
        }

        if (typeof(T) == typeof(short))
        {
            return Unsafe.BitCast<short, T>(short.CreateSaturating(whole));
        }

        if (typeof(T) == typeof(byte))
        {
            return Unsafe.BitCast<byte, T>(byte.CreateSaturating(whole));
        }

        throw new UnreachableException($"An instrument has no values of the type {typeof(T)}.");
    }
}
