using OpenTelemetry.Exporter.Prometheus.Collecting;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>How the series of a structure are exposed: in which families, under which names, with which labels.</summary>
/// <remarks>Immutable, hence read by any number of responses.</remarks>
/// <param name="Structure">What it is a layout of.</param>
/// <param name="Families">The families, as they come in the SDK's order of metrics.</param>
/// <param name="TargetLabels">The labels of <c>target_info</c>, encoded; empty if there is no such metric.</param>
internal sealed record Layout(Structure Structure, Family[] Families, byte[] TargetLabels);
