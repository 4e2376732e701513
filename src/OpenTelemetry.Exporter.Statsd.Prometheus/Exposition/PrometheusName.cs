using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Makes classic Prometheus names out of OpenTelemetry ones.</summary>
/// <remarks>
/// OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility". There is one spelling whatever the format: body,
/// unit, <c>_total</c>, each at most once and in this order, so <c>already_total</c> in seconds is <c>already_seconds_total</c>.
/// </remarks>
internal static class PrometheusName
{
    private const string TotalSuffix = "_total";

    /// <summary>The name of the family that a metric belongs to.</summary>
    public static string OfFamily(string name, string unit, FamilyType type, PrometheusAspNetCoreOptions options)
    {
        var body = Sanitize(name, allowColon: true);
        if (options.TranslationStrategy
            is PrometheusTranslationStrategy.UnderscoreEscapingWithoutSuffixes or PrometheusTranslationStrategy.NoTranslation)
        {
            return body;
        }

        var endsInTotal = type == FamilyType.Counter
            && body.Length > TotalSuffix.Length
            && body.EndsWith(TotalSuffix, StringComparison.Ordinal);
        if (endsInTotal)
        {
            body = body[..^TotalSuffix.Length];
        }

        var suffix = UnitSuffix.Of(unit);
        if (suffix.Length > 0 && !body.EndsWith(suffix, StringComparison.Ordinal))
        {
            body = Join(body, suffix);
        }

        var wantsTotal = type == FamilyType.Counter && !options.DisableTotalNameSuffixForCounters;
        return endsInTotal || wantsTotal ? Join(body, "total") : body;
    }

    /// <summary>
    /// The name for a family whose own name is taken by another type: with a word for its type before <c>_total</c>, and with a
    /// number after that word from the second <paramref name="attempt"/> on.
    /// </summary>
    /// <remarks>The words are not the names of the types, because <c>promtool</c> objects to those in a name.</remarks>
    public static string Evade(string taken, FamilyType type, int attempt)
    {
        var endsInTotal = type == FamilyType.Counter && taken.EndsWith(TotalSuffix, StringComparison.Ordinal);
        var body = endsInTotal ? taken[..^TotalSuffix.Length] : taken;
        var word = type switch
        {
            FamilyType.Counter => "accumulated",
            FamilyType.Gauge => "value",
            _ => "distribution",
        };
        body = Join(body, attempt == 1 ? word : FormattableString.Invariant($"{word}_{attempt}"));
        return endsInTotal ? body + TotalSuffix : body;
    }

    /// <summary>
    /// <paramref name="name"/> with every run of other characters than ASCII letters, digits and maybe <c>:</c> made one
    /// <c>_</c>, and with <c>_</c> before a leading digit. Never empty.
    /// </summary>
    public static string Sanitize(string name, bool allowColon)
    {
        var result = new StringBuilder(name.Length + 1);
        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character) || (allowColon && character == ':'))
            {
                if (result.Length == 0 && char.IsAsciiDigit(character))
                {
                    result.Append('_');
                }

                result.Append(character);
            }
            else if (result.Length == 0 || result[^1] != '_')
            {
                result.Append('_');
            }
        }

        return result.Length == 0 ? "_" : result.ToString();
    }

    /// <summary>
    /// Writes the label name for an attribute key: runs of other characters than ASCII letters and digits become one <c>_</c>,
    /// and <c>_</c> goes before a leading digit. Never empty, and never a name that Prometheus reserves by two underscores.
    /// </summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is shorter than the key plus one byte.</returns>
    public static bool TryWriteLabel(Span<byte> destination, ReadOnlySpan<char> key, out int written)
    {
        written = 0;
        if (destination.Length <= key.Length)
        {
            return false;
        }

        foreach (var character in key)
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                if (written == 0 && char.IsAsciiDigit(character))
                {
                    destination[written++] = (byte)'_';
                }

                destination[written++] = (byte)character;
            }
            else if (written == 0 || destination[written - 1] != '_')
            {
                destination[written++] = (byte)'_';
            }
        }

        if (written == 0)
        {
            destination[written++] = (byte)'_';
        }

        return true;
    }

    private static string Join(string body, string suffix) => body.EndsWith('_') ? body + suffix : $"{body}_{suffix}";
}
