using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes the lines of a histogram's buckets, of which all begin alike: that is written once, and copied for each line.</summary>
/// <remarks>Stateless. Each method returns <see langword="false"/> if <c>destination</c> is too short.</remarks>
internal static class BucketLines
{
    /// <summary>Writes what each line begins with where the first line will be written over it.</summary>
    public static bool TryBegin(Span<byte> destination, in Sample sample, out ReadOnlySpan<byte> head)
    {
        var length = 0;
        var fits = TextLine.TryOpenBucket(destination, sample.Family, sample.Labels, ref length);
        head = destination[..length];
        return fits;
    }

    /// <summary>Writes a line up to the count, that included.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="head">What <see cref="TryBegin"/> gave.</param>
    /// <param name="bound">The bound, with the end of the labels.</param>
    /// <param name="count">The count.</param>
    /// <param name="written">Bytes written.</param>
    /// <remarks>Not inlined, so that its variables do not add to those of the loops that call it.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TryWrite(Span<byte> destination, ReadOnlySpan<byte> head, ReadOnlySpan<byte> bound, long count, ref int written)
    {
        var digits = DecimalDigits.Count((ulong)count);
        var length = head.Length + bound.Length + digits;
        if (length > destination.Length - written)
        {
            return false;
        }

        ref var next = ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), written);
        next = ref ShortCopy.Append(ref next, head);
        next = ref ShortCopy.Append(ref next, bound);
        DecimalDigits.Write(ref next, digits, (ulong)count);
        written += length;
        return true;
    }
}
