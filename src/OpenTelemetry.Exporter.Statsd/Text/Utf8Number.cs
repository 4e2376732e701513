using System.Buffers.Text;
using System.Globalization;

namespace OpenTelemetry.Exporter.Statsd.Text;

/// <summary>Writes numbers as UTF-8, the same in every culture.</summary>
/// <remarks>Stateless. Nothing is written past <c>written</c> on success; on failure the destination's content is undefined.</remarks>
internal static class Utf8Number
{
    /// <summary>The most bytes that <see cref="TryWrite(Span{byte}, long, out int)"/> writes.</summary>
    public const int MaxInt64Bytes = 20;

    /// <summary>The most bytes that <see cref="TryWrite(Span{byte}, double, out int)"/> writes.</summary>
    public const int MaxDoubleBytes = 32;

    /// <summary>The most bytes that <see cref="TryWritePlain"/> writes.</summary>
    public const int MaxPlainDoubleBytes = 352;

    /// <summary>Writes <paramref name="value"/> in decimal.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWrite(Span<byte> destination, long value, out int written) =>
        Utf8Formatter.TryFormat(value, destination, out written);

    /// <summary>
    /// Writes a finite <paramref name="value"/> with the fewest digits that read back as the same number: plain decimal
    /// from 1e-7 up to 1e21, with an exponent (<c>1e+21</c>, <c>1e-7</c>) outside.
    /// </summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWrite(Span<byte> destination, double value, out int written) =>
        value.TryFormat(destination, out written, "R", CultureInfo.InvariantCulture);

    /// <summary>As <see cref="TryWrite(Span{byte}, double, out int)"/>, but never with an exponent.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWritePlain(Span<byte> destination, double value, out int written) =>
        value.TryFormat(destination, out written, "0.####################", CultureInfo.InvariantCulture);
}
