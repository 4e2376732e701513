using System.Numerics;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Naming;

/// <summary>Spells names the way a scraper asked for.</summary>
/// <remarks>
/// Stateless, hence thread-safe. Prometheus documentation, "UTF-8 metric and label name escaping schemes". Where that differs from
/// the library that the server and its Go clients share, which doubles the underscore that stands for another character under
/// <see cref="EscapingScheme.Dots"/>, this does as the library. Names are read as code points, a lone surrogate as U+FFFD;
/// that also stands for a NUL under <see cref="EscapingScheme.AllowUtf8"/>, which to the server is the end of the exposition.
/// Different names may become equal under any scheme.
/// </remarks>
internal static class NameEscaper
{
    /// <summary>The spelling of a metric's name. Never empty.</summary>
    public static string EscapeMetric(string name, EscapingScheme scheme) => Escape(name, scheme, allowColon: true);

    /// <summary>The spelling of a label's name. Never empty, and never one that Prometheus reserves by two underscores.</summary>
    /// <remarks>
    /// The one name beginning with two underscores that a server reads in a sample is <c>__name__</c>, and <c>_name_</c> would become
    /// that under <see cref="EscapingScheme.Dots"/>. So a leading run of underscores becomes one, under every scheme.
    /// </remarks>
    public static string EscapeLabel(string name, EscapingScheme scheme)
    {
        var escaped = Escape(name, scheme, allowColon: false);
        return escaped.StartsWith("__", StringComparison.Ordinal) ? $"_{escaped.AsSpan().TrimStart('_')}" : escaped;
    }

    /// <summary>Writes the spelling of a label's name, see <see cref="EscapeLabel"/>.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWriteLabel(Span<byte> destination, ReadOnlySpan<byte> name, EscapingScheme scheme, out int written)
    {
        if (scheme == EscapingScheme.AllowUtf8 && !name.IsEmpty && !name.StartsWith("__"u8) && !name.Contains((byte)0))
        {
            written = name.Length;
            return name.TryCopyTo(destination);
        }

        return Encoding.UTF8.TryGetBytes(EscapeLabel(Encoding.UTF8.GetString(name), scheme), destination, out written);
    }

    /// <summary>Whether a metric's name needs neither escaping nor quotes: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>.</summary>
    public static bool IsClassicMetric(ReadOnlySpan<char> name) => IsClassic(name, allowColon: true);

    /// <summary>Whether a label's name needs neither escaping nor quotes: <c>[a-zA-Z_][a-zA-Z0-9_]*</c>.</summary>
    public static bool IsClassicLabel(ReadOnlySpan<byte> name) => IsClassic(name, allowColon: false);

    private static string Escape(string name, EscapingScheme scheme, bool allowColon)
    {
        if (name.Length == 0)
        {
            return "_";
        }

        // Dots are the exception: they double the underscores of classic names too.
        if (scheme != EscapingScheme.Dots && IsClassic(name.AsSpan(), allowColon))
        {
            return name;
        }

        var result = new StringBuilder(scheme == EscapingScheme.Values ? "U__" : string.Empty, name.Length + 16);
        var isFirst = true;
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value != '_' && IsClassic(rune.Value, isFirst, allowColon))
            {
                result.Append((char)rune.Value);
            }
            else
            {
                result.Append(scheme switch
                {
                    EscapingScheme.AllowUtf8 => rune.Value == 0 ? "\ufffd" : rune.ToString(),
                    EscapingScheme.Dots => rune.Value == '.' ? "_dot_" : "__",
                    EscapingScheme.Values => rune.Value == '_' ? "__" : $"_{rune.Value:x}_",
                    _ => "_",
                });
            }

            isFirst = false;
        }

        return result.ToString();
    }

    /// <summary>The rule for characters and, as all it admits is ASCII, for UTF-8 as well.</summary>
    private static bool IsClassic<T>(ReadOnlySpan<T> name, bool allowColon)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var index = 0; index < name.Length; index++)
        {
            if (!IsClassic(int.CreateTruncating(name[index]), isFirst: index == 0, allowColon))
            {
                return false;
            }
        }

        return !name.IsEmpty;
    }

    private static bool IsClassic(int character, bool isFirst, bool allowColon) => character switch
    {
        '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => true,
        >= '0' and <= '9' => !isFirst,
        ':' => allowColon,
        _ => false,
    };
}
