using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Takes entries in steps of random size, and checks each; now and then it throws.</summary>
internal sealed class StressConsumer(LaneBuffer buffer, int producers) : IEntrySink
{
    private readonly Random random = new();
    private readonly int[] next = new int[producers];
    private int wanted;

    public long Tiny { get; private set; }

    public long Numbered { get; private set; }

    /// <summary>What was wrong first, or <see langword="null"/>.</summary>
    public string? Fault { get; private set; }

    /// <summary>How many numbered entries came of a producer.</summary>
    public int NumberedOf(int producer) => next[producer];

    /// <summary>One drain, of a random part, and sometimes a pause.</summary>
    public void DrainSome()
    {
        wanted = random.Next(4) == 0 ? random.Next(1, 500) : int.MaxValue;
        var sink = this;
        try
        {
            if (buffer.Drain(ref sink) == 0)
            {
                Thread.Yield();
            }
        }
        catch (TimeoutException)
        {
            // Its own; the entry is counted already.
        }

        if (random.Next(16) == 0)
        {
            Thread.SpinWait(random.Next(1000));
        }
    }

    public bool Take(ReadOnlySpan<byte> entry)
    {
        Check(entry);
        return random.Next(100_000) == 0 ? throw new TimeoutException() : --wanted > 0;
    }

    private void Check(ReadOnlySpan<byte> entry)
    {
        if (entry is [StressEntry.Tiny])
        {
            Tiny++;
        }
        else if (!(entry.Length == StressPair.Bytes
            ? StressPair.TryRead(entry, out var producer, out var number)
            : StressEntry.TryRead(entry, out producer, out number)))
        {
            Fault ??= $"torn: {entry.Length} bytes, {Convert.ToHexString(entry[..Math.Min(entry.Length, 64)])}";
        }
        else if (number != next[producer])
        {
            Fault ??= $"producer {producer}: number {number} instead of {next[producer]}";
        }
        else
        {
            next[producer]++;
            Numbered++;
        }
    }
}
