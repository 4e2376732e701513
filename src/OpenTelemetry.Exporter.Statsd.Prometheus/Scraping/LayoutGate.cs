using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Has one layout made at a time, to its end, whether or not its scraper can wait that long.</summary>
/// <remarks>
/// Thread-safe. A scraper whose time is over leaves at once, be it before its layout is begun or while it is made on the thread pool. What
/// was begun is not in vain: labels are encoded once, so that the next scraper finds them. Where nothing has changed no thread is involved.
/// </remarks>
/// <param name="layouts">Makes them.</param>
/// <param name="telemetry">Told of those that fail, even if nobody waits any more.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle has nothing to dispose of.")]
internal sealed class LayoutGate(Layouts layouts, ExporterTelemetry telemetry)
{
    private readonly SemaphoreSlim gate = new(1);

    /// <summary>How the series of <paramref name="structure"/> are exposed in <paramref name="format"/>; <see langword="null"/> if that fails.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the layout was ready.</exception>
    public async ValueTask<Layout?> LayOutAsync(Structure structure, ExpositionFormat format, Resource resource, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation).ConfigureAwait(false);
        if (layouts.Find(structure, format) is { } known)
        {
            gate.Release();
            return known;
        }

        return await Begin(structure, format, resource).WaitAsync(cancellation).ConfigureAwait(false);
    }

    private Task<Layout?> Begin(Structure structure, ExpositionFormat format, Resource resource) =>
        Task.Run(() => LayOut(structure, format, resource), CancellationToken.None);

    private Layout? LayOut(Structure structure, ExpositionFormat format, Resource resource)
    {
        try
        {
            return layouts.Of(structure, format, resource);
        }
#pragma warning disable CA1031 // The application's own predicates and attribute values are called.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            telemetry.ScrapeFailed(exception);
            return null;
        }
        finally
        {
            gate.Release();
        }
    }
}
