namespace Benchmarks.Prometheus;

/// <summary>What clients that ask and then do not read cost a server's memory, and another client's time.</summary>
/// <remarks>
/// Each stops after the headers, with a small receive buffer, so that all but what the kernel holds stays with the server. They are fewer than the
/// collections that our exporter keeps before it serves one again, so that each scrape collects, as with the other exporters. The other client
/// scrapes before, beside and after them; a server that lets it wait for longer than <see cref="ScrapeClient.Patience"/> has failed. After a while
/// the slow ones read on, and must get everything.
/// </remarks>
internal static class SlowScrapers
{
    private const int Scrapers = 6;
    private const int ReceiveBuffer = 4096;

    private static readonly ScrapeRequest Request = new(ScrapeFormat.Text, IsCompressed: false);

    public static void Run(LoopOptions options, IReadOnlyList<ScrapeExporter> exporters)
    {
        Console.WriteLine($"\n### Beside {Scrapers} clients that do not read, {options.Series} series, {options.Rounds} rounds, {Report.Load()}\n");
        Console.WriteLine("| exporter | scrape alone, ms, median | min | beside them, median | min | ÷ alone | resident, KiB a slow client | of them answered | read to the end |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
        foreach (var exporter in exporters.Where(exporter => exporter.Name is not (ExporterNames.Walk or ExporterNames.Blank)))
        {
            Run(options, exporter);
        }
    }

    private static void Run(LoopOptions options, ScrapeExporter exporter)
    {
        using var server = new ScrapeServerProcess(exporter, options.Series);
        using var client = new ScrapeClient(server.Port);
        var slow = Enumerable.Range(0, Scrapers).Select(_ => new ScrapeClient(server.Port, ReceiveBuffer)).ToArray();
        try
        {
            WarmUp(client, options.WarmUpRounds);
            var alone = new List<double>();
            var beside = new List<double>();
            Scrape(client, options.Rounds, alone);
            var before = server.Settle();
            var responses = Concurrently(slow, scraper => scraper.Begin(Request));
            var grown = server.Settle().ResidentBytes - before.ResidentBytes;
            var isAnswered = Scrape(client, options.Rounds, beside);
            var lengths = Concurrently(slow.Zip(responses).Where(pair => pair.Second is not null), pair => pair.First.Drain(pair.Second!));
            Scrape(client, options.Rounds, alone);
            Print(exporter.Name, alone, isAnswered ? beside : null, grown / Scrapers, responses.Count(response => response is not null), lengths.Count(length => length > 0));
        }
        finally
        {
            foreach (var scraper in slow)
            {
                scraper.Dispose();
            }
        }
    }

    private static void Print(string exporter, List<double> alone, List<double>? beside, long grown, int answered, int complete)
    {
        var usual = Report.Median(alone);
        Report.WriteLine($"| {exporter} | {usual:F2} | {alone.Min():F2} | {(beside is null ? "no answer | " : FormattableString.Invariant($"{Report.Median(beside):F2} | {beside.Min():F2}"))} | {(beside is null ? null : Report.Median(beside) / usual):F2} | {grown / 1024} | {answered} | {complete} |");
    }

    private static void WarmUp(ScrapeClient client, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            client.Scrape(Request);
            if (round % 10 == 0)
            {
                // The runtime compiles anew, and better, in the background and only after a while without new methods.
                Thread.Sleep(200);
            }
        }
    }

    /// <returns><see langword="false"/> if the server does not answer.</returns>
    private static bool Scrape(ScrapeClient client, int scrapes, List<double> times)
    {
        try
        {
            for (var scrape = 0; scrape < scrapes; scrape++)
            {
                times.Add(client.Scrape(Request).Time.TotalMilliseconds);
            }

            return true;
        }
        catch (Exception exception) when (IsOutOfPatience(exception))
        {
            return false;
        }
    }

    /// <returns>The default value for each that the server leaves without an answer.</returns>
    private static TResult?[] Concurrently<T, TResult>(IEnumerable<T> items, Func<T, TResult> run)
    {
        var tasks = items.Select(item => Task.Factory.StartNew(() => Try(item), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        return Task.WhenAll(tasks).GetAwaiter().GetResult();

        TResult? Try(T item)
        {
            try
            {
                return run(item);
            }
            catch (Exception exception) when (IsOutOfPatience(exception))
            {
                return default;
            }
        }
    }

    private static bool IsOutOfPatience(Exception exception) => exception is TaskCanceledException or HttpRequestException or IOException;
}
