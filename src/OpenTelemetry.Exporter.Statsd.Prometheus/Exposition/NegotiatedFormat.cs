using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>What a response is written in.</summary>
/// <param name="Syntax">The format.</param>
/// <param name="Escaping">What happens to names; <see cref="EscapingScheme.Underscores"/> in formats that have no choice.</param>
internal readonly record struct NegotiatedFormat(ExpositionSyntax Syntax, EscapingScheme Escaping);
