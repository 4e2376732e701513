using System.Buffers;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes the lines of the Prometheus text format 0.0.4.</summary>
/// <remarks>
/// Stateless. Each method returns <see langword="false"/> if <c>destination</c> is too short, whose content is undefined then.
/// Names must be legal already. See "Exposition formats" of the Prometheus documentation.
/// </remarks>
internal static class TextLine
{
    /// <summary>The most bytes that a line has beside its names, labels and help.</summary>
    public const int MaxOverhead = 96;

    private static readonly SearchValues<byte> EscapedInHelp = SearchValues.Create("\\\n"u8);
    private static readonly SearchValues<byte> EscapedInLabel = SearchValues.Create("\\\"\n"u8);

    /// <summary>Writes <c># HELP name help</c>.</summary>
    public static bool TryWriteHelp(Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help, out int written)
    {
        written = 0;
        return TryCopy("# HELP "u8, destination, ref written)
            && TryCopy(name, destination, ref written)
            && TryCopy(" "u8, destination, ref written)
            && TryEscape(help, EscapedInHelp, destination, ref written)
            && TryCopy("\n"u8, destination, ref written);
    }

    /// <summary>Writes <c># TYPE name type</c>.</summary>
    public static bool TryWriteType(Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, out int written)
    {
        written = 0;
        return TryCopy("# TYPE "u8, destination, ref written)
            && TryCopy(name, destination, ref written)
            && TryCopy(" "u8, destination, ref written)
            && TryCopy(type, destination, ref written)
            && TryCopy("\n"u8, destination, ref written);
    }

    /// <summary>Writes <c>,name="value"</c>, the comma unless <paramref name="isFirst"/>.</summary>
    public static bool TryWriteLabel(
        Span<byte> destination,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value,
        bool isFirst,
        out int written)
    {
        written = 0;
        return (isFirst || TryCopy(","u8, destination, ref written))
            && TryCopy(name, destination, ref written)
            && TryCopy("=\""u8, destination, ref written)
            && TryEscape(value, EscapedInLabel, destination, ref written)
            && TryCopy("\""u8, destination, ref written);
    }

    /// <summary>Writes a sample with a whole number.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="name">Name of the family.</param>
    /// <param name="suffix">What the sample adds to that name, with its underscore; may be empty.</param>
    /// <param name="labels">As <see cref="TryWriteLabel"/> wrote them one after another; may be empty.</param>
    /// <param name="value">The value.</param>
    /// <param name="written">Bytes written.</param>
    public static bool TryWriteSample(
        Span<byte> destination,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> suffix,
        ReadOnlySpan<byte> labels,
        long value,
        out int written)
    {
        written = 0;
        return TryWriteSeries(destination, name, suffix, labels, ref written)
            && TryWriteNumber(destination, value, ref written)
            && TryCopy("\n"u8, destination, ref written);
    }

    /// <summary>Writes a sample with a floating-point number, NaN and the infinities included.</summary>
    /// <inheritdoc cref="TryWriteSample(Span{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, long, out int)"/>
    public static bool TryWriteSample(
        Span<byte> destination,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> suffix,
        ReadOnlySpan<byte> labels,
        double value,
        out int written)
    {
        written = 0;
        return TryWriteSeries(destination, name, suffix, labels, ref written)
            && TryWriteNumber(destination, value, ref written)
            && TryCopy("\n"u8, destination, ref written);
    }

    /// <summary>Writes a bucket of a histogram: how many values are at or below a bound.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="name">Name of the family.</param>
    /// <param name="labels">As <see cref="TryWriteLabel"/> wrote them one after another; may be empty.</param>
    /// <param name="upperBound">The bound, for the label <c>le</c>; positive infinity in the last bucket.</param>
    /// <param name="count">Cumulative.</param>
    /// <param name="written">Bytes written.</param>
    public static bool TryWriteBucket(
        Span<byte> destination,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> labels,
        double upperBound,
        long count,
        out int written)
    {
        written = 0;
        return TryCopy(name, destination, ref written)
            && TryCopy("_bucket{"u8, destination, ref written)
            && TryCopy(labels, destination, ref written)
            && (labels.IsEmpty || TryCopy(","u8, destination, ref written))
            && TryCopy("le=\""u8, destination, ref written)
            && TryWriteNumber(destination, upperBound, ref written)
            && TryCopy("\"} "u8, destination, ref written)
            && TryWriteNumber(destination, count, ref written)
            && TryCopy("\n"u8, destination, ref written);
    }

    private static bool TryWriteSeries(
        Span<byte> destination,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> suffix,
        ReadOnlySpan<byte> labels,
        ref int written)
    {
        return TryCopy(name, destination, ref written)
            && TryCopy(suffix, destination, ref written)
            && (labels.IsEmpty
                || (TryCopy("{"u8, destination, ref written)
                    && TryCopy(labels, destination, ref written)
                    && TryCopy("}"u8, destination, ref written)))
            && TryCopy(" "u8, destination, ref written);
    }

    private static bool TryWriteNumber(Span<byte> destination, long value, ref int written)
    {
        var fits = Utf8Number.TryWrite(destination[written..], value, out var count);
        written += count;
        return fits;
    }

    private static bool TryWriteNumber(Span<byte> destination, double value, ref int written)
    {
        if (!double.IsFinite(value))
        {
            return TryCopy(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8, destination, ref written);
        }

        var fits = Utf8Number.TryWrite(destination[written..], value, out var count);
        written += count;
        return fits;
    }

    private static bool TryEscape(ReadOnlySpan<byte> text, SearchValues<byte> escaped, Span<byte> destination, ref int written)
    {
        for (var next = text.IndexOfAny(escaped); next >= 0; next = text.IndexOfAny(escaped))
        {
            var escape = text[next] switch
            {
                (byte)'\n' => "\\n"u8,
                (byte)'"' => "\\\""u8,
                _ => "\\\\"u8,
            };
            if (!TryCopy(text[..next], destination, ref written) || !TryCopy(escape, destination, ref written))
            {
                return false;
            }

            text = text[(next + 1)..];
        }

        return TryCopy(text, destination, ref written);
    }

    private static bool TryCopy(ReadOnlySpan<byte> source, Span<byte> destination, ref int written)
    {
        if (!source.TryCopyTo(destination[written..]))
        {
            return false;
        }

        written += source.Length;
        return true;
    }
}
