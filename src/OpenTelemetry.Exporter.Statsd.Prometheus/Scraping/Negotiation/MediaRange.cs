using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

/// <summary>What one entry of an <c>Accept</c> header says about one of our formats.</summary>
/// <param name="Format">The format.</param>
/// <param name="Precedence">Which entry counts of several about one format: the highest.</param>
/// <param name="Quality">How much the format is wanted, up to 1; not at all at 0.</param>
internal readonly record struct MediaRange(NegotiatedFormat Format, MediaRangePrecedence Precedence, double Quality)
{
    /// <summary>Reads an entry.</summary>
    /// <returns><see langword="false"/> if it is unreadable or about none of our formats.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out MediaRange range)
    {
        range = default;
        var quality = 1d;
        HeaderParameter version = default, escaping = default, proto = default, encoding = default;

        var parts = new HeaderParts(text, ';');
        parts.MoveNext();
        var type = parts.Current;
        while (parts.MoveNext())
        {
            var parameter = new HeaderParameter(parts.Current);
            if (parameter.IsNamed("version"))
            {
                version = parameter;
            }
            else if (parameter.IsNamed("escaping"))
            {
                escaping = parameter;
            }
            else if (parameter.IsNamed("proto"))
            {
                proto = parameter;
            }
            else if (parameter.IsNamed("encoding"))
            {
                encoding = parameter;
            }
            else if (parameter.IsNamed("q") && !parameter.TryGetQuality(out quality))
            {
                return false;
            }
        }

        if (!TryFindSyntax(type, version, proto, encoding, out var syntax, out var precedence))
        {
            return false;
        }

        range = new MediaRange(new NegotiatedFormat(syntax, SchemeOf(syntax, escaping)), precedence, quality);
        return true;
    }

    private static bool TryFindSyntax(
        ReadOnlySpan<char> type,
        HeaderParameter version,
        HeaderParameter proto,
        HeaderParameter encoding,
        out ExpositionSyntax syntax,
        out MediaRangePrecedence precedence)
    {
        syntax = ExpositionSyntax.Text004;
        precedence = version.IsMissing ? MediaRangePrecedence.Type : MediaRangePrecedence.Version;
        if (Is(type, "text/plain"))
        {
            syntax = version.HasValue("1.0.0") ? ExpositionSyntax.Text100 : ExpositionSyntax.Text004;
            return version.IsMissing || version.HasValue("0.0.4") || version.HasValue("1.0.0");
        }

        if (Is(type, "application/openmetrics-text"))
        {
            syntax = version.HasValue("0.0.1") ? ExpositionSyntax.OpenMetrics001 : ExpositionSyntax.OpenMetrics100;
            return version.IsMissing || version.HasValue("0.0.1") || version.HasValue("1.0.0");
        }

        if (Is(type, "application/vnd.google.protobuf"))
        {
            syntax = ExpositionSyntax.Protobuf;
            precedence = MediaRangePrecedence.Version;
            return proto.HasValue("io.prometheus.client.MetricFamily") && encoding.HasValue("delimited");
        }

        // Whoever takes anything gets what everybody reads.
        precedence = Is(type, "text/*") ? MediaRangePrecedence.Text : MediaRangePrecedence.Anything;
        return precedence == MediaRangePrecedence.Text || Is(type, "*/*") || Is(type, "application/*");
    }

    private static EscapingScheme SchemeOf(ExpositionSyntax syntax, HeaderParameter escaping)
    {
        if (syntax is ExpositionSyntax.Text004 or ExpositionSyntax.OpenMetrics001)
        {
            return EscapingScheme.Underscores;
        }

        return escaping.HasValue("allow-utf-8") || escaping.HasValue("allow-utf8") ? EscapingScheme.AllowUtf8
            : escaping.HasValue("dots") ? EscapingScheme.Dots
            : escaping.HasValue("values") ? EscapingScheme.Values
            : EscapingScheme.Underscores;
    }

    private static bool Is(ReadOnlySpan<char> type, string expected) => type.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
