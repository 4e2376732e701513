using System.Buffers;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Bytes appended one after another, referred to by offset, and taken back from the end.</summary>
/// <remarks>Not thread-safe. Grows by doubling and keeps what it has, so that reuse allocates nothing.</remarks>
internal sealed class ByteArena : IBufferWriter<byte>
{
    private byte[] bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> this[Range range] => bytes.AsSpan(0, Length)[range];

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(needed, Math.Min(bytes.Length * 2, Array.MaxLength)));
        }

        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Appends <paramref name="text"/> as UTF-8; what is no Unicode text becomes U+FFFD.</summary>
    public void AppendUtf8(ReadOnlySpan<char> text) =>
        Advance(Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    /// <summary>Takes back whatever was appended past <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;
}
