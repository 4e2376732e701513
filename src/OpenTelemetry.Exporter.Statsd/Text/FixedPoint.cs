namespace OpenTelemetry.Exporter.Statsd.Text;

/// <summary>Recognises what most measurements are, whole numbers and those of a few decimals, without a search for digits.</summary>
/// <remarks>Stateless.</remarks>
internal static class FixedPoint
{
    /// <summary>The decimals of <see cref="TryScale"/>.</summary>
    public const int Decimals = 4;

    /// <summary>10^<see cref="Decimals"/>.</summary>
    public const int Scale = 10_000;

    // Below, what rounds to a whole number is less than 1 away from it, and no decimal as near has fewer digits.
    private const double WholeLimit = 1L << 53;

    // Below, the scaled number has 14 digits. Decimals of up to 15 digits are all different doubles, so the one found is the only.
    private const double ScaledLimit = 1e10;

    /// <summary>Whether <paramref name="magnitude"/>, not negative, is a whole number that its own digits are the shortest for.</summary>
    public static bool TryWhole(double magnitude, out ulong whole)
    {
        var truncated = double.ConvertToIntegerNative<long>(magnitude);
        whole = (ulong)truncated;
        return truncated == magnitude && magnitude < WholeLimit;
    }

    /// <summary>Whether <paramref name="magnitude"/>, not negative, is the double for <c>scaled / 10^4</c>.</summary>
    public static bool TryScale(double magnitude, out ulong scaled)
    {
        var rounded = double.ConvertToIntegerNative<long>((magnitude * Scale) + 0.5);
        scaled = (ulong)rounded;
        return rounded / (double)Scale == magnitude && magnitude < ScaledLimit;
    }
}
