using System.Diagnostics;

namespace Benchmarks.Prometheus;

/// <summary>
/// One scrape without HTTP, in each format, against merely collecting and walking the same points: each behind its own provider, all over
/// the same instruments, one of each in turn and in another order each round, so that the ratio of two medians means something.
/// </summary>
/// <remarks>
/// Every series is recorded anew before each round. A scrape is timed in whole, the SDK's part included, from asking for it to its last byte
/// in memory, by the clock, and by the processor time of the process: our collections run on the thread pool, so that on a busy machine the clock
/// also tells how long a thread there waits for a processor. Left out: HTTP, compression, the first scrapes, series that come and go.
/// </remarks>
internal static class ScrapeRatios
{
    public static void Run(LoopOptions options)
    {
        Run(options, "series of all kinds", ScrapeMix.Instruments(options.Series));
        Run(options, "counters", ScrapeMix.Instruments(SeriesKind.Counter, options.Series));
        Run(options, "histograms", ScrapeMix.Instruments(SeriesKind.Histogram, options.Series));
    }

    private static void Run(LoopOptions options, string series, IEnumerable<ScrapeInstrument> instruments)
    {
        using var workload = new ScrapeWorkload(instruments);
        using var nothing = new CumulativeReader(workload.MeterName, new NothingExporter());
        using var walk = new CumulativeReader(workload.MeterName, new CumulativeWalk());
        var subjects = Enum.GetValues<ScrapeFormat>().Select(format => (Format: format, Subject: new ScrapeSubject(workload.MeterName))).ToArray();
        Row[] rows =
        [
            new("walk values and tags", Collects(walk)),
            new("collect, and look at nothing", Collects(nothing)),
            .. subjects.Select(subject => new Row($"ours, {subject.Format}", Scrapes(subject.Subject, subject.Format))),
        ];
        try
        {
            Measure(options, workload, rows);
            Print($"{options.Series} {series}, {options.Rounds} rounds, {Report.Load()}", options.Series, rows);
        }
        finally
        {
            foreach (var (_, subject) in subjects)
            {
                subject.Dispose();
            }
        }
    }

    private static Func<long> Collects(CumulativeReader reader) => () =>
    {
        reader.Collect();
        return 0;
    };

    private static Func<long> Scrapes(ScrapeSubject subject, ScrapeFormat format)
    {
        var output = new DiscardingPipeWriter();
        return () =>
        {
            var before = output.Written;
            var scrape = subject.ScrapeAsync(format, output);
            if (!scrape.IsCompletedSuccessfully)
            {
                scrape.AsTask().GetAwaiter().GetResult();
            }

            return output.Written - before;
        };
    }

    private static void Measure(LoopOptions options, ScrapeWorkload workload, Row[] rows)
    {
        var order = rows.ToArray();
        var random = new Random(20100);
        for (var round = -options.WarmUpRounds; round < options.Rounds; round++)
        {
            if (round < 0 && round % 10 == 0)
            {
                // The runtime compiles anew, and better, in the background and only after a while without new methods.
                Thread.Sleep(200);
            }

            workload.Record();
            random.Shuffle(order);
            foreach (var row in order)
            {
                row.Measure(isKept: round >= 0);
            }
        }
    }

    private static void Print(string title, int series, Row[] rows)
    {
        Console.WriteLine($"\n### Scrape without HTTP, {title}\n");
        Console.WriteLine("| | ns/series, median | min | p90 | ÷ walk | of minima | processor ns/series, median | ÷ walk | B allocated | bytes |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
        var walk = rows[0];
        foreach (var row in rows)
        {
            var median = Report.Median(row.Times);
            var processor = Report.Median(row.ProcessorTimes);
            Report.WriteLine($"| {row.Name} | {median / series:F1} | {row.Times.Min() / series:F1} | {Report.Quantile(row.Times, 0.9) / series:F1} | {median / Report.Median(walk.Times):F2} | {row.Times.Min() / walk.Times.Min():F2} | {processor / series:F1} | {processor / Report.Median(walk.ProcessorTimes):F2} | {Report.Median(row.AllocatedBytes):F0} | {row.Bytes} |");
        }
    }

    /// <param name="name">What it is called.</param>
    /// <param name="scrape">Does it once; gives the bytes of the response.</param>
    private sealed class Row(string name, Func<long> scrape)
    {
        public string Name => name;

        public List<double> Times { get; } = [];

        public List<double> ProcessorTimes { get; } = [];

        public List<double> AllocatedBytes { get; } = [];

        public long Bytes { get; private set; }

        public void Measure(bool isKept)
        {
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var processor = Environment.CpuUsage.TotalTime;
            var started = Stopwatch.GetTimestamp();
            Bytes = scrape();
            var elapsed = Stopwatch.GetElapsedTime(started);
            processor = Environment.CpuUsage.TotalTime - processor;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            if (isKept)
            {
                Times.Add(elapsed.TotalNanoseconds);
                ProcessorTimes.Add(processor.TotalNanoseconds);
                AllocatedBytes.Add(allocated);
            }
        }
    }
}
