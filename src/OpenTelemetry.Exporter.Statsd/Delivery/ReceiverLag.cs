namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>How much the receiver may be sent, where it can be seen how much it has not read: nothing for a moment if that is much, else a burst.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. Asking takes a fraction of a millisecond, as long as tens of packets, so the receiver is not asked again
/// before a burst has gone out or a moment has passed.
/// </remarks>
internal sealed class ReceiverLag(GuardedTransport transport, ExportBudget budget, int packetsPerBurst)
{
    /// <summary>How long a receiver that is behind is left alone, and one that is not may be sent the rest of a burst.</summary>
    public static readonly TimeSpan CatchUpTime = TimeSpan.FromMilliseconds(2);

    /// <summary>For how long at a stretch: one that does not catch up at all is no reason to hold everything up.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private long behindSince;
    private long answeredUntil;
    private bool isHeld;
    private int left;

    /// <summary>Starts a series of packets.</summary>
    public void Begin() => behindSince = 0;

    /// <summary>How many packets may go out before this is asked again; 0 if any might overrun the receiver, as it is or as it was a moment ago.</summary>
    public int PacketsAllowed()
    {
        var now = budget.Now;
        if (now < answeredUntil && (isHeld || left > 0))
        {
            return left;
        }

        var isBehind = transport.IsReceiverBehind;
        behindSince = !isBehind ? 0 : behindSince == 0 ? now : behindSince;
        isHeld = isBehind && now - behindSince < Limit.Ticks;
        answeredUntil = now + CatchUpTime.Ticks;
        left = isHeld ? 0 : packetsPerBurst;
        return left;
    }

    /// <summary>Tells that packets went out, which may be more than were to.</summary>
    public void Take(int packets) => left = Math.Max(0, left - packets);
}
