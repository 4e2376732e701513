using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>A hash of tags that does not depend on their order.</summary>
/// <remarks>
/// Strings are taken four characters at a time, which is several times as fast as their own hash. A seed that each process draws
/// anew keeps those who choose tag values from making them collide.
/// </remarks>
internal static class TagHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    /// <summary>The hash; runs code of values that are not strings.</summary>
    public static int Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // A sum, so that the order does not matter.
        var sum = 0ul;
        foreach (ref readonly var tag in tags)
        {
            sum += Mix(Of(tag.Key) ^ BitOperations.RotateLeft(OfValue(tag.Value), 32));
        }

        return (int)(sum ^ (sum >> 32));
    }

    private static ulong OfValue(object? value) => value switch
    {
        null => Seed,
        string text => Of(text),
        _ => Mix(Seed + (uint)value.GetHashCode()),
    };

    private static ulong Of(string? text)
    {
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        var hash = Seed ^ (ulong)bytes.Length;
        if (bytes.Length < sizeof(ulong))
        {
            var all = 0ul;
            foreach (var one in bytes)
            {
                all = (all << 8) | one;
            }

            return Mix(hash ^ all);
        }

        for (var rest = bytes; rest.Length > sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        // The last eight bytes, some of them perhaps for the second time.
        return Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]));
    }

    /// <summary>Lets every bit of the result depend on every bit of the number.</summary>
    private static ulong Mix(ulong number)
    {
        var high = Math.BigMul(number, Multiplier, out var low);
        return high ^ low;
    }
}
