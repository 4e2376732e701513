namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>The deliveries of one exporter as one: what they hold adds up, of their states the worst counts.</summary>
/// <remarks>Adding is for one thread, before anything is sent; the rest may be read by any.</remarks>
internal sealed class CombinedDelivery(IDeliveryState first) : IDeliveryState
{
    private volatile IDeliveryState[] parts = [first];

    public StatsdBreakerState State
    {
        get
        {
            var worst = StatsdBreakerState.Closed;
            foreach (var part in parts)
            {
                worst = part.State > worst ? part.State : worst;
            }

            return worst;
        }
    }

    public int QueuedPackets => (int)Sum(part => part.QueuedPackets);

    public long QueuedBytes => Sum(part => part.QueuedBytes);

    public long MemoryBytes => Sum(part => part.MemoryBytes);

    public void Add(IDeliveryState part) => parts = [.. parts, part];

    private long Sum(Func<IDeliveryState, long> read)
    {
        var sum = 0L;
        foreach (var part in parts)
        {
            sum += read(part);
        }

        return sum;
    }
}
