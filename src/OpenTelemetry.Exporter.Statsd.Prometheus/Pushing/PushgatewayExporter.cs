using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Pushes each collection to a Pushgateway before the collection ends.</summary>
/// <remarks>Not thread-safe: <see cref="PushgatewayReader"/> makes one call at a time.</remarks>
internal sealed class PushgatewayExporter(
    PushgatewayClient client,
    PushExposition exposition,
    PushgatewayMethod method,
    bool deletesOnShutdown,
    ExporterTelemetry telemetry,
    TimeProvider time) : BaseExporter<Metric>
{
    private readonly HttpMethod pushMethod = method == PushgatewayMethod.Post ? HttpMethod.Post : HttpMethod.Put;
    private Deadline deadline;
    private CancellationToken superseded;

    /// <summary>Whether <see cref="TryDelete"/> has anything to do.</summary>
    public bool DeletesOnShutdown => deletesOnShutdown;

    /// <summary>To be called before a collection.</summary>
    /// <param name="limit">How long it may take, with its push.</param>
    /// <param name="superseded">Ends the push, since another one says the same and more.</param>
    public void BeginCollection(TimeSpan limit, CancellationToken superseded)
    {
        deadline = new(time, limit);
        this.superseded = superseded;
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        try
        {
            var body = exposition.Collect(in batch, ParentProvider.GetResource());
            return Send(pushMethod, body, deadline.Left, superseded) ? ExportResult.Success : ExportResult.Failure;
        }
#pragma warning disable CA1031 // Whatever it is, it is reported, and neither the SDK nor the application is bothered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            telemetry.PushFailed(pushMethod.Method, client.Group, PushFailure.Failed, exception.ToString());
            return ExportResult.Failure;
        }
    }

    /// <summary>Deletes the group, if that is wanted at shutdown.</summary>
    /// <returns>Whether all is as wanted.</returns>
    public bool TryDelete(TimeSpan limit) => !deletesOnShutdown || Send(HttpMethod.Delete, null, limit, CancellationToken.None);

    /// <summary>Reports that the last push could not be made since one before it does not end. May be called by any thread.</summary>
    public void ReportHeldUp() =>
        telemetry.PushFailed(pushMethod.Method, client.Group, PushFailure.Timeout, "the request before the last one does not end");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            client.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// Waits for a request. It goes by the thread pool: not every handler can do without, and none is to wait for the context of
    /// the thread that is waiting here.
    /// </summary>
    private bool Send(HttpMethod method, ExpositionBody? body, TimeSpan limit, CancellationToken superseded)
    {
        using var scope = SuppressInstrumentationScope.Begin();
        return Task.Run(() => client.SendAsync(method, body, limit, superseded), CancellationToken.None).GetAwaiter().GetResult();
    }
}
