using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Benchmarks.Load;

/// <summary>Threads that record at a rate, in a batch each millisecond, and with each batch the time.</summary>
/// <remarks>A thread that was held up records what it missed, but no more than five milliseconds' worth at once.</remarks>
internal static class Producers
{
    /// <param name="meter">Has the instruments: <c>load.took</c> and, for the time, <c>load.age</c>.</param>
    /// <param name="threads">How many.</param>
    /// <param name="perSecond">The rate of all of them.</param>
    /// <param name="seconds">For how long.</param>
    public static Recorded Run(Meter meter, int threads, double perSecond, double seconds)
    {
        var (took, age) = (meter.CreateHistogram<double>("load.took", "ms"), meter.CreateHistogram<double>("load.age", "us"));
        var all = new Recorded[threads];
        var started = Stopwatch.GetTimestamp();
        var running = Enumerable.Range(0, threads)
            .Select(i => new Thread(() => all[i] = Run(took, age, perSecond / threads, (long)(perSecond / threads * seconds))))
            .ToList();
        running.ForEach(thread => thread.Start());
        running.ForEach(thread => thread.Join());
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Recorded(
            all.Sum(each => each.Values), all.Sum(each => each.Ages), all.Sum(each => each.Thousandths), TimeSpan.FromTicks(all.Sum(each => each.Processor.Ticks)), elapsed);
    }

    private static Recorded Run(Histogram<double> took, Histogram<double> age, double perSecond, long total)
    {
        var measurements = new Measurements(took);
        var (recorded, ages) = (0L, 0L);
        var atOnce = Math.Max(1, (long)(perSecond * 0.005));
        var started = Stopwatch.GetTimestamp();
        var processor = ThreadTimes.OfThis();
        while (recorded < total)
        {
            var due = Math.Min(Math.Min(total, recorded + atOnce), (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond));
            if (due > recorded)
            {
                age.Record(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000));
                ages++;
            }

            for (; recorded < due; recorded++)
            {
                measurements.Record(recorded);
            }

            Thread.Sleep(1);
        }

        return new Recorded(recorded, ages, Measurements.SumOf(recorded), ThreadTimes.OfThis() - processor, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>What was recorded.</summary>
    /// <param name="Values">Measurements, without those of the time.</param>
    /// <param name="Ages">Those of the time.</param>
    /// <param name="Thousandths">The sum of the former.</param>
    /// <param name="Processor">The time that processors spent on it.</param>
    /// <param name="Elapsed">How long it took.</param>
    internal readonly record struct Recorded(long Values, long Ages, long Thousandths, TimeSpan Processor, TimeSpan Elapsed)
    {
        public long All => Values + Ages;
    }
}
