using System.Diagnostics;

namespace Benchmarks;

/// <summary>A subject and how long its batches took.</summary>
internal sealed class BatchRow(string name, BatchSubject subject)
{
    private static readonly long Overhead = TimerOverhead();

    private readonly List<long> batches = [];
    private long refused;

    public string Name => name;

    public BatchSubject Subject => subject;

    public static double At(double[] sorted, double quantile) => sorted[(int)((sorted.Length - 1) * quantile)];

    public void Add(IEnumerable<long> ticks, int refused)
    {
        batches.AddRange(ticks);
        this.refused += refused;
    }

    /// <summary>Nanoseconds of each, less what timing costs, divided by how often a subject did it in that time.</summary>
    public double[] Sorted(int times = BatchSubject.BatchSize) =>
        [.. batches.Select(ticks => Math.Max(0, ticks - Overhead) * 1e9 / Stopwatch.Frequency / times).Order()];

    public double RefusedShare(int batches) => (double)refused / batches / BatchSubject.BatchSize;

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
}
