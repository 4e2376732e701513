using OpenTelemetry.Exporter.Prometheus.Buffers;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>How a format writes the labels of a series, which is the same each time.</summary>
/// <remarks>Stateless, hence thread-safe.</remarks>
internal interface ILabelEncoding
{
    void Append(LabelSet labels, ByteArena output);
}
