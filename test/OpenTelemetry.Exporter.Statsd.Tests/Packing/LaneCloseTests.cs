using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Once a closed buffer says that nothing will come any more, nothing does, though threads go on trying.</summary>
[Collection(Alone.Name)]
public sealed class LaneCloseTests
{
    private const int Rounds = 20_000;

    // On a busy machine the two threads wait for each other, and a part of the rounds has to do.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(3);

    /// <summary>By then whatever does not come about will not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private LaneBuffer? current;
    private LaneBuffer? seen;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_comes_after_the_last(bool isOfPairs)
    {
        var producer = new Thread(() => Produce(isOfPairs)) { IsBackground = true };
        current = Create();
        producer.Start();
        try
        {
            var started = Stopwatch.GetTimestamp();
            for (var round = 0; round < Rounds && Stopwatch.GetElapsedTime(started) < LongEnough; round++)
            {
                CloseWhileAppending(current, pause: round % 16);
            }
        }
        finally
        {
            Volatile.Write(ref current, null);
            Assert.True(producer.Join(Patience), "The producer does not end.");
        }
    }

    private void CloseWhileAppending(LaneBuffer buffer, int pause)
    {
        AwaitSeen(buffer);
        Thread.SpinWait(pause);

        // Whoever closes need not be the one that drains, and may be in the middle of it.
        var close = pause % 2 == 0 ? Task.Run(buffer.Close) : null;
        if (close is null)
        {
            buffer.Close();
        }

        var closed = Stopwatch.GetTimestamp();
        while (!buffer.IsDrained)
        {
            Assert.True(Stopwatch.GetElapsedTime(closed) < Patience, "A closed buffer is not drained.");
            buffer.Drain();
        }

        var appended = buffer.ReadTotals().Appended;
        var next = Create();
        Volatile.Write(ref current, next);
        AwaitSeen(next);
        Assert.Equal((appended, appended), (buffer.ReadTotals().Appended, buffer.ReadTotals().Drained));
    }

    /// <summary>Until the thread has ended whatever it did with the buffer before.</summary>
    private void AwaitSeen(LaneBuffer buffer)
    {
        var started = Stopwatch.GetTimestamp();
        var wait = default(SpinWait);
        while (Volatile.Read(ref seen) != buffer)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "The producer hangs.");
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private static LaneBuffer Create() => new(1024, 1, 0, StressPair.Bytes);

    private void Produce(bool offersPairs)
    {
        while (Volatile.Read(ref current) is { } buffer)
        {
            Volatile.Write(ref seen, buffer);
            for (var i = 0; i < 20; i++)
            {
                _ = offersPairs ? buffer.TryAppend(LaneSeat.First, i, i, EntryPriority.High) : buffer.TryAppend("12345678"u8, EntryPriority.High);
            }
        }
    }
}
