namespace Benchmarks.Prometheus;

/// <summary>What scrapes take of a server's memory, each exporter, format and encoding in a process of its own that has served nothing else.</summary>
/// <remarks>
/// The server is told to record and to collect its garbage; then it is scraped a number of times, settles again, and is scraped as often once
/// more. The first series of scrapes has in it whatever an exporter keeps from scrape to scrape, and the code of the server, which the floor has
/// as well; the second is the steady state. Nothing is recorded meanwhile.
/// </remarks>
internal static class ScrapeMemory
{
    private const int Scrapes = 20;

    public static void Run(LoopOptions options, IReadOnlyList<ScrapeExporter> exporters)
    {
        Console.WriteLine($"\n### Memory of scrapes over HTTP, {options.Series} series, {Scrapes} scrapes, {Report.Load()}\n");
        Console.WriteLine("| exporter | format | bytes | B allocated a scrape | heap kept, KiB | resident, peak, KiB: first scrapes | steady state |");
        Console.WriteLine("| --- | --- | --: | --: | --: | --: | --: |");
        foreach (var exporter in exporters)
        {
            foreach (var request in ScrapeRequest.All)
            {
                Run(options, exporter, request);
            }
        }
    }

    private static void Run(LoopOptions options, ScrapeExporter exporter, ScrapeRequest request)
    {
        using var server = new ScrapeServerProcess(exporter, options.Series);
        using var client = new ScrapeClient(server.Port);
        server.Record();
        var before = server.Settle();
        if (!client.IsOffered(request))
        {
            return;
        }

        Scrape();
        var first = server.Read();
        var settled = server.Settle();
        var bytes = Scrape();
        var steady = server.Read();
        Report.WriteLine($"| {exporter.Name} | {request} | {bytes} | {(steady.AllocatedBytes - settled.AllocatedBytes) / Scrapes} | {(settled.HeapBytes - before.HeapBytes) / 1024} | {(first.PeakResidentBytes - before.ResidentBytes) / 1024} | {(steady.PeakResidentBytes - settled.ResidentBytes) / 1024} |");

        long Scrape()
        {
            var length = 0L;
            for (var scrape = 0; scrape < Scrapes; scrape++)
            {
                length = client.Scrape(request).Bytes;
            }

            return length;
        }
    }
}
