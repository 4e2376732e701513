using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The way of measurements from the lanes to the receiver, step by step.</summary>
/// <remarks>
/// <para>One owner: the pump, which calls <see cref="Step"/> again and again. <see cref="Hurry"/> may be called by any thread, and the sizes and
/// states be read by any.</para>
/// <para>While the receiver is away, counters go on being summed and gauges stay where they are, exact and in constant memory; values of
/// histograms go into the ring of packets, of which the oldest give way. Every measurement that was taken out of a lane counts once,
/// with the line that speaks for it or the reason why there is none.</para>
/// </remarks>
internal sealed class StreamOutlet : IStreamState, IDisposable
{
    /// <summary>How many values of histograms wait at most until they are written.</summary>
    private const int MaxValues = 32_768;

    /// <summary>How long the end waits for a thread that is in the middle of an append.</summary>
    private static readonly TimeSpan AppendLimit = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider clock;
    private readonly TimeSpan flushInterval;
    private readonly StreamRecorder recorder;
    private readonly ExportTally tally;
    private readonly PacketSender sender;
    private readonly PacketBuilder packets;
    private readonly StreamWriter writer;
    private readonly StreamReport report;
    private readonly IdleSeries idle;
    private StreamWindow window;
    private long flushedAt;
    private bool isReceiverThere;
    private readonly long[] flushTails;
    private bool isTakingFlush;
    private long flushEnd;
    private long flushLosses;
    private long pendingBytes;

    public StreamOutlet(
        ExporterStatistics statistics,
        StreamSettings settings,
        ReceiverProfile profile,
        StreamRecorder recorder,
        MetricStreamFactory factory,
        ITransport transport,
        TimeProvider clock)
    {
        this.clock = clock;
        this.recorder = recorder;
        flushInterval = settings.FlushInterval;
        tally = new ExportTally(statistics.Events);
        sender = new PacketSender(settings.Delivery, transport, tally, clock);
        packets = new PacketBuilder(settings.Delivery.MaxPacketBytes, sender, tally);
        writer = new StreamWriter(profile, factory, packets);
        window = new StreamWindow(recorder, MaxValues, tally);
        report = new StreamReport(recorder.Lanes, statistics);
        idle = new IdleSeries(recorder, writer.Forget, clock);
        flushedAt = clock.GetTimestamp();
        flushTails = new long[recorder.Lanes.Count];
    }

    public ExporterEvents Events => tally.Events;

    public StatsdBreakerState State => sender.State;

    public int QueuedPackets => sender.QueuedPackets;

    public long QueuedBytes => sender.QueuedBytes;

    public long MemoryBytes => sender.MemoryBytes;

    public long StreamBytes => recorder.MemoryBytes + packets.MemoryBytes + Volatile.Read(ref pendingBytes);

    public IReadOnlyCollection<RefusedMeasurements> Refused => report.Refused;

    /// <summary>Whether a lane is filling up faster than a rest would allow.</summary>
    public bool IsFillingUp => recorder.Lanes.IsFillingUp;

    /// <summary>How long until something is due that nobody has to record for; at most a day.</summary>
    public TimeSpan UntilDue =>
        !HasWork ? TimeSpan.FromDays(1)
        : !isReceiverThere ? sender.UntilRetry
        : sender.QueuedPackets > 0 || isTakingFlush ? PollPace.Shortest
        : flushInterval - clock.GetElapsedTime(flushedAt);

    private bool HasWork => !window.IsEmpty || !recorder.ChangedGauges.IsEmpty || !packets.IsEmpty || sender.QueuedPackets > 0 || isTakingFlush;

    private bool IsDue => window.Values.IsFull || (isReceiverThere && (IsFlushTaken || clock.GetElapsedTime(flushedAt) >= flushInterval));

    private bool IsFlushTaken => isTakingFlush && recorder.Lanes.HasTaken(flushTails);

    /// <summary>Takes what has come, writes what is due and sends what may go out.</summary>
    /// <returns>Whether anything came.</returns>
    public bool Step()
    {
        var hasCome = recorder.Lanes.Drain(ref window) > 0;

        // While the receiver is away a gauge waits for it, and is no news.
        hasCome |= isReceiverThere && !recorder.ChangedGauges.IsEmpty;
        var hasWork = HasWork;
        if (hasWork)
        {
            isReceiverThere = sender.SendDue();
            if (IsDue)
            {
                Write(isReceiverThere);
                if (isReceiverThere && IsFlushTaken)
                {
                    isTakingFlush = false;
                    flushEnd = sender.Finished + sender.QueuedPackets;
                }

                isReceiverThere = sender.SendDue();
            }
            else if (isReceiverThere && !window.Values.Full.IsEmpty)
            {
                WriteFullPackets();
                isReceiverThere = sender.SendDue();
            }
        }

        if (idle.IsDue)
        {
            idle.Forget();
            hasWork = true;
        }

        if (hasCome || hasWork)
        {
            Publish();
        }

        return hasCome;
    }

