using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OpenTelemetry.Exporter.Statsd.Text;

/// <summary>Copies the pieces of a line, most of which are so short that a call of the runtime's copy costs more than the copying.</summary>
/// <remarks>Stateless.</remarks>
internal static class ShortCopy
{
    /// <summary>Copies all of <paramref name="source"/>.</summary>
    /// <param name="source">What to copy; does not overlap the destination, unless it is the same bytes.</param>
    /// <param name="destination">The first of as many bytes, which the caller has made sure of.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ReadOnlySpan<byte> source, ref byte destination)
    {
        ref var start = ref MemoryMarshal.GetReference(source);
        var length = (nuint)source.Length;
        if (length >= (nuint)Vector256<byte>.Count)
        {
            // The last block may overlap the one before it.
            var last = length - (nuint)Vector256<byte>.Count;
            for (nuint i = 0; i < last; i += (nuint)Vector256<byte>.Count)
            {
                Vector256.LoadUnsafe(ref start, i).StoreUnsafe(ref destination, i);
            }

            Vector256.LoadUnsafe(ref start, last).StoreUnsafe(ref destination, last);
        }
        else if (length >= (nuint)Vector128<byte>.Count)
        {
            var last = length - (nuint)Vector128<byte>.Count;
            Vector128.LoadUnsafe(ref start).StoreUnsafe(ref destination);
            Vector128.LoadUnsafe(ref start, last).StoreUnsafe(ref destination, last);
        }
        else if (length >= sizeof(ulong))
        {
            var last = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - sizeof(ulong)));
            Unsafe.WriteUnaligned(ref destination, Unsafe.ReadUnaligned<ulong>(ref start));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, length - sizeof(ulong)), last);
        }
        else if (length >= sizeof(uint))
        {
            var last = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - sizeof(uint)));
            Unsafe.WriteUnaligned(ref destination, Unsafe.ReadUnaligned<uint>(ref start));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, length - sizeof(uint)), last);
        }
        else
        {
            for (nuint i = 0; i < length; i++)
            {
                Unsafe.Add(ref destination, i) = Unsafe.Add(ref start, i);
            }
        }
    }

    /// <summary>Copies all of <paramref name="source"/>.</summary>
    /// <returns>What follows the copy.</returns>
    /// <inheritdoc cref="Copy"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref byte Append(ref byte destination, ReadOnlySpan<byte> source)
    {
        Copy(source, ref destination);
        return ref Unsafe.Add(ref destination, source.Length);
    }
}
