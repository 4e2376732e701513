using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>
/// Delivers packets in order: at a pace that the receiver can follow, again if they did not arrive, later if the receiver is
/// away, and counts each of them once, as sent or as dropped.
/// </summary>
/// <remarks>
/// One owner at a time: the thread that exports. <see cref="Hurry"/> may be called by any thread, and <see cref="State"/> and
/// the sizes be read by any. A packet leaves the ring when it can no longer be refused; over a lossy transport that is when the network,
/// asked before the next call or at the end, has nothing to report.
/// </remarks>
internal sealed class PacketSender : IPacketSink, IDeliveryState, IDisposable
{
    /// <summary>How long a receiver may take nothing before it counts as away.</summary>
    private static readonly TimeSpan StallLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>As <see cref="StallLimit"/>, when no later export makes up for it.</summary>
    private static readonly TimeSpan LastStallLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long a receiver that went away in the middle of an export is waited for, if there is no room to keep the rest.</summary>
    private static readonly TimeSpan AwayLimit = TimeSpan.FromSeconds(30);

    /// <summary>What is worth waiting for, besides room in the receiver's buffer.</summary>
    private enum Patience
    {
        None,

        /// <summary>Until the pace allows for more.</summary>
        WithPace,

        /// <summary>Also until a receiver that went away is back.</summary>
        WithReceiver,
    }

    private readonly GuardedTransport transport;
    private readonly PacketRing ring;
    private readonly Pacer pacer;
    private readonly ReceiverLag lag;
    private readonly Reachability receiver;
    private readonly ExportTally tally;
    private readonly EntryAccount account;
    private readonly string endpoint;
    private readonly bool pads;
    private readonly bool holdsUpOthers;
    private readonly ExportBudget budget;
    private long stalledSince;
    private int addressChanges;

    /// <summary>How many of the oldest packets were sent before, in vain.</summary>
    private int toResend;

    private bool waitsForReceiver;
    private long awaySince;

    /// <summary>Whether the owner comes back soon, and has something better to do than to wait.</summary>
    private bool isEndless;

    /// <summary>Whether the budget was used up by a receiver that takes too little.</summary>
    private bool isOutOfTime;

    /// <param name="settings">Options.</param>
    /// <param name="transport">Belongs to the sender from now on.</param>
    /// <param name="tally">Where to count.</param>
    /// <param name="clock">Measures the pace, budgets and the time until a receiver is tried again.</param>
    /// <param name="pause">How to wait; unless a test says otherwise, by doing nothing until the time is over or <see cref="Hurry"/> is called.</param>
    public PacketSender(
        DeliverySettings settings, ITransport transport, ExportTally tally, TimeProvider? clock = null, Action<TimeSpan>? pause = null)
    {
        clock ??= TimeProvider.System;
        budget = new ExportBudget(clock, pause);
        this.transport = new GuardedTransport(transport, tally.Events);
        this.tally = tally;
        ring = new PacketRing(settings.MaxBufferBytes, settings.MaxPacketBytes, settings.Endpoint.Framing, settings.FillsPackets);
        pacer = Pacer.Of(settings, clock);
        lag = new ReceiverLag(this.transport, budget, pacer.PacketsPerBurst);
        account = new EntryAccount(tally);
        endpoint = settings.Endpoint.ToString();
        receiver = new Reachability(this.transport, budget, tally.Events, endpoint, clock);
        pads = settings.SkipsEmptyLines;
        holdsUpOthers = settings.HoldsUpOthers;
    }

    public StatsdBreakerState State => receiver.State;

    public int QueuedPackets => ring.Count;

    public long QueuedBytes => ring.Bytes;

    public long MemoryBytes => ring.MemoryBytes;

    /// <summary>How many packets have left, delivered or dropped.</summary>
    public long Finished { get; private set; }

    /// <summary>How many of these were dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>How long until a receiver that is away is tried again.</summary>
    public TimeSpan UntilRetry => receiver.UntilRetry;

    /// <summary>Starts a series of packets.</summary>
    /// <param name="time">How long the series may take; then the rest goes out without pacing, and nothing is waited for.</param>
    public void Begin(TimeSpan time)
    {
        budget.Begin(time);
        receiver.Begin();
        stalledSince = 0;
        awaySince = 0;
        lag.Begin();
        isOutOfTime = false;
        isEndless = false;
        waitsForReceiver = receiver.HasAnswered && !holdsUpOthers && !budget.IsHurried;
        CountAddressChanges();
    }

