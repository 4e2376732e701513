using System.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Prometheus.Families;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Labels as a metric message has them: field after field of name and value.</summary>
internal sealed class ProtobufLabels : ILabelEncoding
{
    public static readonly ProtobufLabels Instance = new();

    private const int MaxOverhead = 3 * (1 + Varint.MaxBytes);

    /// <inheritdoc/>
    public void Append(LabelSet labels, ByteArena output)
    {
        for (var index = 0; index < labels.Count; index++)
        {
            var name = labels.NameAt(index);
            var value = labels.ValueAt(index);
            var written = 0;
            var fits = TryWrite(output.GetSpan(name.Length + value.Length + MaxOverhead), PrometheusProto.Metric.Label, name, value, ref written);
            Debug.Assert(fits, "A label is no longer than its name, its value, and three tags with lengths.");
            output.Advance(written);
        }
    }

    /// <summary>Writes a <c>LabelPair</c>.</summary>
    public static bool TryWrite(Span<byte> destination, int field, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref int written) =>
        ProtobufField.TryOpen(destination, field, out var start, ref written)
            && ProtobufField.TryWriteBytes(destination, PrometheusProto.LabelPair.Name, name, ref written)
            && ProtobufField.TryWriteBytes(destination, PrometheusProto.LabelPair.Value, value, ref written)
            && ProtobufField.TryClose(destination, start, ref written);
}
