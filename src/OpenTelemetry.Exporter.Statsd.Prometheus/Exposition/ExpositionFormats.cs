using System.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The formats of one exporter.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
internal sealed class ExpositionFormats
{
    private readonly Dictionary<NegotiatedFormat, ExpositionFormat> formats = [];
    private readonly bool isEscapedFirst;

    /// <param name="settings">What the exporter's options say about buckets.</param>
    /// <param name="isEscapedFirst">Whether names are classic already before a scraper's wishes are looked at.</param>
    public ExpositionFormats(ExpositionSettings settings, bool isEscapedFirst)
    {
        this.isEscapedFirst = isEscapedFirst;
        foreach (var syntax in Enum.GetValues<ExpositionSyntax>())
        {
            foreach (var escaping in Enum.GetValues<EscapingScheme>())
            {
                formats.Add(new(syntax, escaping), Create(syntax, escaping, settings));
            }
        }
    }

    /// <summary>The format that was negotiated; names that are escaped already are not escaped again.</summary>
    public ExpositionFormat this[NegotiatedFormat negotiated] =>
        formats[isEscapedFirst ? negotiated with { Escaping = EscapingScheme.Underscores } : negotiated];

    private ExpositionFormat Create(ExpositionSyntax syntax, EscapingScheme escaping, ExpositionSettings settings)
    {
        if (syntax is ExpositionSyntax.Text004 or ExpositionSyntax.OpenMetrics001)
        {
            escaping = EscapingScheme.Underscores;
        }

        EscapingScheme? keys = isEscapedFirst ? null : escaping;
        return syntax switch
        {
            ExpositionSyntax.Text004 => new TextFormat(settings, escaping, isVersion1: false),
            ExpositionSyntax.Text100 => new TextFormat(settings, escaping, isVersion1: true),
            ExpositionSyntax.OpenMetrics001 => new OpenMetricsFormat(settings, escaping, keys, isVersion1: false),
            ExpositionSyntax.OpenMetrics100 => new OpenMetricsFormat(settings, escaping, keys, isVersion1: true),
            ExpositionSyntax.Protobuf => new ProtobufFormat(settings, escaping, keys),
            _ => throw new UnreachableException(),
        };
    }
}
