using System.Buffers;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Strings in JSON, as UTF-8 with as few escapes as there may be: quotes, backslashes and control characters (RFC 8259, 7).</summary>
/// <remarks>Stateless.</remarks>
internal static class JsonText
{
    private const int EscapeBytes = 6;

    /// <summary>The most bytes that a string of so many UTF-16 characters takes, quotes included.</summary>
    public static int MaxBytes(int characters) => (characters * EscapeBytes) + 2;

    /// <summary>Writes <paramref name="text"/> with quotes around it; a lone surrogate becomes U+FFFD.</summary>
    /// <returns>Whether it fits; if not, what is in <paramref name="destination"/> means nothing.</returns>
    public static bool TryWrite(Span<byte> destination, ReadOnlySpan<char> text, out int written)
    {
        written = 0;
        if (!TryAppend(destination, "\""u8, ref written))
        {
            return false;
        }

        Span<byte> character = stackalloc byte[EscapeBytes];
        foreach (var rune in text.EnumerateRunes())
        {
            if (!TryAppend(destination, character[..Encode(character, rune)], ref written))
            {
                return false;
            }
        }

        return TryAppend(destination, "\""u8, ref written);
    }

    /// <summary>As <see cref="TryWrite"/>, to where there is always room.</summary>
    public static void Write(IBufferWriter<byte> writer, ReadOnlySpan<char> text)
    {
        TryWrite(writer.GetSpan(MaxBytes(text.Length)), text, out var written);
        writer.Advance(written);
    }

    private static int Encode(Span<byte> destination, Rune rune)
    {
        switch (rune.Value)
        {
            case '"' or '\\':
                destination[0] = (byte)'\\';
                destination[1] = (byte)rune.Value;
                return 2;
            case < ' ':
                "\\u00"u8.CopyTo(destination);
                destination[4] = (byte)('0' + (rune.Value >> 4));
                destination[5] = "0123456789abcdef"u8[rune.Value & 0xF];
                return EscapeBytes;
            default:
                return rune.EncodeToUtf8(destination);
        }
    }

    private static bool TryAppend(Span<byte> destination, ReadOnlySpan<byte> bytes, ref int written)
    {
        if (!bytes.TryCopyTo(destination[written..]))
        {
            written = 0;
            return false;
        }

        written += bytes.Length;
        return true;
    }
}
