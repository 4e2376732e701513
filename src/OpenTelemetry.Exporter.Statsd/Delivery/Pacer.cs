namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>Says how many packets may go out now, so that a receiver with a small buffer is never overrun.</summary>
/// <remarks>One owner at a time: the thread that exports. A bucket of tokens: never more than a burst, refilled at a steady rate.</remarks>
internal sealed class Pacer(int packetsPerBurst, int packetsPerSecond, TimeProvider clock)
{
    /// <summary>The rate from which on nothing is meant to be held back.</summary>
    private const int Unpaced = 100_000;

    private readonly double ticksPerPacket = (double)clock.TimestampFrequency / packetsPerSecond;
    private double tokens = packetsPerBurst;
    private long refilledAt = clock.GetTimestamp();

    public int PacketsPerBurst => packetsPerBurst;

    /// <summary>Whether it is worth asking between bursts how the receiver gets on.</summary>
    public bool IsPaced => packetsPerSecond < Unpaced;

    /// <summary>The pace of options, which is one of packets of up to 1432 bytes: larger ones take up several times as much of a socket's buffer.</summary>
    public static Pacer Of(DeliverySettings settings, TimeProvider clock)
    {
        const int PacketBytes = 1432;

        // Of larger ones the kernel also takes more than their length: of 8192 bytes the default buffer of Linux holds 12, of 1432 bytes 92.
        const double Overhead = 1.35;
        var weight = settings.MaxPacketBytes <= PacketBytes ? 1 : (int)Math.Ceiling(Overhead * settings.MaxPacketBytes / PacketBytes);
        return new Pacer(Math.Max(1, settings.MaxPacketsPerBurst / weight), Math.Max(1, settings.MaxPacketsPerSecond / weight), clock);
    }

    /// <summary>How many packets may go out now.</summary>
    public int Available()
    {
        var now = clock.GetTimestamp();
        tokens = Math.Min(packetsPerBurst, tokens + ((now - refilledAt) / ticksPerPacket));
        refilledAt = now;
        return (int)tokens;
    }

    /// <summary>Tells that packets went out, which may be more than were to.</summary>
    public void Take(int packets) => tokens = Math.Max(0, tokens - packets);

    /// <summary>How long until so many packets may go out, at most a burst, from the last <see cref="Available"/> on.</summary>
    public TimeSpan UntilAvailable(int packets) => TimeSpan.FromSeconds(
        Math.Max(0, Math.Min(packets, packetsPerBurst) - tokens) * ticksPerPacket / clock.TimestampFrequency);
}
