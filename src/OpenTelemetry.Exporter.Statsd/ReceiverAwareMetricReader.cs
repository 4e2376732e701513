using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>
/// A periodic reader that does not collect what cannot be delivered: while the receiver is away, Delta aggregation goes on inside
/// the SDK, exact and in constant memory, and the next collection carries it all. At shutdown it collects and tries regardless.
/// With it go streams, if there are any: they are flushed after each collection, which waits for that, but not for more than a tenth of the interval
/// unless somebody asked for the collection; and end with the reader.
/// </summary>
/// <remarks>The SDK runs one collection at a time, and shuts down from another thread, which waits for the one that is under way.</remarks>
internal sealed class ReceiverAwareMetricReader<TExporter>(
    TExporter exporter, int intervalMilliseconds, int timeoutMilliseconds, params StreamPump[] streams)
    : PeriodicExportingMetricReader(exporter, intervalMilliseconds, timeoutMilliseconds)
    where TExporter : BaseExporter<Metric>, IDelivery
{
    /// <summary>
    /// The SDK's name for the thread of a periodic reader, the only thing by which a collection of its own is told from ForceFlush. With any other name
    /// these collections would wait for streams for longer.
    /// </summary>
    private const string PeriodicThread = "OpenTelemetry-PeriodicExportingMetricReader-";

    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    private readonly Lock collecting = new();
    private readonly TExporter delivery = exporter;
    private readonly TimeSpan exportTimeout = TimeOf(timeoutMilliseconds);
    private readonly TimeSpan periodicFlushLimit = TimeOf(intervalMilliseconds) / 10;
    private volatile bool isShuttingDown;

    /// <summary>Whether a collection has begun since the shutdown has. By the owner of <see cref="collecting"/>, or whoever comes after it.</summary>
    private volatile bool hasCollectedLast;

    /// <summary>Whether that collection has ended and all of it was delivered, which the SDK does not ask its own thread. By the same.</summary>
    private volatile bool isLastDelivered;

    private static bool IsPeriodic => Thread.CurrentThread.Name?.StartsWith(PeriodicThread, StringComparison.Ordinal) == true;

    /// <inheritdoc/>
    protected override bool OnCollect(int timeoutMilliseconds)
    {
        // ForceFlush() without a timeout does not wait for ever either.
        var budget = Limited(timeoutMilliseconds, exportTimeout);
        var started = Stopwatch.GetTimestamp();
        lock (collecting)
        {
            var isExported = Collect(Left(budget, started));
            if (!isShuttingDown && streams.Length > 0)
            {
                // At the end, and of every collection: the SDK answers a ForceFlush that comes in the middle of one with that one's result.
                // Others share the reader, so by itself it does not wait long.
                var left = Left(budget, started);
                var limit = IsPeriodic && left > periodicFlushLimit ? periodicFlushLimit : left;
                var began = Stopwatch.GetTimestamp();
                var flushes = Array.ConvertAll(streams, stream => stream.RequestFlush());
                for (var i = 0; i < flushes.Length; i++)
                {
                    isExported &= streams[i].WaitForFlush(flushes[i], Left(limit, began));
                }
            }

            return isExported;
        }
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        isShuttingDown = true;
        var budget = Limited(timeoutMilliseconds, exportTimeout);
        var started = Stopwatch.GetTimestamp();
        Array.ForEach(streams, stream => stream.RequestStop(budget));
        delivery.Hurry(budget);

        // The SDK would take a collection that is under way for the last one, although it misses what was recorded since it began.
        if (TryEnter(budget))
        {
            collecting.Exit();
        }

        var isExported = base.OnShutdown(
            timeoutMilliseconds == Timeout.Infinite ? Timeout.Infinite : (int)Left(TimeOf(timeoutMilliseconds), started).TotalMilliseconds);
        if (!hasCollectedLast && TryEnter(Left(budget, started)))
        {
            try
            {
                // It did, for that one had come to its end only just before.
                Collect(Left(budget, started));
            }
            finally
            {
                collecting.Exit();
            }
        }

        isExported &= isLastDelivered;

        foreach (var stream in streams)
        {
            isExported &= stream.WaitForStop(Left(budget, started));
        }

        return isExported;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Array.ForEach(streams, stream => stream.Dispose());
        }

        base.Dispose(disposing);
    }

    /// <remarks>By the owner of <see cref="collecting"/>.</remarks>
    private bool Collect(TimeSpan budget)
    {
        var started = Stopwatch.GetTimestamp();
        if (!isShuttingDown && !delivery.IsReceiverThere(budget) && !isShuttingDown)
        {
            return false;
        }

        var isFirst = !hasCollectedLast;
        hasCollectedLast = isShuttingDown;
        delivery.Grant(Left(budget, started));

        // Given a time, the SDK would first take everything out of its accumulators and then, the time being over, forget it.
        var isDelivered = base.OnCollect(Timeout.Infinite);
        isLastDelivered = hasCollectedLast && isDelivered && (isFirst || isLastDelivered);
        return isDelivered;
    }

    private bool TryEnter(TimeSpan time) => collecting.TryEnter(time < MaxWait ? time : Timeout.InfiniteTimeSpan);

    private static TimeSpan Left(TimeSpan budget, long started) => budget - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private static TimeSpan Limited(int milliseconds, TimeSpan limit) => TimeOf(milliseconds) < limit ? TimeOf(milliseconds) : limit;

    private static TimeSpan TimeOf(int milliseconds) =>
        milliseconds == Timeout.Infinite ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(milliseconds);
}
