using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Benchmarks;

/// <summary>
/// Lanes side by side with what else hands lines from many threads to one: a bounded channel, a concurrent queue with a count,
/// a lock around a buffer. All have the same memory and take turns within one process, so that ratios of one run mean something.
/// </summary>
/// <remarks>
/// <para>Each thread appends batches of 16 lines of 82 bytes, as fast as it can, and spins between them up to a rate of a million a
/// second; a consumer copies everything out, once a millisecond. A batch is timed in whole, less what timing costs. With
/// more threads than processors it shows who suffers from a thread that was interrupted, not what more processors would bring.</para>
/// <para>Left out: making the line, a consumer that is late, waking one up, the first append of a thread.</para>
/// </remarks>
internal static class LaneRatios
{
    private const int TotalBytes = 1 << 20;
    private const string Baseline = "lanes";

    private static readonly byte[] Line = Encoding.UTF8.GetBytes(
        "my.metric.name:1234|c|#region:eu-west-1,service:checkout,endpoint:/api/items/12345");

    private static readonly int[] Threads = [1, 2, 4, 8];
    private static readonly long BatchTicks = Stopwatch.Frequency / 1_000_000 * LaneSubject.BatchSize;

    public static void Run(ReadOnlySpan<string> args)
    {
        var (rounds, batches) = args switch
        {
            [] => (25, 3000),
            ["--dry"] => (1, 10),
            _ => throw new ArgumentException($"'{string.Join(' ', args!)}'? Usage: lanes [--dry]", nameof(args)),
        };
        var overhead = TimerOverhead();
        foreach (var threads in Threads)
        {
            Console.WriteLine(Text($"\n### {threads} threads; between processors {CoreDistance.Measure():F0} ns before"));
            var rows = Measure(threads, rounds, batches);
            Print(rows, overhead);
            Console.WriteLine(Text($"\nbetween processors {CoreDistance.Measure():F0} ns after"));
        }
    }

    private static Row[] Measure(int threads, int rounds, int batches)
    {
        Row[] rows =
        [
            new(Baseline, new LaneSubject<LaneQueue>(new(TotalBytes, own: threads, shared: 0)), Line),
            new("lanes, records of 16 bytes", new LaneSubject<LaneQueue>(new(TotalBytes, own: threads, shared: 0)), Line[..16]),
            new("lanes, all threads share two", new LaneSubject<LaneQueue>(new(TotalBytes, own: 0, shared: 2)), Line),
            new("Channel, bounded", new LaneSubject<ChannelQueue>(new(TotalBytes)), Line),
            new("ConcurrentQueue and a count", new LaneSubject<ConcurrentQueue>(new(TotalBytes)), Line),
            new("lock and a buffer", new LaneSubject<LockedQueue>(new(TotalBytes)), Line),
        ];
        using var crew = new Crew(threads);
        var warmUpRounds = Math.Max(1, rounds / 3);
        for (var round = -warmUpRounds; round < rounds; round++)
        {
            for (var turn = 0; turn < rows.Length; turn++)
            {
                // Each has each place in the order, and so each neighbour's leftovers in the processor's caches.
                var row = rows[(turn + round + warmUpRounds) % rows.Length];
                crew.Append(row, batches, keeps: round >= 0);
            }
        }

        return rows;
    }

    private static void Print(Row[] rows, long overhead)
    {
        var baseline = rows.Single(row => row.Name == Baseline).Sorted(overhead);
        Console.WriteLine("\n| | ns a line, median | p99 | p99.9 | median ÷ lanes | p99 ÷ lanes | refused |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: |");
        foreach (var row in rows)
        {
            var costs = row.Sorted(overhead);
            var (median, p99) = (At(costs, 0.5), At(costs, 0.99));
            Console.WriteLine(Text(
                $"| {row.Name} | {median:F1} | {p99:F1} | {At(costs, 0.999):F0} | {median / At(baseline, 0.5):F1} | {p99 / At(baseline, 0.99):F1} | {row.RefusedShare(costs.Length):P2} |"));
        }
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)((sorted.Length - 1) * quantile)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static long TimerOverhead()
    {
        var pairs = new long[10_001];
        for (var i = 0; i < pairs.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            pairs[i] = Stopwatch.GetTimestamp() - started;
        }

        return pairs.Order().ElementAt(pairs.Length / 2);
    }

    private sealed class Row(string name, LaneSubject subject, byte[] line)
    {
        private readonly List<long> batches = [];
        private long refused;

        public string Name => name;

        public LaneSubject Subject => subject;

        public byte[] Line => line;

        public void Add(IEnumerable<long> ticks, int refused)
        {
            batches.AddRange(ticks);
            this.refused += refused;
        }

        public double[] Sorted(long overhead) =>
            [.. batches.Select(ticks => Math.Max(0, ticks - overhead) * 1e9 / Stopwatch.Frequency / LaneSubject.BatchSize).Order()];

        public double RefusedShare(int batches) => (double)refused / batches / LaneSubject.BatchSize;
    }

    /// <summary>The threads that append and the one that drains; they stay, from row to row.</summary>
    private sealed class Crew : IDisposable
    {
        private readonly Barrier barrier;
        private readonly Thread[] threads;
        private readonly long[][] ticks;
        private readonly int[] refused;
        private Row? row;
        private int batches;
        private bool ends;

        public Crew(int producers)
        {
            barrier = new Barrier(producers + 1);
            ticks = new long[producers][];
            refused = new int[producers];
            threads = [.. Enumerable.Range(0, producers).Select(index => new Thread(() => Produce(index))), new Thread(Consume)];
            Array.ForEach(threads, thread => thread.Start());
        }

        public void Append(Row next, int count, bool keeps)
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

        private void Produce(int index)
        {
            while (true)
            {
                barrier.SignalAndWait();
                if (Volatile.Read(ref ends))
                {
                    return;
                }

                Produce(index, Volatile.Read(ref row)!);
                barrier.SignalAndWait();
            }
        }

        private void Produce(int index, Row row)
        {
            var times = ticks[index] = new long[batches];
            refused[index] = 0;
            for (var i = 0; i < times.Length; i++)
            {
                var started = Stopwatch.GetTimestamp();
                var lost = row.Subject.AppendBatch(row.Line);
                times[i] = Stopwatch.GetTimestamp() - started;
                refused[index] += lost;
                while (Stopwatch.GetTimestamp() - started < BatchTicks)
                {
                }
            }
        }

        private void Consume()
        {
            var destination = new byte[2048];
            while (!Volatile.Read(ref ends))
            {
                Volatile.Read(ref row)?.Subject.Drain(destination);
                Thread.Sleep(1);
            }
        }
    }
}
