using System.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>What media types call the ways to escape names.</summary>
internal static class ContentTypes
{
    public static string NameOf(EscapingScheme escaping) => escaping switch
    {
        EscapingScheme.Underscores => "underscores",
        EscapingScheme.AllowUtf8 => "allow-utf-8",
        EscapingScheme.Dots => "dots",
        EscapingScheme.Values => "values",
        _ => throw new UnreachableException(),
    };
}
