using System.Globalization;
using System.Text.RegularExpressions;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests.Text;

/// <summary>A decimal as read from text: <c>Digits * 10^Exponent</c>, the last digit not 0 unless all is zero.</summary>
internal readonly partial record struct DecimalText(bool Negative, ulong Digits, int Exponent)
{
    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?\z")]
    public static partial Regex Plain { get; }

    [GeneratedRegex(@"^-?[1-9](\.[0-9]*[1-9])?e[+-][1-9][0-9]*\z")]
    public static partial Regex Scientific { get; }

    /// <summary>Reads a decimal of up to 19 significant digits, ours or the runtime's.</summary>
    public static DecimalText Read(scoped ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        text = text[(negative ? 1 : 0)..];
        var exponent = 0;
        var mark = text.IndexOfAny((byte)'e', (byte)'E');
        if (mark >= 0)
        {
            exponent = int.Parse(text[(mark + 1)..], CultureInfo.InvariantCulture);
            text = text[..mark];
        }

        Span<byte> joined = stackalloc byte[Utf8Number.MaxPlainDoubleBytes];
        var point = text.IndexOf((byte)'.');
        if (point >= 0)
        {
            text[..point].CopyTo(joined);
            text[(point + 1)..].CopyTo(joined[point..]);
            exponent -= text.Length - point - 1;
            text = joined[..(text.Length - 1)];
        }

        var digits = text.TrimEnd((byte)'0');
        return digits.IsEmpty
            ? new(negative, 0, 0)
            : new(negative, ulong.Parse(digits.TrimStart((byte)'0'), CultureInfo.InvariantCulture), exponent + text.Length - digits.Length);
    }
}
