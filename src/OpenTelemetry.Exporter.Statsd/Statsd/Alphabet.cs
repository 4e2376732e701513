using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>The characters that a receiver carries in a name, a tag key or a tag value.</summary>
internal sealed class Alphabet
{
    private readonly bool[] ascii = new bool[128];
    private readonly bool hasUnicode;

    private Alphabet(Func<char, bool> isAllowed, bool hasUnicode)
    {
        for (var c = '\0'; c < ascii.Length; c++)
        {
            ascii[c] = isAllowed(c);
        }

        this.hasUnicode = hasUnicode;
    }

    /// <summary>ASCII letters and digits, and the given punctuation.</summary>
    public static Alphabet LettersDigitsAnd(string punctuation, bool hasUnicode = false) =>
        new(c => char.IsAsciiLetterOrDigit(c) || punctuation.Contains(c, StringComparison.Ordinal), hasUnicode);

    /// <summary>All of Unicode, except control characters and the given punctuation.</summary>
    public static Alphabet AllBut(string punctuation) =>
        new(c => !char.IsControl(c) && !punctuation.Contains(c, StringComparison.Ordinal), hasUnicode: true);

    public bool Contains(Rune rune) => rune.IsAscii ? ascii[rune.Value] : hasUnicode && !Rune.IsControl(rune);
}
