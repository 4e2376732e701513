using OpenTelemetry;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Metrics;

namespace FaultApp;

/// <summary>What an exporter allocates, told apart by whether its receiver and the series had been the same for a while.</summary>
/// <remarks>Measures on the thread that exports; read by any.</remarks>
internal sealed class MeasuredExporter(StatsdMetricExporter inner, Func<int> receiverChanges) : BaseExporter<Metric>, IDelivery
{
    /// <summary>How many exports it takes after a change until everything is warm again.</summary>
    private const int WarmUp = 3;

    private int seenChanges = -1;
    private int seenPoints;
    private int undisturbed;
    private long probeBytes;
    private long steadyExports;
    private long steadyBytes;
    private long otherExports;
    private long otherBytes;

    /// <summary>Gets the exports of as many points as the last three, to a receiver that had been there, and what these allocated.</summary>
    public (long Exports, long Bytes) Steady => (Interlocked.Read(ref this.steadyExports), Interlocked.Read(ref this.steadyBytes));

    /// <summary>Gets all other exports, and what these and the questions whether the receiver is there allocated.</summary>
    public (long Exports, long Bytes) Other => (Interlocked.Read(ref this.otherExports), Interlocked.Read(ref this.otherBytes));

    public bool IsAway => inner.IsAway;

    public bool IsReceiverThere(TimeSpan budget)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isThere = inner.IsReceiverThere(budget);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (isThere)
        {
            this.probeBytes = bytes;
        }
        else
        {
            this.undisturbed = 0;
            Interlocked.Add(ref this.otherBytes, bytes);
        }

        return isThere;
    }

    public void Grant(TimeSpan budget) => inner.Grant(budget);

    public void Hurry(TimeSpan budget) => inner.Hurry(budget);

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var points = CountPoints(batch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = inner.Export(batch);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before + this.probeBytes;
        this.probeBytes = 0;
        var changes = receiverChanges();
        var isUndisturbed = changes == this.seenChanges && points == this.seenPoints && result == ExportResult.Success;
        this.undisturbed = isUndisturbed ? this.undisturbed + 1 : 0;
        (this.seenChanges, this.seenPoints) = (changes, points);
        if (this.undisturbed > WarmUp)
        {
            Interlocked.Increment(ref this.steadyExports);
            Interlocked.Add(ref this.steadyBytes, bytes);
        }
        else
        {
            Interlocked.Increment(ref this.otherExports);
            Interlocked.Add(ref this.otherBytes, bytes);
        }

        return result;
    }

    protected override bool OnShutdown(int timeoutMilliseconds) => inner.Shutdown(timeoutMilliseconds);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>On a busy machine a collection comes now and then before all series were recorded.</summary>
    private static int CountPoints(in Batch<Metric> batch)
    {
        var count = 0;
        foreach (var metric in batch)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                count++;
            }
        }

        return count;
    }
}
