using System.Text;
using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Reads names and values back: percent-encoded, or cut with a hash at the end.</summary>
internal static partial class EmfText
{
    private const int HashLength = 9;

    // The longest character, of four bytes.
    private const int LongestCharacter = 12;

    /// <summary>Whether a text is written as another, as far as a limit allows.</summary>
    public static bool Fits(string original, string written, int limit)
    {
        var bytes = Bytes(original);
        if (Decode(written).AsSpan().SequenceEqual(bytes))
        {
            return written.Length <= limit;
        }

        if (!Hash().IsMatch(written) || written.Length > limit || written.Length < limit - LongestCharacter)
        {
            return false;
        }

        var kept = Decode(written[..^HashLength]);
        return kept.Length < bytes.Length && bytes.AsSpan().StartsWith(kept);
    }

    /// <summary>UTF-8, in which half of a character is what it would be if it were one.</summary>
    private static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                i += rune.Utf16SequenceLength - 1;
            }
            else
            {
                bytes.AddRange([(byte)(0xE0 | (text[i] >> 12)), (byte)(0x80 | ((text[i] >> 6) & 0x3F)), (byte)(0x80 | (text[i] & 0x3F))]);
            }
        }

        return [.. bytes];
    }

    private static byte[] Decode(string written)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < written.Length; i++)
        {
            if (Escape().Match(written, i) is { Success: true } match && IsEncoded(Convert.ToByte(match.Value[1..], 16)))
            {
                bytes.Add(Convert.ToByte(match.Value[1..], 16));
                i += 2;
            }
            else
            {
                bytes.Add((byte)written[i]);
            }
        }

        return [.. bytes];
    }

    private static bool IsEncoded(byte one) => one is (byte)'%' or < (byte)' ' or > (byte)'~';

    [GeneratedRegex(@"\G%[0-9A-F]{2}")]
    private static partial Regex Escape();

    [GeneratedRegex(@"~[0-9a-f]{8}\z")]
    private static partial Regex Hash();
}
