using System.Buffers;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Buffers;

/// <summary>Bytes appended one after another, referred to by offset, and taken back from the end.</summary>
/// <remarks>Not thread-safe. Grows by doubling and keeps what it has, so that reuse allocates nothing.</remarks>
internal sealed class ByteArena : IBufferWriter<byte>
{
    private const int MinCapacity = 256;
    private const int Wasteful = 4;

    private byte[] bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>What was written from <paramref name="start"/> on, to be written over.</summary>
    public Span<byte> At(int start) => bytes.AsSpan(start, Length - start);

    public ReadOnlySpan<byte> this[Range range] => Written[range];

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed > bytes.Length)
        {
            Array.Resize(ref bytes, (int)Math.Max(Math.Max(needed, MinCapacity), Math.Min(bytes.Length * 2L, Array.MaxLength)));
        }

        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Append(ReadOnlySpan<byte> source)
    {
        source.CopyTo(GetSpan(source.Length));
        Length += source.Length;
    }

    /// <summary>Appends <paramref name="text"/> as UTF-8; what is no Unicode text becomes U+FFFD.</summary>
    public void AppendUtf8(ReadOnlySpan<char> text) =>
        Advance(Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    /// <summary>Takes back whatever was appended past <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Takes back everything, and most of the memory if the last use needed little of it.</summary>
    public void Reset()
    {
        if (bytes.Length > Math.Max(Length, MinCapacity) * Wasteful)
        {
            bytes = [];
        }

        Length = 0;
    }
}
