using System.Buffers.Text;
using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes bounds the way Go and hence Prometheus does, so that a bucket is the same series whoever exposed it.</summary>
/// <remarks>
/// Stateless. OpenMetrics specification, "Canonical Numbers": the fewest digits that read back as the same number, with an exponent below
/// 0.0001 and from a million on, else with a point: <c>1.0</c>, <c>0.25</c>, <c>1e+06</c>, <c>2.5e-05</c>.
/// </remarks>
internal static class CanonicalNumber
{
    private const double LeastPlain = 1e-4;
    private const double LeastScientific = 1e6;

    /// <summary>Writes <paramref name="value"/>.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWrite(Span<byte> destination, double value, ref int written)
    {
        if (!double.IsFinite(value))
        {
            return TextLine.TryWriteNumber(destination, SampleValue.Of(value), ref written);
        }

        Span<byte> text = stackalloc byte[Utf8Number.MaxDoubleBytes];
        Utf8Number.TryWrite(text, value, out var length);
        text = text[..length];
        var magnitude = Math.Abs(value);
        if (magnitude is 0 or (>= LeastPlain and < LeastScientific))
        {
            return TextLine.TryCopy(text, destination, ref written)
                && (text.Contains((byte)'.') || TextLine.TryCopy(".0"u8, destination, ref written));
        }

        return TryWriteScientific(destination, text, ref written);
    }

    /// <summary>Moves the point behind the first digit.</summary>
    private static bool TryWriteScientific(Span<byte> destination, ReadOnlySpan<byte> text, ref int written)
    {
        var exponent = 0;
        var mark = text.IndexOf((byte)'e');
        if (mark >= 0)
        {
            var isNumber = Utf8Parser.TryParse(text[(mark + 1)..].TrimStart((byte)'+'), out exponent, out _);
            Debug.Assert(isNumber, "What follows the mark is the exponent.");
            text = text[..mark];
        }

        if (text[0] == (byte)'-' && !TextLine.TryCopy("-"u8, destination, ref written))
        {
            return false;
        }

        Span<byte> digits = stackalloc byte[Utf8Number.MaxDoubleBytes];
        var count = 0;
        var point = -1;
        foreach (var sign in text.TrimStart((byte)'-'))
        {
            if (sign == (byte)'.')
            {
                point = count;
            }
            else
            {
                digits[count++] = sign;
            }
        }

        exponent += (point < 0 ? count : point) - 1;
        var first = digits[..count].IndexOfAnyExcept((byte)'0');
        exponent -= first;
        var significant = digits[first..count].TrimEnd((byte)'0');
        return TextLine.TryCopy(significant[..1], destination, ref written)
            && (significant.Length == 1
                || (TextLine.TryCopy("."u8, destination, ref written) && TextLine.TryCopy(significant[1..], destination, ref written)))
            && TextLine.TryCopy(exponent < 0 ? "e-"u8 : "e+"u8, destination, ref written)
            && (Math.Abs(exponent) >= 10 || TextLine.TryCopy("0"u8, destination, ref written))
            && TextLine.TryWriteNumber(destination, SampleValue.Of(Math.Abs((long)exponent)), ref written);
    }
}
