using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Sample rates that a receiver which cuts 1 / rate off to a whole number reads as exactly one of so many.</summary>
/// <remarks>
/// So do the Datadog Agent and most others. The nearest double to 1 / weight can be too large, and its reciprocal fall just short of the
/// weight; then the next smaller double is written, whose reciprocal is the weight or just above. The original StatsD daemon does not
/// cut off: for it a weight is exact only if the reciprocal of the nearest double to 1 / weight is that weight, as it is for 5 of 6.
/// <see cref="Metrics.WeightedValues.Alike"/> takes no others. Stateless.
/// </remarks>
internal static class SampleRate
{
    /// <summary>The most bytes that <see cref="TryWrite"/> needs.</summary>
    public const int MaxBytes = 40;

    /// <summary>Writes <c>|@rate</c>, plain digits without an exponent; nothing for a weight of 1.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="weight">1 or more. Read back exactly up to 2^40, cut off; beyond 2^52 doubles do not tell all whole numbers apart.</param>
    /// <param name="written">The bytes written.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWrite(Span<byte> destination, long weight, out int written)
    {
        written = 0;
        if (weight <= 1)
        {
            return true;
        }

        var rate = 1.0 / weight;
        if (1 / rate < weight)
        {
            rate = Math.BitDecrement(rate);
        }

        if (destination.Length < 2 || !Utf8Number.TryWritePlain(destination[2..], rate, out var digits))
        {
            return false;
        }

        "|@"u8.CopyTo(destination);
        written = 2 + digits;
        return true;
    }
}
