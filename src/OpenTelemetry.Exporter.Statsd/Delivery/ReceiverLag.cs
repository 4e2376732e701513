namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>Whether the receiver, where that can be seen, has so much unread that it is better left alone for a moment.</summary>
/// <remarks>One owner at a time: the thread that exports. Asking takes a fraction of a millisecond, so it is not asked again during that moment.</remarks>
internal sealed class ReceiverLag(GuardedTransport transport, ExportBudget budget)
{
    /// <summary>How long a receiver that is behind is left alone.</summary>
    public static readonly TimeSpan CatchUpTime = TimeSpan.FromMilliseconds(5);

    /// <summary>For how long at a stretch: one that does not catch up at all is no reason to hold everything up.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private long behindSince;
    private long behindUntil;

    /// <summary>Starts a series of packets.</summary>
    public void Begin() => behindSince = 0;

    /// <summary>Whether a burst might overrun the receiver, as it is or as it was a moment ago.</summary>
    public bool IsReceiverBehind()
    {
        var now = budget.Now;
        if (now < behindUntil)
        {
            return true;
        }

        if (!transport.IsReceiverBehind)
        {
            behindSince = 0;
            return false;
        }

        behindSince = behindSince == 0 ? now : behindSince;
        var isHeld = now - behindSince < Limit.Ticks;
        behindUntil = isHeld ? now + CatchUpTime.Ticks : behindUntil;
        return isHeld;
    }
}
