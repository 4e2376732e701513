using System.Globalization;

namespace OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

/// <summary>A <c>name=value</c> that follows an item of a header. Without <c>=</c>, the value is empty.</summary>
/// <remarks>RFC 9110, sections 5.6.6 and 12.4.2. The default is that there is no such parameter.</remarks>
internal readonly ref struct HeaderParameter
{
    private readonly ReadOnlySpan<char> name;
    private readonly ReadOnlySpan<char> value;

    public HeaderParameter(ReadOnlySpan<char> text)
    {
        var equals = text.IndexOf('=');
        name = equals < 0 ? text : text[..equals].TrimEnd();
        value = equals < 0 ? default : text[(equals + 1)..].TrimStart();
    }

    public bool IsMissing => name.IsEmpty;

    public bool IsNamed(string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the value, quoted or not, is <paramref name="expected"/>, in the same case.</summary>
    public bool HasValue(string expected)
    {
        if (value is not ['"', .. var quoted, '"'])
        {
            return value.SequenceEqual(expected);
        }

        foreach (var character in expected)
        {
            if (quoted is ['\\', ..])
            {
                quoted = quoted[1..];
            }

            if (quoted.IsEmpty || quoted[0] != character)
            {
                return false;
            }

            quoted = quoted[1..];
        }

        return quoted.IsEmpty;
    }

    /// <summary>Reads the value as a weight: 0 for not acceptable, 1 for most wanted.</summary>
    /// <remarks>More than the three decimals of the RFC, and none before the point, are understood; anything else is not.</remarks>
    public bool TryGetQuality(out double quality) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out quality) && quality is >= 0 and <= 1;
}
