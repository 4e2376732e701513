using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>
/// A periodic reader that tells its exporter how much time there is, which the SDK keeps to itself, and ends with a push of all that
/// was recorded before the shutdown began.
/// </summary>
/// <remarks>
/// Thread-safe: the lock lets one collection run at a time. The SDK would take a collection that is under way at shutdown for the last
/// one, although it misses what was recorded since it began. Here it is cut short instead: values are cumulative, so the last push says
/// the same and more. After that one, collections do nothing.
/// </remarks>
[SuppressMessage("Usage", "CA2213", Justification = "A source of cancellation without a timer has nothing to dispose of.")]
internal sealed class PushgatewayReader(PushgatewayExporter pushgateway, int intervalMilliseconds, int timeoutMilliseconds, TimeProvider time)
    : PeriodicExportingMetricReader(pushgateway, intervalMilliseconds, timeoutMilliseconds)
{
    /// <summary>What stands for no limit: more than anybody waits, and less than what timers take.</summary>
    private static readonly TimeSpan Unlimited = TimeSpan.FromDays(1);

    private readonly TimeSpan exportTimeout = TimeOf(timeoutMilliseconds);
    private readonly Lock collecting = new();
    private readonly CancellationTokenSource untilShutdown = new();

    /// <summary>Whether the last push succeeded, once it was made. By the owner of <see cref="collecting"/>.</summary>
    private bool? last;

    /// <inheritdoc/>
    protected override bool OnCollect(int timeoutMilliseconds)
    {
        lock (collecting)
        {
            return last ?? Collect(Limited(timeoutMilliseconds), untilShutdown.Token);
        }
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        var deadline = new Deadline(time, Limited(timeoutMilliseconds));
        _ = untilShutdown.CancelAsync();
        var isDone = TryFinish(deadline);
        return base.OnShutdown(timeoutMilliseconds == Timeout.Infinite ? Timeout.Infinite : (int)deadline.Left.TotalMilliseconds) && isDone;
    }

    private static TimeSpan TimeOf(int milliseconds) =>
        milliseconds == Timeout.Infinite ? Unlimited : TimeSpan.FromMilliseconds(milliseconds);

    private TimeSpan Limited(int milliseconds) => TimeOf(milliseconds) < exportTimeout ? TimeOf(milliseconds) : exportTimeout;

    private bool TryFinish(Deadline deadline)
    {
        if (!collecting.TryEnter(deadline.Left))
        {
            pushgateway.ReportHeldUp();
            return false;
        }

        try
        {
            // However often the push has to be tried again, a deletion is left half the time.
            last = Collect(pushgateway.DeletesOnShutdown ? deadline.Left / 2 : deadline.Left, CancellationToken.None);
            return pushgateway.TryDelete(deadline.Left) && last.Value;
        }
        finally
        {
            collecting.Exit();
        }
    }

    private bool Collect(TimeSpan limit, CancellationToken superseded)
    {
        pushgateway.BeginCollection(limit, superseded);

        // With a time limit, the SDK might let go of what it has collected.
        return base.OnCollect(Timeout.Infinite);
    }
}
