using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Two numbers that say who wrote them and as which of its own, with a checksum over both.</summary>
internal static class StressPair
{
    public const int Bytes = sizeof(int) + sizeof(long);

    /// <summary>What goes with a producer as the first number: its own number above, the checksum below.</summary>
    public static long Second(int producer, int number) => ((long)number << 32) | Checksum(producer, number);

    /// <summary>Whether not one bit has changed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> entry, out int producer, out int number)
    {
        var second = MemoryMarshal.Read<long>(entry[sizeof(int)..]);
        (producer, number) = (MemoryMarshal.Read<int>(entry), (int)(second >> 32));
        return entry.Length == Bytes && (uint)second == Checksum(producer, number);
    }

    private static uint Checksum(int producer, int number) =>
        (uint)((((ulong)(uint)producer << 32) ^ (uint)number ^ 0xA5A5_5A5A_C3C3_3C3C) * 0x9E37_79B9_7F4A_7C15 >> 29);
}
