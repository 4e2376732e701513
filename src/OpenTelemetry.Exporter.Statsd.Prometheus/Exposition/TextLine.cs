using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes what the lines of the Prometheus text formats and of OpenMetrics have in common.</summary>
/// <remarks>
/// Stateless. Each method adds to <c>written</c> and returns <see langword="false"/> if <c>destination</c> is too short, whose
/// content behind <c>written</c> is undefined then. See "Exposition formats" of the Prometheus documentation and the OpenMetrics
/// specification, "Text Format".
/// </remarks>
internal static class TextLine
{
    private static readonly SearchValues<byte> EscapedInHelp = SearchValues.Create("\\\n"u8);
    private static readonly SearchValues<byte> EscapedInQuotes = SearchValues.Create("\\\"\n"u8);

    /// <summary>Writes <c># keyword name text</c> and a line feed.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="keyword">HELP, TYPE or UNIT.</param>
    /// <param name="name">The family's name.</param>
    /// <param name="isClassic">Whether the name stands without quotes.</param>
    /// <param name="text">The rest of the line.</param>
    /// <param name="escapesQuotes">Whether quotes in the text are escaped, as OpenMetrics has it.</param>
    /// <param name="written">Bytes written.</param>
    public static bool TryWriteMetadata(
        Span<byte> destination,
        ReadOnlySpan<byte> keyword,
        ReadOnlySpan<byte> name,
        bool isClassic,
        ReadOnlySpan<byte> text,
        bool escapesQuotes,
        ref int written)
    {
        return TryCopy("# "u8, destination, ref written)
            && TryCopy(keyword, destination, ref written)
            && TryCopy(" "u8, destination, ref written)
            && (isClassic ? TryCopy(name, destination, ref written) : TryQuote(name, destination, ref written))
            && TryCopy(" "u8, destination, ref written)
            && TryEscape(text, escapesQuotes ? EscapedInQuotes : EscapedInHelp, destination, ref written)
            && TryEnd(destination, ref written);
    }

    /// <summary>Writes <c>name="value"</c>, after a comma unless <paramref name="isFirst"/>.</summary>
    public static bool TryWriteLabel(
        Span<byte> destination,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value,
        bool isFirst,
        ref int written)
    {
        return (isFirst || TryCopy(","u8, destination, ref written))
            && (NameEscaper.IsClassicLabel(name) ? TryCopy(name, destination, ref written) : TryQuote(name, destination, ref written))
            && TryCopy("="u8, destination, ref written)
            && TryQuote(value, destination, ref written);
    }

    /// <summary>Writes what a line begins with: name and labels of a sample, and a space.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="family">The family.</param>
    /// <param name="name">Its name, or that without <c>_total</c>.</param>
    /// <param name="suffix">What the sample adds to that, with its underscore; may be empty.</param>
    /// <param name="labels">As <see cref="TryWriteLabel"/> wrote them one after another; may be empty.</param>
    /// <param name="written">Bytes written.</param>
    public static bool TryWriteSeries(
        Span<byte> destination,
        Family family,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> suffix,
        ReadOnlySpan<byte> labels,
        ref int written)
    {
        if (!family.IsClassic)
        {
            return TryOpenQuoted(destination, name, suffix, labels, ref written) && TryCopy("} "u8, destination, ref written);
        }

        var length = name.Length + suffix.Length + (labels.IsEmpty ? 1 : labels.Length + 3);
        if (length > destination.Length - written)
        {
            return false;
        }

        ref var next = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), written);
        next = ref ShortCopy.Append(ref next, name);
        next = ref ShortCopy.Append(ref next, suffix);
        if (!labels.IsEmpty)
        {
            next = ref ShortCopy.Append(ref next, "{"u8);
            next = ref ShortCopy.Append(ref next, labels);
            next = ref ShortCopy.Append(ref next, "}"u8);
        }

        next = (byte)' ';
        written += length;
        return true;
    }

    /// <summary>Writes the whole line of a sample.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="sample">What it is of.</param>
    /// <param name="suffix">What it adds to the family's name, with its underscore; may be empty.</param>
    /// <param name="value">The value.</param>
    /// <param name="written">Bytes written.</param>
    public static bool TryWriteSample(
        Span<byte> destination, in Sample sample, ReadOnlySpan<byte> suffix, SampleValue value, ref int written) =>
        TryWriteSeries(destination, sample.Family, sample.Family.Name, suffix, sample.Labels, ref written)
            && TryWriteNumber(destination, value, ref written)
            && TryEnd(destination, ref written);

    /// <summary>Writes what the line of a bucket begins with, up to the quote before its bound.</summary>
    public static bool TryOpenBucket(Span<byte> destination, Family family, ReadOnlySpan<byte> labels, ref int written)
    {
        if (!family.IsClassic)
        {
            return TryOpenQuoted(destination, family.Name, "_bucket"u8, labels, ref written)
                && TryCopy(",le=\""u8, destination, ref written);
        }

        return TryCopy(family.Name, destination, ref written)
            && TryCopy("_bucket{"u8, destination, ref written)
            && TryCopy(labels, destination, ref written)
            && TryCopy(labels.IsEmpty ? "le=\""u8 : ",le=\""u8, destination, ref written);
    }

    /// <summary>Writes a number, NaN and the infinities included.</summary>
    public static bool TryWriteNumber(Span<byte> destination, SampleValue value, ref int written)
    {
        if (value.IsDouble && !double.IsFinite(value.Double))
        {
            return TryCopy(
                double.IsNaN(value.Double) ? "NaN"u8 : value.Double > 0 ? "+Inf"u8 : "-Inf"u8, destination, ref written);
        }

        // The sign of a zero, which other formats keep.
        if (value.IsDouble && value.Double == 0 && double.IsNegative(value.Double))
        {
            return TryCopy("-0"u8, destination, ref written);
        }

        int count;
        var fits = value.IsDouble
            ? Utf8Number.TryWrite(destination[written..], value.Double, out count)
            : Utf8Number.TryWrite(destination[written..], value.Whole, out count);
        written += count;
        return fits;
    }

    /// <summary>Ends a line.</summary>
    public static bool TryEnd(Span<byte> destination, ref int written)
    {
        if ((uint)written >= (uint)destination.Length)
        {
            return false;
        }

        destination[written++] = (byte)'\n';
        return true;
    }

    public static bool TryCopy(ReadOnlySpan<byte> source, Span<byte> destination, ref int written)
    {
        if (!source.TryCopyTo(destination[written..]))
        {
            return false;
        }

        written += source.Length;
        return true;
    }

    private static bool TryOpenQuoted(
        Span<byte> destination,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> suffix,
        ReadOnlySpan<byte> labels,
        ref int written)
    {
        return TryCopy("{\""u8, destination, ref written)
            && TryEscape(name, EscapedInQuotes, destination, ref written)
            && TryCopy(suffix, destination, ref written)
            && TryCopy(labels.IsEmpty ? "\""u8 : "\","u8, destination, ref written)
            && TryCopy(labels, destination, ref written);
    }

    private static bool TryQuote(ReadOnlySpan<byte> text, Span<byte> destination, ref int written) =>
        TryCopy("\""u8, destination, ref written)
            && TryEscape(text, EscapedInQuotes, destination, ref written)
            && TryCopy("\""u8, destination, ref written);

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
}