    /// <summary>Starts, or goes on with, a series that has no end: what the pace or the receiver's buffer does not let out waits for the next call.</summary>
    /// <remarks>Only where there is no room to keep a packet is anything waited for: the pace, and a receiver that stalls.</remarks>
    /// <returns>Whether the receiver is there, as far as is known.</returns>
    public bool SendDue()
    {
        if (!isEndless)
        {
            Begin(TimeSpan.MaxValue);
            isEndless = true;
            waitsForReceiver = false;
        }

        CountAddressChanges();

        // What was sent before this call has had its time to be refused.
        TrySettle();

        // Not in the middle of a packet: who asks may get another connection.
        var mayAsk = ring.Sent == 0 && !ring.IsCut;
        if (receiver.HasAnswered ? mayAsk && receiver.IsAskDue : ring.Count == 0 && receiver.TryEnter())
        {
            receiver.Ask();
        }

        if (ring.Count > 0)
        {
            Pump(Patience.None, downTo: 0);
        }

        return receiver.HasAnswered;
    }

    /// <summary>Sends what was retained, and asks whether the receiver takes more.</summary>
    /// <returns><see langword="false"/> if it is away.</returns>
    public bool IsReceiverThere()
    {
        if (!receiver.TryEnter())
        {
            return false;
        }

        if (ring.Count > 0)
        {
            // Going on where a packet was cut off, or else sending, asks as well as any other question.
            return Complete();
        }

        return receiver.Ask();
    }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> packet, PacketEntries entries)
    {
        while (!ring.TryAdd(packet, entries, pads && transport.MaxPacketsPerSend > 1))
        {
            MakeRoom();
        }

        if (ring.Unsent >= Batch)
        {
            Pump(Patience.None, downTo: 0);
        }
    }

    /// <summary>Sends everything that can be sent within the budget.</summary>
    /// <returns>Whether nothing is left.</returns>
    public bool Complete()
    {
        do
        {
            Pump(Patience.WithPace, downTo: 0);
        }
        while (ring.Unsent == 0 && !TrySettle());

        if (ring.Count == 0 && receiver.HasAnswered)
        {
            receiver.Confirm();
        }

        if (ring.Count > 0)
        {
            tally.Events.PacketsKept(endpoint, ring.Count, ring.Bytes);
        }

        return ring.Count == 0;
    }

    /// <summary>Announces the shutdown, from any thread: a receiver that is away is tried once more.</summary>
    /// <param name="time">How long the shutdown may take in all.</param>
    public void Hurry(TimeSpan time) => budget.Hurry(time);

    /// <summary>Drops what is left.</summary>
    public void DropAll()
    {
        while (ring.Count > 0)
        {
            DropOldest(receiver.Trouble);
        }
    }

    public void Dispose() => transport.Dispose();

    /// <summary>How many packets are worth a call.</summary>
    private int Batch => Math.Min(transport.MaxPacketsPerSend, transport.IsLossy ? Math.Min(ring.MaxRun, pacer.PacketsPerBurst) : ring.MaxRun);

    private void CountAddressChanges()
    {
        var known = addressChanges;
        addressChanges = transport.AddressChanges;
        tally.CountAddressChanges(addressChanges - known);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Gets the oldest packet out of the ring, one way or another.</summary>
    private void MakeRoom()
    {
        var before = ring.Count;
        Pump(Patience.WithReceiver, downTo: before - 1);
        if (ring.Count < before)
        {
            return;
        }

        if (ring.Sent > 0)
        {
            TrySettle();
        }
        else
        {
            DropOldest(DropReason.BufferFull);
        }
    }

    /// <summary>Sends until the ring is down to so many packets, or until nothing more can be done now.</summary>
    private void Pump(Patience patience, int downTo)
    {
        while (ring.Unsent > 0 && ring.Count > downTo && !isOutOfTime && MayTry(patience))
        {
            var packets = transport.IsLossy ? PacedPackets(patience) : transport.MaxPacketsPerSend;
            if (packets == 0 || (transport.MayBlock && budget.Left == TimeSpan.Zero) || !TrySend(packets, patience))
            {
                return;
            }
        }
    }

    /// <summary>
    /// Waits for a receiver that went away just now, if the packets of this series have no other place to stay; not at the end, when
    /// others may wait for their turn.
    /// </summary>
    private bool MayTry(Patience patience)
    {
        while (!receiver.TryEnter())
        {
            awaySince = awaySince == 0 ? budget.Now : awaySince;
            var left = Shorter(AwayLimit - new TimeSpan(budget.Now - awaySince), budget.Left);
            if (patience < Patience.WithReceiver || !waitsForReceiver || budget.IsHurried || left <= TimeSpan.Zero)
            {
                return false;
            }

            budget.Pause(Shorter(receiver.UntilRetry, left));
        }

        return true;
    }

    private int PacedPackets(Patience patience)
    {
        var most = transport.MaxPacketsPerSend;
        while (budget.Left > TimeSpan.Zero)
        {
            var available = pacer.Available();
            var isEnough = available >= (patience == Patience.None ? Math.Min(Batch, ring.Unsent) : 1);
            var allowed = !isEnough ? 0 : pacer.IsPaced ? lag.PacketsAllowed() : most;
            if (allowed > 0)
            {
                return Math.Min(Math.Min(available, allowed), most);
            }

            if (patience == Patience.None)
            {
                return 0;
            }

            if (isEnough)
            {
                budget.Pause(Shorter(ReceiverLag.CatchUpTime, budget.Left));
                continue;
            }

            // A whole burst at a time: fewer wake-ups, and more packets a call.
            budget.Pause(Shorter(pacer.UntilAvailable(Math.Min(ring.Unsent, pacer.PacketsPerBurst)), budget.Left));
        }

        return most;
    }

    /// <returns>Whether there is a point in going on.</returns>
    private bool TrySend(int packets, Patience patience)
    {
        // Told apart by asking first: a report is about packets sent before, an error of the call about its own.
        if (!TrySettle())
        {
            return true;
        }

        var run = ring.Next(packets);
        var error = transport.Send(run.Bytes, ring.MaxWireBytes, out var taken);
        switch (error)
        {
            case SocketError.Success when taken == 0:
                return true;

            case SocketError.Success:
                stalledSince = 0;
                MarkSent(run, taken);
                if (transport.IsLossy)
                {
                    var weight = pacer.WeightOf(run);
                    pacer.Take(weight);
                    lag.Take(weight);
                }
                else
                {
                    ConfirmSent();
                }

                return true;

            case SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable:
                // At once, rather than let the kernel copy and refuse each of the packets to come.
                return TryWaitForRoom(error, patience);

            case SocketError.MessageSize when run.Count == 1:
                DropOldest(DropReason.PacketTooLarge);
                return true;

            default:
                Resend(error);
                return true;
        }
    }

    private void MarkSent(PacketRun run, int taken)
    {
        var before = ring.Unsent;
        ring.MarkSent(run, taken);
        var again = Math.Min(toResend, before - ring.Unsent);
        toResend -= again;
        if (again > 0)
        {
            tally.CountResentPackets(again);
            tally.Events.PacketsResent(endpoint, again);
        }
    }

    /// <summary>Everything that was sent goes out once more, unless the receiver is away.</summary>
    private void Resend(SocketError error)
    {
        toResend += ring.Rewind();
        receiver.Refuse(error);
    }

    /// <returns>Whether there is a point in going on: not if the budget is used up, which is not the receiver's fault.</returns>
    private bool TryWaitForRoom(SocketError error, Patience patience)
    {
        stalledSince = stalledSince == 0 ? budget.Now : stalledSince;
        var isRetry = isEndless && receiver.State == StatsdBreakerState.HalfOpen;
        var limit = isRetry ? TimeSpan.Zero : budget.IsHurried ? LastStallLimit : StallLimit;
        var left = limit - new TimeSpan(budget.Now - stalledSince);
        if (left <= TimeSpan.Zero)
        {
            if (ring.Framing == PacketFraming.Datagram)
            {
                // Whoever reads nothing may have been replaced by somebody at the same address.
                transport.Disconnect();
            }

            stalledSince = 0;
            receiver.Leave(DropReason.TimedOut, error);
            return true;
        }

        if (isEndless && patience == Patience.None)
        {
            return false;
        }

        if (budget.Left == TimeSpan.Zero)
        {
            receiver.RunOutOfTime();
            isOutOfTime = true;
            return false;
        }

        if (error == SocketError.WouldBlock)
        {
            transport.WaitUntilWritable(Shorter(left, budget.Left));
        }
        else
        {
            // The kernel is short of memory, of which a socket does not tell.
            budget.Pause(TimeSpan.FromMilliseconds(1));
        }

        return true;
    }

    /// <summary>Finds out whether everything that was sent has arrived, as far as can be told.</summary>
    /// <returns>Whether nothing has to be sent again; with nothing to find out, <see langword="true"/>.</returns>
    private bool TrySettle()
    {
        if (ring.Sent == 0)
        {
            return true;
        }

        var report = transport.TakeReport();
        if (report == SocketError.Success)
        {
            ConfirmSent();
            return true;
        }

        Resend(report);
        return false;
    }

    private void ConfirmSent()
    {
        if (ring.Sent > 0)
        {
            while (ring.Sent > 0)
            {
                account.Delivered(ring.RemoveOldest());
                Finished++;
            }

            receiver.Confirm();
        }
    }

    private void DropOldest(DropReason reason)
    {
        if (ring.IsCut)
        {
            ring.Rewind();
            transport.Disconnect();
        }

        toResend = Math.Max(0, toResend - 1);
        var lines = ring.Lines;
        account.Dropped(ring.RemoveOldest(), reason, lines);
        Finished++;
        Dropped++;
        tally.Events.PacketDropped(endpoint, reason);
    }
}
