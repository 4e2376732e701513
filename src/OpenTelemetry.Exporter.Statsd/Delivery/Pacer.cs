using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>Says how many packets may go out now, so that a receiver with a small buffer is never overrun.</summary>
/// <remarks>One owner at a time: the thread that exports. A bucket of tokens: never more than a burst, refilled at a steady rate.</remarks>
/// <param name="packetsPerBurst">How many packets may go out at once.</param>
/// <param name="packetsPerSecond">How many packets may go out in a second, on average.</param>
/// <param name="clock">Measures time.</param>
/// <param name="largestWeight">If packets differ in length, for how many the longest counts; else 1.</param>
internal sealed class Pacer(int packetsPerBurst, int packetsPerSecond, TimeProvider clock, int largestWeight = 1)
{
    /// <summary>The length of the packets that a pace is meant for.</summary>
    private const int PacketBytes = 1432;

    /// <summary>Of larger ones the kernel also takes more than their length: of 8192 bytes the default buffer of Linux holds 12, of 1432 bytes 92.</summary>
    private const double Overhead = 1.35;

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
        var weight = Weigh(settings.MaxPacketBytes);
        return settings.FillsPackets
            ? new Pacer(Math.Max(1, settings.MaxPacketsPerBurst / weight), Math.Max(1, settings.MaxPacketsPerSecond / weight), clock)
            : new Pacer(settings.MaxPacketsPerBurst, settings.MaxPacketsPerSecond, clock, weight);
    }

    /// <summary>For how many packets those of a call count.</summary>
    public int WeightOf(PacketRun run) => largestWeight == 1 ? run.Count : Math.Max(run.Count, Weigh(run.Bytes.Length));

    /// <summary>How many packets may go out now.</summary>
    public int Available()
    {
        var now = clock.GetTimestamp();
        tokens = Math.Min(packetsPerBurst, tokens + ((now - refilledAt) / ticksPerPacket));
        refilledAt = now;
        return Math.Max(0, (int)tokens);
    }

    /// <summary>Tells that packets went out, which may be more than were to: then only what one of them is longer than others is made up for.</summary>
    public void Take(int packets) => tokens = Math.Max(1 - largestWeight, tokens - packets);

    /// <summary>How long until so many packets may go out, at most a burst, from the last <see cref="Available"/> on.</summary>
    public TimeSpan UntilAvailable(int packets) => TimeSpan.FromSeconds(
        Math.Max(0, Math.Min(packets, packetsPerBurst) - tokens) * ticksPerPacket / clock.TimestampFrequency);

    private static int Weigh(int bytes) => bytes <= PacketBytes ? 1 : (int)Math.Ceiling(Overhead * bytes / PacketBytes);
}
