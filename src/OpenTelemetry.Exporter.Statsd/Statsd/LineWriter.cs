using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>The parts of a line around its value: <c>name [tags] : value | type [tags]</c>.</summary>
/// <param name="name">Sanitised.</param>
/// <param name="type">With its bar: <c>|c</c>.</param>
/// <param name="tags">As <see cref="TagEncoder"/> wrote them; empty if there are none.</param>
/// <param name="position">Where <paramref name="tags"/> stand.</param>
internal readonly ref struct LineParts(ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, ReadOnlySpan<byte> tags, TagPosition position)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> NameTags { get; } = position == TagPosition.AfterName ? tags : default;

    public ReadOnlySpan<byte> Type { get; } = type;

    public ReadOnlySpan<byte> TypeTags { get; } = position == TagPosition.AfterType ? tags : default;
}

/// <summary>Writes a line.</summary>
/// <remarks>Stateless. No line feed. On overflow the destination's content is undefined.</remarks>
internal static class LineWriter
{
    /// <summary>Writes <c>name:value|type</c> with the tags where they belong.</summary>
    /// <typeparam name="TNumber"><see cref="long"/> or <see cref="double"/>, finite.</typeparam>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWrite<TNumber>(Span<byte> destination, in LineParts parts, TNumber value, NumberForm form, out int written)
        where TNumber : struct
    {
        written = 0;
        if (!TryAppend(destination, parts.Name, ref written)
            || !TryAppend(destination, parts.NameTags, ref written)
            || !TryAppend(destination, ":"u8, ref written)
            || !TryWriteNumber(destination[written..], value, form, out var digits))
        {
            return false;
        }

        written += digits;
        return TryAppend(destination, parts.Type, ref written)
            && TryAppend(destination, parts.TypeTags, ref written);
    }

    /// <summary>Writes a gauge below zero for a receiver that would subtract it: first <c>name:0|g</c>, then the value.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short for both lines.</returns>
    public static bool TryWriteAfterReset<TNumber>(Span<byte> destination, in LineParts parts, TNumber value, NumberForm form, out int written)
        where TNumber : struct
    {
        if (!TryWrite(destination, parts, 0L, form, out written) || !TryAppend(destination, "\n"u8, ref written))
        {
            return false;
        }

        var isWhole = TryWrite(destination[written..], parts, value, form, out var second);
        written += second;
        return isWhole;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryAppend(Span<byte> destination, ReadOnlySpan<byte> part, ref int written)
    {
        if (!part.TryCopyTo(destination[written..]))
        {
            return false;
        }

        written += part.Length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryWriteNumber<TNumber>(Span<byte> destination, TNumber value, NumberForm form, out int written)
        where TNumber : struct
    {
        if (typeof(TNumber) == typeof(long))
        {
            return Utf8Number.TryWrite(destination, (long)(object)value, out written);
        }

        var number = (double)(object)value;
        return form == NumberForm.Plain
            ? Utf8Number.TryWritePlain(destination, number, out written)
            : Utf8Number.TryWrite(destination, number, out written);
    }
}
