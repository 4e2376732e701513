using System.Globalization;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Turns any text into one that a receiver carries.</summary>
/// <remarks>
/// Stateless. A character outside the alphabet becomes <c>_</c>. Where that or the limit takes letters away, so that other
/// texts would end up the same, the result ends in <c>_</c> and eight hexadecimal digits of the whole text's hash.
/// </remarks>
internal static class Sanitizer
{
    private const int HashBytes = 9;

    /// <summary>Writes <paramref name="text"/> as UTF-8.</summary>
    /// <param name="destination">Holds <paramref name="maxBytes"/> or more.</param>
    /// <param name="text">UTF-16; a lone surrogate counts as U+FFFD.</param>
    /// <param name="alphabet">What the receiver carries.</param>
    /// <param name="maxBytes">The limit, at least 16; no character is cut.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<char> text, Alphabet alphabet, int maxBytes)
    {
        destination = destination[..maxBytes];
        var written = 0;
        var beforeHash = 0;
        var isLossy = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var isAllowed = alphabet.Contains(rune);
            var kept = isAllowed ? rune : new Rune('_');
            isLossy |= !isAllowed && !rune.IsAscii && !Rune.IsControl(rune);
            if (!kept.TryEncodeToUtf8(destination[written..], out var bytes))
            {
                isLossy = true;
                break;
            }

            written += bytes;
            if (written <= maxBytes - HashBytes)
            {
                beforeHash = written;
            }
        }

        return isLossy ? beforeHash + WriteHash(destination[beforeHash..], text) : written;
    }

    private static int WriteHash(Span<byte> destination, ReadOnlySpan<char> text)
    {
        // FNV-1a, 32 bits: the same on every machine and in every process, so that a series keeps its name.
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ (byte)c) * 16777619u;
            hash = (hash ^ (byte)(c >> 8)) * 16777619u;
        }

        destination[0] = (byte)'_';
        hash.TryFormat(destination[1..], out _, "x8", CultureInfo.InvariantCulture);
        return HashBytes;
    }
}
