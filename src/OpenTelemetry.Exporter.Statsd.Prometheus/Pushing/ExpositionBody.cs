using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Families;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>An exposition that is written while it is sent. Valid until the snapshot is written again.</summary>
internal sealed class ExpositionBody(Layout layout, Snapshot snapshot, ExpositionFormat format) : IPushBody
{
    /// <inheritdoc/>
    public string ContentType => format.ContentType;

    /// <inheritdoc/>
    public async Task WriteToAsync(Stream stream, CancellationToken cancellation) =>
        await ExpositionStream.WriteAsync(new ExpositionWriter(layout, snapshot, format), stream, cancellation).ConfigureAwait(false);
}
