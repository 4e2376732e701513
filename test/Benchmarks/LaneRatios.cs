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

    public static void Run(ReadOnlySpan<string> args)
    {
        var (rounds, batches) = args switch
        {
            [] => (25, 3000),
            ["--dry"] => (1, 10),
            _ => throw new ArgumentException($"'{string.Join(' ', args!)}'? Usage: lanes [--dry]", nameof(args)),
        };
        foreach (var threads in Threads)
        {
            Console.WriteLine(Text($"\n### {threads} threads; between processors {CoreDistance.Measure():F0} ns before"));
            var rows = Measure(threads, rounds, batches);
            Print(rows);
            Console.WriteLine(Text($"\nbetween processors {CoreDistance.Measure():F0} ns after"));
        }
    }

    private static BatchRow[] Measure(int threads, int rounds, int batches)
    {
        BatchRow[] rows =
        [
            new(Baseline, new LaneSubject<LaneQueue>(new(TotalBytes, own: threads, shared: 0), Line)),
            new("lanes, records of 16 bytes", new LaneSubject<LaneQueue>(new(TotalBytes, own: threads, shared: 0), Line[..16])),
            new("lanes, pairs of numbers", new LaneSubject<PairQueue>(new(TotalBytes, own: threads), Line[..12])),
            new("lanes, all threads share two", new LaneSubject<LaneQueue>(new(TotalBytes, own: 0, shared: 2), Line)),
            new("Channel, bounded", new LaneSubject<ChannelQueue>(new(TotalBytes), Line)),
            new("ConcurrentQueue and a count", new LaneSubject<ConcurrentQueue>(new(TotalBytes), Line)),
            new("lock and a buffer", new LaneSubject<LockedQueue>(new(TotalBytes), Line)),
        ];
        using var crew = new BatchCrew(threads);
        var warmUpRounds = Math.Max(1, rounds / 3);
        for (var round = -warmUpRounds; round < rounds; round++)
        {
            for (var turn = 0; turn < rows.Length; turn++)
            {
                // Each has each place in the order, and so each neighbour's leftovers in the processor's caches.
                var row = rows[(turn + round + warmUpRounds) % rows.Length];
                crew.Run(row, batches, keeps: round >= 0);
            }
        }

        return rows;
    }

    private static void Print(BatchRow[] rows)
    {
        var baseline = rows.Single(row => row.Name == Baseline).Sorted();
        Console.WriteLine("\n| | ns a line, median | p99 | p99.9 | median ÷ lanes | p99 ÷ lanes | refused |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: |");
        foreach (var row in rows)
        {
            var costs = row.Sorted();
            var (median, p99) = (BatchRow.At(costs, 0.5), BatchRow.At(costs, 0.99));
            Console.WriteLine(Text(
                $"| {row.Name} | {median:F1} | {p99:F1} | {BatchRow.At(costs, 0.999):F0} | {median / BatchRow.At(baseline, 0.5):F1} | {p99 / BatchRow.At(baseline, 0.99):F1} | {row.RefusedShare(costs.Length):P2} |"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
