using System.Buffers;
using System.Globalization;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>A name or a value as CloudWatch takes it: visible ASCII and blanks, up to a limit.</summary>
/// <remarks>
/// Other characters are percent-encoded, as UTF-8. So that no two texts become one, a percent sign is encoded where it would read as the
/// beginning of such an encoding, and a lone surrogate as the three bytes that UTF-8 would have for it (WTF-8). What is too long is cut and
/// ends in <c>~</c> and eight hexadecimal digits of the whole text's hash.
/// </remarks>
/// <param name="Text">To be sanitised no second time.</param>
/// <param name="Alterations">How it differs from what it was made of.</param>
internal readonly record struct CloudWatchText(string Text, Alterations Alterations)
{
    public const int MaxDimensionNameLength = 250;
    public const int MaxDimensionValueLength = 1024;
    public const int MaxMetricNameLength = 255;

    private const int HashLength = 9;

    /// <summary>A name of a dimension; empty, and <see cref="Alterations.BlankDimension"/>, if it cannot be one.</summary>
    public static CloudWatchText DimensionName(string name)
    {
        var result = Dimension(name, MaxDimensionNameLength);
        return result.Text.StartsWith(':')
            ? new($"_{result.Text.AsSpan(1)}", result.Alterations | Alterations.Renamed)
            : result;
    }

    /// <summary>A value of a dimension; empty, and <see cref="Alterations.BlankDimension"/>, if it cannot be one.</summary>
    public static CloudWatchText DimensionValue(string? value) => Dimension(value, MaxDimensionValueLength);

    public static CloudWatchText MetricName(string name) => Of(name, MaxMetricNameLength);

    /// <summary>A name of a member that is no dimension: any characters, which a lone surrogate is not. One that is too long is as a dimension's would be.</summary>
    public static CloudWatchText MemberName(string name)
    {
        if (name.Length > MaxDimensionNameLength)
        {
            return Of(name, MaxDimensionNameLength);
        }

        var text = Ascii.IsValid(name) ? name : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name));
        return new(text, text == name ? Alterations.None : Alterations.NonAscii);
    }

    private static CloudWatchText Dimension(string? text, int maxLength) =>
        text.AsSpan().ContainsAnyExcept(' ') ? Of(text!, maxLength) : new(string.Empty, Alterations.BlankDimension);

    private static CloudWatchText Of(string text, int maxLength)
    {
        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%'))
        {
            return new(text, Alterations.None);
        }

        var result = new StringBuilder(maxLength);
        var alterations = Alterations.None;
        var beforeHash = 0;

        // FNV-1a, 32 bits: the same on every machine and in every process, so that a series keeps its name.
        var hash = 2166136261u;
        Span<byte> utf8 = stackalloc byte[4];
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var isEncoded = !IsVisibleAscii(rest[0]) || IsEncoding(rest);
            var (characters, bytes) = Decode(rest, utf8);
            rest = rest[characters..];
            foreach (var one in utf8[..bytes])
            {
                hash = (hash ^ one) * 16777619u;
            }

            if (result.Length > maxLength)
            {
                continue;
            }

            if (isEncoded)
            {
                alterations |= Alterations.NonAscii;
                foreach (var one in utf8[..bytes])
                {
                    result.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
                }
            }
            else
            {
                result.Append((char)utf8[0]);
            }

            if (result.Length <= maxLength - HashLength)
            {
                beforeHash = result.Length;
            }
        }

        if (result.Length > maxLength)
        {
            alterations |= Alterations.TooLong;
            result.Length = beforeHash;
            result.Append(CultureInfo.InvariantCulture, $"~{hash:x8}");
        }

        return new(result.ToString(), alterations);
    }

    /// <summary>Writes the first character of <paramref name="text"/> as UTF-8.</summary>
    private static (int Characters, int Bytes) Decode(ReadOnlySpan<char> text, Span<byte> utf8)
    {
        if (Rune.DecodeFromUtf16(text, out var rune, out var characters) == OperationStatus.Done)
        {
            return (characters, rune.EncodeToUtf8(utf8));
        }

        var surrogate = text[0];
        utf8[0] = (byte)(0xE0 | (surrogate >> 12));
        utf8[1] = (byte)(0x80 | ((surrogate >> 6) & 0x3F));
        utf8[2] = (byte)(0x80 | (surrogate & 0x3F));
        return (1, 3);
    }

    /// <summary>Whether <paramref name="text"/> begins with what a character could have been encoded to.</summary>
    private static bool IsEncoding(ReadOnlySpan<char> text) =>
        text is ['%', var high, var low, ..]
        && char.IsAsciiHexDigitUpper(high)
        && char.IsAsciiHexDigitUpper(low)
        && (char)Convert.FromHexString(text[1..3])[0] is var encoded
        && (encoded == '%' || !IsVisibleAscii(encoded));

    private static bool IsVisibleAscii(char character) => character is >= ' ' and <= '~';
}
