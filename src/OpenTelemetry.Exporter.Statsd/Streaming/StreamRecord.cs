using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>A measurement in a lane: an entry of 12 bytes, which takes 16 with its length.</summary>
/// <param name="Series">The series' <see cref="StreamSeries.Id"/>.</param>
/// <param name="Bits">A <see cref="long"/> or the bits of a <see cref="double"/>, as the instrument has it.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct StreamRecord(int Series, long Bits)
{
    public static StreamRecord Read(ReadOnlySpan<byte> entry) => MemoryMarshal.Read<StreamRecord>(entry);
}
