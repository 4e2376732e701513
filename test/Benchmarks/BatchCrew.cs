using System.Diagnostics;

namespace Benchmarks;

/// <summary>The threads that run batches and the one that drains, once a millisecond; they stay, from row to row.</summary>
internal sealed class BatchCrew : IDisposable
{
    /// <summary>A million operations a second, by spinning in between.</summary>
    private static readonly long OneTicks = Stopwatch.Frequency / 1_000_000;

    private readonly Barrier barrier;
    private readonly Thread[] threads;
    private readonly long[][] ticks;
    private readonly int[] refused;
    private readonly bool areSingle;
    private BatchRow? row;
    private int batches;
    private bool ends;

    /// <param name="workers">How many threads run batches.</param>
    /// <param name="areSingle">Whether operations are timed one by one, instead of in batches.</param>
    public BatchCrew(int workers, bool areSingle = false)
    {
        this.areSingle = areSingle;
        barrier = new Barrier(workers + 1);
        ticks = new long[workers][];
        refused = new int[workers];
        threads = [.. Enumerable.Range(0, workers).Select(index => new Thread(() => Work(index))), new Thread(Drain)];
        Array.ForEach(threads, thread => thread.Start());
    }

    public void Run(BatchRow next, int count, bool keeps)
    {
        batches = count;
        Volatile.Write(ref row, next);
        barrier.SignalAndWait();
        barrier.SignalAndWait();
        if (keeps)
        {
            next.Add(ticks.SelectMany(batches => batches), refused.Sum());
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref ends, true);
        barrier.SignalAndWait();
        Array.ForEach(threads, thread => thread.Join());
        barrier.Dispose();
    }

    private void Work(int index)
    {
        while (true)
        {
            barrier.SignalAndWait();
            if (Volatile.Read(ref ends))
            {
                return;
            }

            Work(index, Volatile.Read(ref row)!.Subject);
            barrier.SignalAndWait();
        }
    }

    private void Work(int index, BatchSubject subject)
    {
        var times = ticks[index] = new long[batches];
        refused[index] = 0;
        var pause = areSingle ? OneTicks : OneTicks * BatchSubject.BatchSize;
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var lost = areSingle ? subject.RunOne(i) : subject.RunBatch(i * BatchSubject.BatchSize);
            times[i] = Stopwatch.GetTimestamp() - started;
            refused[index] += lost;
            while (Stopwatch.GetTimestamp() - started < pause)
            {
            }
        }
    }

    private void Drain()
    {
        while (!Volatile.Read(ref ends))
        {
            Volatile.Read(ref row)?.Subject.Drain();
            Thread.Sleep(1);
        }
    }
}