    /// <summary>
    /// Has the steps to come take and write, without regard to the interval, what was recorded until now, but not for longer than that: those who go on
    /// recording may be faster. What becomes of it tells <see cref="TryEndFlush"/>.
    /// </summary>
    public void BeginFlush()
    {
        recorder.Lanes.ReadTails(flushTails);
        flushLosses = sender.Dropped;
        isTakingFlush = true;
    }

    /// <summary>Whether everything of the last <see cref="BeginFlush"/> has found its end.</summary>
    /// <param name="isDelivered">Whether all of it was delivered.</param>
    public bool TryEndFlush(out bool isDelivered)
    {
        var isAllGone = !isTakingFlush && sender.Finished >= flushEnd;
        isDelivered = isAllGone && isReceiverThere && sender.Dropped == flushLosses;
        var isOver = isAllGone || sender.State == StatsdBreakerState.Open;
        isTakingFlush &= !isOver;
        return isOver;
    }

    /// <summary>Announces the end: what is sent from now on is not waited for long. For any thread.</summary>
    public void Hurry(TimeSpan budget) => sender.Hurry(budget);

    /// <summary>Takes, writes and sends what is left, now that nothing comes any more; what cannot be sent in time counts as dropped.</summary>
    /// <returns>Whether all was delivered.</returns>
    public bool Finish(TimeSpan budget)
    {
        var losses = sender.Dropped;
        sender.Begin(budget);
        var left = TakeLast();
        recorder.EndGauges();
        Write(withNumbers: true);
        sender.Complete();
        sender.DropAll();
        Publish();
        return sender.Dropped == losses && left == 0;
    }

    public void Dispose() => sender.Dispose();

    /// <summary>Takes everything that is in the lanes, now that they are closed, and everything that will ever be.</summary>
    /// <returns>How much came too late for it, which is counted.</returns>
    private long TakeLast()
    {
        Debug.Assert(recorder.Lanes.IsClosed, "The end comes after the last measurement.");
        var cameAt = clock.GetTimestamp();
        while (!recorder.Lanes.IsDrained && clock.GetElapsedTime(cameAt) <= AppendLimit)
        {
            if (recorder.Lanes.Drain(ref window) == 0)
            {
                Thread.Yield();
                continue;
            }

            if (window.Values.IsFull)
            {
                WriteValues();
            }

            cameAt = clock.GetTimestamp();
        }

        var totals = recorder.Lanes.ReadTotals();
        var left = totals.Appended - totals.Drained;
        tally.CountDroppedPoints(DropReason.TimedOut, left);
        return left;
    }

    private void Write(bool withNumbers)
    {
        flushedAt = clock.GetTimestamp();
        WriteValues();
        if (!withNumbers)
        {
            // Room for more lines is worth more than a packet that cannot go out anyway.
            return;
        }

        foreach (var counter in window.Counters)
        {
            writer.WriteCounter(counter, flushedAt);
        }

        window.ClearCounters();
        while (recorder.ChangedGauges.TryTake(out var gauge, out var value))
        {
            writer.WriteGauge(StreamWindow.Of(gauge!), value, flushedAt);
        }

        packets.Flush();
    }

    /// <summary>Writes of single series what fills packets by itself: that would not be packed any better for waiting, and the rest would for going along.</summary>
    private void WriteFullPackets()
    {
        var now = clock.GetTimestamp();
        foreach (var histogram in window.Values.Full)
        {
            window.Values.PutBack(histogram, writer.WriteFullPackets(histogram, window.Values.Take(histogram), now));
        }

        window.Values.ClearFull();
    }

    private void WriteValues()
    {
        try
        {
            foreach (var histogram in window.Values.Series)
            {
                if (histogram.Values > 0)
                {
                    writer.WriteValues(histogram, window.Values.Take(histogram), flushedAt);
                }
            }
        }
        finally
        {
            // None, unless there is a defect: that must not hold up what comes after.
            tally.CountDroppedPoints(DropReason.InternalError, window.Values.Clear());
        }
    }

    private void Publish()
    {
        report.Publish(tally);
        Volatile.Write(ref pendingBytes, window.MemoryBytes + writer.SeriesBytes);
    }
}
