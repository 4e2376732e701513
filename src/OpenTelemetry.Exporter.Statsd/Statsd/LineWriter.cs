using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What surrounds <c>:value</c> in a line, in up to two pieces each: <c>name[tags]</c> before it, <c>|type[tags]</c> after it.</summary>
internal readonly ref struct LineParts
{
    public ReadOnlySpan<byte> Head { get; init; }

    public ReadOnlySpan<byte> HeadEnd { get; init; }

    public ReadOnlySpan<byte> Tail { get; init; }

    public ReadOnlySpan<byte> TailEnd { get; init; }

    /// <summary>Of all parts together, in bytes.</summary>
    public int Length => Head.Length + HeadEnd.Length + Tail.Length + TailEnd.Length;
}

/// <summary>Writes a line.</summary>
/// <remarks>Stateless. No line feed. On overflow the destination's content is undefined.</remarks>
internal static class LineWriter
{
    /// <summary>Writes <paramref name="head"/>, a colon, the value and <paramref name="tail"/>.</summary>
    /// <typeparam name="TNumber"><see cref="long"/> or <see cref="double"/>, finite.</typeparam>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWrite<TNumber>(
        Span<byte> destination, ReadOnlySpan<byte> head, TNumber value, ReadOnlySpan<byte> tail, NumberForm form, out int written)
        where TNumber : struct
    {
        // The one check: of the room that is left between the pieces the number takes what it needs.
        var room = destination.Length - head.Length - 1 - tail.Length;
        if (room > 0)
        {
            ref var start = ref MemoryMarshal.GetReference(destination);
            ShortCopy.Copy(head, ref start);
            Unsafe.Add(ref start, head.Length) = (byte)':';
            ref var number = ref Unsafe.Add(ref start, head.Length + 1);
            if (TryWriteNumber(MemoryMarshal.CreateSpan(ref number, room), value, form, out var digits))
            {
                ShortCopy.Copy(tail, ref Unsafe.Add(ref number, digits));
                written = head.Length + 1 + digits + tail.Length;
                return true;
            }
        }

        written = 0;
        return false;
    }

    /// <inheritdoc cref="TryWrite{TNumber}(Span{byte}, ReadOnlySpan{byte}, TNumber, ReadOnlySpan{byte}, NumberForm, out int)"/>
    /// <summary>Writes all parts, with a colon and the value in their middle.</summary>
    public static bool TryWrite<TNumber>(Span<byte> destination, in LineParts parts, TNumber value, NumberForm form, out int written)
        where TNumber : struct
    {
        written = 0;
        if (!TryAppend(destination, parts.Head, ref written)
            || !TryWrite(destination[written..], parts.HeadEnd, value, parts.Tail, form, out var middle))
        {
            return false;
        }

        written += middle;
        return TryAppend(destination, parts.TailEnd, ref written);
    }

    /// <summary>Writes a gauge below zero for a receiver that would subtract it: a line that sets it to 0, then the value.</summary>
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
    private static bool TryAppend(Span<byte> destination, ReadOnlySpan<byte> piece, ref int written)
    {
        if (piece.Length > destination.Length - written)
        {
            return false;
        }

        ShortCopy.Copy(piece, ref MemoryMarshal.GetReference(destination[written..]));
        written += piece.Length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryWriteNumber<TNumber>(Span<byte> destination, TNumber value, NumberForm form, out int written)
        where TNumber : struct
    {
        if (typeof(TNumber) == typeof(long))
        {
            return Utf8Number.TryWrite(destination, Unsafe.BitCast<TNumber, long>(value), out written);
        }

        var number = Unsafe.BitCast<TNumber, double>(value);
        return form == NumberForm.Plain
            ? Utf8Number.TryWritePlain(destination, number, out written)
            : Utf8Number.TryWrite(destination, number, out written);
    }
}
