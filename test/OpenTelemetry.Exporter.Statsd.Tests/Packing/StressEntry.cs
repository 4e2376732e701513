using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Entries that say who wrote them and as which of its own, with a checksum over everything; or a single byte.</summary>
internal static class StressEntry
{
    /// <summary>All of an entry that has room for nothing else.</summary>
    public const byte Tiny = 0xA5;

    public const int HeaderBytes = 16;

    private static readonly byte[] Noise = MakeNoise();

    /// <summary>Writes an entry of so many bytes, 1 or at least <see cref="HeaderBytes"/>.</summary>
    public static void Write(Span<byte> entry, int producer, int number, Random random)
    {
        if (entry.Length == 1)
        {
            entry[0] = Tiny;
            return;
        }

        Noise.AsSpan(random.Next(Noise.Length - entry.Length), entry.Length).CopyTo(entry);
        BinaryPrimitives.WriteInt32LittleEndian(entry, producer);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], number);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], Checksum(entry));
    }

    /// <summary>Whether not one byte has changed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> entry, out int producer, out int number)
    {
        (producer, number) = (-1, -1);
        if (entry.Length < HeaderBytes || BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]) != Checksum(entry))
        {
            return false;
        }

        producer = BinaryPrimitives.ReadInt32LittleEndian(entry);
        number = BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
        return true;
    }

    /// <summary>Of all but itself.</summary>
    private static ulong Checksum(ReadOnlySpan<byte> entry)
    {
        var hash = (ulong)entry.Length ^ BinaryPrimitives.ReadUInt64LittleEndian(entry);
        var rest = entry[HeaderBytes..];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(rest))
        {
            hash = (ulong.RotateLeft(hash, 23) ^ word) * 0x9E37_79B9_7F4A_7C15;
        }

        foreach (var last in rest[^(rest.Length % sizeof(ulong))..])
        {
            hash = (ulong.RotateLeft(hash, 23) ^ last) * 0x9E37_79B9_7F4A_7C15;
        }

        return hash;
    }

    private static byte[] MakeNoise()
    {
        var noise = new byte[1 << 16];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
