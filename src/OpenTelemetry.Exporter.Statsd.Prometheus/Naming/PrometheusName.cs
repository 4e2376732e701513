using System.Numerics;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Naming;

/// <summary>Makes Prometheus names out of OpenTelemetry ones.</summary>
/// <remarks>
/// OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility". There is one spelling whatever the format: body,
/// unit, <c>_total</c>, each at most once and in this order, so <c>already_total</c> in seconds is <c>already_seconds_total</c>.
/// </remarks>
internal static class PrometheusName
{
    private const string TotalSuffix = "_total";

    /// <summary>The name of the family that a metric belongs to.</summary>
    public static string OfFamily(string name, string unit, bool isCounter, NamingSettings settings, EscapingScheme scheme)
    {
        var body = settings.EscapesFirst ? Sanitize(name, allowColon: true) : name;
        if (settings.AddsSuffixes)
        {
            body = AddSuffixes(body, UnitSuffix.Of(unit), isCounter, settings.AddsTotal);
        }

        return settings.EscapesFirst ? body : NameEscaper.EscapeMetric(body, scheme);
    }

    /// <summary>The name of a counter without <c>_total</c>, which is what OpenMetrics calls its family.</summary>
    public static string WithoutTotal(string name) => EndsInTotal(name) ? name[..^TotalSuffix.Length] : name;

    /// <summary>Whether <paramref name="name"/> ends in <c>_total</c> and is more than that.</summary>
    public static bool EndsInTotal(string name) =>
        name.Length > TotalSuffix.Length && name.EndsWith(TotalSuffix, StringComparison.Ordinal);

    /// <summary>
    /// The name for a family whose own name is taken by another type: with a word for its type before <c>_total</c>, and with a
    /// number after that word from the second <paramref name="attempt"/> on.
    /// </summary>
    /// <remarks>The words are not the names of the types, because <c>promtool</c> objects to those in a name.</remarks>
    /// <param name="taken">The name that is taken.</param>
    /// <param name="kind">The kind of the metric that needs another.</param>
    /// <param name="attempt">1 or more.</param>
    public static string Evade(string taken, MetricKind kind, int attempt)
    {
        var endsInTotal = kind == MetricKind.Counter && EndsInTotal(taken);
        var body = endsInTotal ? taken[..^TotalSuffix.Length] : taken;
        var word = kind switch
        {
            MetricKind.Counter => "accumulated",
            MetricKind.Histogram => "distribution",
            _ => "value",
        };
        body = Join(body, attempt == 1 ? word : FormattableString.Invariant($"{word}_{attempt}"));
        return endsInTotal ? body + TotalSuffix : body;
    }

    /// <summary>
    /// <paramref name="name"/> with every run of other characters than ASCII letters, digits and maybe <c>:</c> made one
    /// <c>_</c>, and with <c>_</c> before a leading digit. Never empty, and never a name that Prometheus reserves by two underscores.
    /// </summary>
    public static string Sanitize(string name, bool allowColon)
    {
        var result = new byte[name.Length + 1];
        TrySanitize(result, name.AsSpan(), allowColon, out var written);
        return Encoding.ASCII.GetString(result, 0, written);
    }

    /// <summary>Writes what <see cref="Sanitize"/> makes of a name in characters or in UTF-8.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is not longer than the name, which is enough.</returns>
    public static bool TrySanitize<T>(Span<byte> destination, ReadOnlySpan<T> name, bool allowColon, out int written)
        where T : unmanaged, IBinaryInteger<T>
    {
        written = 0;
        if (destination.Length <= name.Length)
        {
            return false;
        }

        foreach (var unit in name)
        {
            var character = (char)ushort.CreateTruncating(unit);
            if (char.IsAsciiLetterOrDigit(character) || (allowColon && character == ':'))
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

    private static string AddSuffixes(string body, string unit, bool isCounter, bool wantsTotal)
    {
        var endsInTotal = isCounter && EndsInTotal(body);
        if (endsInTotal)
        {
            body = body[..^TotalSuffix.Length];
        }

        if (unit.Length > 0 && !body.EndsWith(unit, StringComparison.Ordinal))
        {
            body = Join(body, unit);
        }

        return endsInTotal || (isCounter && wantsTotal) ? Join(body, "total") : body;
    }

    private static string Join(string body, string suffix) => body.EndsWith('_') ? body + suffix : $"{body}_{suffix}";
}
