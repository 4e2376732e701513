using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>
/// A periodic reader that does not collect what cannot be delivered: while the receiver is away, Delta aggregation goes on inside
/// the SDK, exact and in constant memory, and the next collection carries it all. At shutdown it collects and tries regardless.
/// With it goes a stream, if there is one: it is flushed with each ForceFlush, beside the export, and ends with the reader. Periodic
/// collections leave it alone: it sends at its own pace, and they must not wait for it.
/// </summary>
/// <remarks>The SDK runs one collection at a time, and shuts down from another thread.</remarks>
internal sealed class ReceiverAwareMetricReader<TExporter>(TExporter exporter, int intervalMilliseconds, int timeoutMilliseconds, StreamPump? stream = null)
    : PeriodicExportingMetricReader(exporter, intervalMilliseconds, timeoutMilliseconds)
    where TExporter : BaseExporter<Metric>, IDelivery
{
    /// <summary>
    /// The SDK's name for the thread of a periodic reader, the only thing by which a collection of its own is told from ForceFlush. With any other name
    /// these collections would wait for the stream too, within their time.
    /// </summary>
    private const string PeriodicThread = "OpenTelemetry-PeriodicExportingMetricReader-";

    private readonly TExporter delivery = exporter;
    private readonly TimeSpan exportTimeout = TimeOf(timeoutMilliseconds);
    private volatile bool isShuttingDown;

    private static bool IsPeriodic => Thread.CurrentThread.Name?.StartsWith(PeriodicThread, StringComparison.Ordinal) == true;

    /// <inheritdoc/>
    protected override bool OnCollect(int timeoutMilliseconds)
    {
        // ForceFlush() without a timeout does not wait for ever either.
        var budget = Limited(timeoutMilliseconds, exportTimeout);
        var started = Stopwatch.GetTimestamp();
        var flush = isShuttingDown || IsPeriodic ? 0 : stream?.RequestFlush() ?? 0;
        var isExported = isShuttingDown || delivery.IsReceiverThere(budget);
        if (isExported)
        {
            delivery.Grant(Left());
            isExported = base.OnCollect(timeoutMilliseconds);
        }

        return (flush == 0 || stream!.WaitForFlush(flush, Left())) && isExported;

        TimeSpan Left() => budget - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        isShuttingDown = true;
        var budget = Limited(timeoutMilliseconds, exportTimeout);
        var started = Stopwatch.GetTimestamp();
        stream?.RequestStop(budget);
        delivery.Hurry(budget);
        var isExported = base.OnShutdown(timeoutMilliseconds);
        return (stream is null || stream.WaitForStop(budget - Stopwatch.GetElapsedTime(started))) && isExported;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static TimeSpan Limited(int milliseconds, TimeSpan limit) => TimeOf(milliseconds) < limit ? TimeOf(milliseconds) : limit;

    private static TimeSpan TimeOf(int milliseconds) =>
        milliseconds == Timeout.Infinite ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(milliseconds);
}
