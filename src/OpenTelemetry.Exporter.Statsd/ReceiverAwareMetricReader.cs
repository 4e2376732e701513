using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>
/// A periodic reader that does not collect what cannot be delivered: while the receiver is away, Delta aggregation goes on inside
/// the SDK, exact and in constant memory, and the next collection carries it all. At shutdown it collects and tries regardless.
/// </summary>
/// <remarks>The SDK runs one collection at a time, and shuts down from another thread.</remarks>
internal sealed class ReceiverAwareMetricReader<TExporter>(TExporter exporter, int intervalMilliseconds, int timeoutMilliseconds)
    : PeriodicExportingMetricReader(exporter, intervalMilliseconds, timeoutMilliseconds)
    where TExporter : BaseExporter<Metric>, IDelivery
{
    private readonly TExporter delivery = exporter;
    private readonly TimeSpan exportTimeout = Limited(timeoutMilliseconds, TimeSpan.MaxValue);
    private volatile bool isShuttingDown;

    /// <inheritdoc/>
    protected override bool OnCollect(int timeoutMilliseconds)
    {
        // ForceFlush() without a timeout does not wait for ever either.
        var budget = Limited(timeoutMilliseconds, exportTimeout);
        var started = Stopwatch.GetTimestamp();
        if (!isShuttingDown && !delivery.IsReceiverThere(budget))
        {
            return false;
        }

        var left = budget - Stopwatch.GetElapsedTime(started);
        delivery.Grant(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        return base.OnCollect(timeoutMilliseconds);
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        isShuttingDown = true;
        delivery.Hurry(Limited(timeoutMilliseconds, exportTimeout));
        return base.OnShutdown(timeoutMilliseconds);
    }

    private static TimeSpan Limited(int milliseconds, TimeSpan limit)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);
        return milliseconds == Timeout.Infinite || time > limit ? limit : time;
    }
}
