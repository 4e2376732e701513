using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Writes the values of metrics as JSON.</summary>
/// <remarks>Stateless. On overflow the destination's content is undefined, and <c>written</c> means nothing.</remarks>
internal static class ValueWriter
{
    /// <summary>The most bytes that a histogram takes besides its values.</summary>
    private const int MaxSummaryBytes = 50 + (3 * Utf8Number.MaxDoubleBytes) + Utf8Number.MaxInt64Bytes + 25;

    /// <summary>The most bytes that a value takes, with its count and two commas.</summary>
    private const int MaxValueBytes = Utf8Number.MaxDoubleBytes + Utf8Number.MaxInt64Bytes + 2;

    /// <summary>The most bytes that a histogram with so many values takes.</summary>
    public static int MaxBytes(int values) => MaxSummaryBytes + (values * MaxValueBytes);

    /// <summary>How many values of a histogram so many bytes hold in any case: at least 1, at most <paramref name="limit"/>.</summary>
    public static int MaxValuesIn(int bytes, int limit) => Math.Clamp((bytes - MaxSummaryBytes) / MaxValueBytes, 1, limit);

    /// <summary>
    /// Writes <c>{"Values":[..],"Counts":[..],"Max":m,"Min":m,"Count":n,"Sum":s}</c>, without the first two if there are no values.
    /// </summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="histogram">Finite.</param>
    /// <param name="values">With how often each occurred.</param>
    /// <param name="written">Grows by the bytes written.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryAppend(Span<byte> destination, in HistogramValue histogram, ReadOnlySpan<WeightedValue> values, ref int written) =>
        TryAppend(destination, "{"u8, ref written)
        && (values.IsEmpty || TryAppendValues(destination, values, ref written))
        && TryAppend(destination, "\"Max\":"u8, ref written)
        && TryAppend(destination, histogram.Max, ref written)
        && TryAppend(destination, ",\"Min\":"u8, ref written)
        && TryAppend(destination, histogram.Min, ref written)
        && TryAppend(destination, ",\"Count\":"u8, ref written)
        && TryAppend(destination, histogram.Count, ref written)
        && TryAppend(destination, ",\"Sum\":"u8, ref written)
        && TryAppend(destination, histogram.Sum, ref written)
        && TryAppend(destination, "}"u8, ref written);

    /// <summary>Writes a finite number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryAppend(Span<byte> destination, double value, ref int written)
    {
        var isWritten = Utf8Number.TryWrite(destination[written..], value, out var digits);
        written += digits;
        return isWritten;
    }

    /// <summary>Writes a whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryAppend(Span<byte> destination, long value, ref int written)
    {
        var isWritten = Utf8Number.TryWrite(destination[written..], value, out var digits);
        written += digits;
        return isWritten;
    }

    /// <summary>Writes what is encoded already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryAppend(Span<byte> destination, ReadOnlySpan<byte> piece, ref int written)
    {
        if (piece.Length > destination.Length - written)
        {
            return false;
        }

        ShortCopy.Copy(piece, ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), written));
        written += piece.Length;
        return true;
    }

    private static bool TryAppendValues(Span<byte> destination, ReadOnlySpan<WeightedValue> values, ref int written)
    {
        var next = "\"Values\":["u8;
        foreach (ref readonly var value in values)
        {
            if (!TryAppend(destination, next, ref written) || !TryAppend(destination, value.Value, ref written))
            {
                return false;
            }

            next = ","u8;
        }

        next = "],\"Counts\":["u8;
        foreach (ref readonly var value in values)
        {
            if (!TryAppend(destination, next, ref written) || !TryAppend(destination, value.Weight, ref written))
            {
                return false;
            }

            next = ","u8;
        }

        return TryAppend(destination, "],"u8, ref written);
    }
}
