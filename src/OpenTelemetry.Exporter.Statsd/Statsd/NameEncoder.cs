using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Metric names as a receiver carries them.</summary>
internal static class NameEncoder
{
    /// <summary>Precedes a name or a tag key that a receiver would take for something else.</summary>
    public const string Guard = "otel.";

    /// <summary>The most bytes that a suffix such as <c>.bucket</c> takes.</summary>
    private const int MaxSuffixBytes = 16;

    /// <summary>Puts the prefix before <paramref name="name"/>, sanitises both and appends <paramref name="suffix"/>.</summary>
    /// <remarks>A name that does not begin with an ASCII letter, as <c>_sc</c> or <c>_e{</c> do not, gets the prefix <c>otel.</c></remarks>
    public static byte[] Encode(ReceiverProfile profile, string prefix, string name, string suffix)
    {
        var text = prefix.Length == 0 || prefix.EndsWith('.') ? prefix + name : $"{prefix}.{name}";
        if (text.Length == 0 || !char.IsAsciiLetter(text[0]))
        {
            text = Guard + text;
        }

        Span<byte> buffer = stackalloc byte[profile.MaxNameBytes];
        var written = Sanitizer.Write(buffer, text, profile.NameAlphabet, profile.MaxNameBytes - MaxSuffixBytes);
        written += Encoding.ASCII.GetBytes(suffix, buffer[written..]);
        return buffer[..written].ToArray();
    }
}
