using System.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Prometheus.Families;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Labels as text formats have them between braces: <c>name="value",name="value"</c>.</summary>
internal sealed class TextLabels : ILabelEncoding
{
    public static readonly TextLabels Instance = new();

    /// <inheritdoc/>
    public void Append(LabelSet labels, ByteArena output)
    {
        for (var index = 0; index < labels.Count; index++)
        {
            var name = labels.NameAt(index);
            var value = labels.ValueAt(index);
            var written = 0;
            var fits = TextLine.TryWriteLabel(
                output.GetSpan(2 * (name.Length + value.Length) + 6), name, value, isFirst: index == 0, ref written);
            Debug.Assert(fits, "A label is no longer than its name and value escaped throughout, and six signs.");
            output.Advance(written);
        }
    }
}
