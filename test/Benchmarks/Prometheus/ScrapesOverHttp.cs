namespace Benchmarks.Prometheus;

/// <summary>
/// Scrapes over HTTP on loopback, each exporter in a process of its own behind Kestrel, one of each exporter, format and encoding in turn and
/// in another order each round.
/// </summary>
/// <remarks>
/// What a server does not offer is left out: it is asked once and its <c>Content-Type</c> and <c>Content-Encoding</c> believed. All series are
/// recorded anew before each scrape. Left out: the first scrapes, servers that are busy otherwise, the network.
/// </remarks>
internal static class ScrapesOverHttp
{
    /// <summary>All that is specific to HTTP is called often within a scrape.</summary>
    private const int MaxWarmUpRounds = 30;

    public static void Run(LoopOptions options, IReadOnlyList<ScrapeExporter> exporters)
    {
        var servers = exporters.Select(exporter => new ScrapeServerProcess(exporter, options.Series)).ToArray();
        var clients = servers.Select(server => new ScrapeClient(server.Port)).ToArray();
        try
        {
            Row[] rows =
            [
                .. from pair in servers.Zip(clients)
                   from request in ScrapeRequest.All
                   where pair.Second.IsOffered(request)
                   select new Row(pair.First, pair.Second, request),
            ];
            Measure(options, rows);
            Print(options, rows);
        }
        finally
        {
            foreach (var disposable in clients.Concat<IDisposable>(servers))
            {
                disposable.Dispose();
            }
        }
    }

    private static void Measure(LoopOptions options, Row[] rows)
    {
        var order = rows.ToArray();
        var random = new Random(20100);
        for (var round = -Math.Min(options.WarmUpRounds, MaxWarmUpRounds); round < options.Rounds; round++)
        {
            if (round < 0 && round % 10 == 0)
            {
                // The runtime compiles anew, and better, in the background and only after a while without new methods.
                Thread.Sleep(200);
            }

            random.Shuffle(order);
            foreach (var row in order)
            {
                row.Server.Record();
                var cost = row.Client.Scrape(row.Request);
                if (round >= 0)
                {
                    row.Costs.Add(cost);
                }
            }
        }
    }

    private static void Print(LoopOptions options, Row[] rows)
    {
        Console.WriteLine($"\n### Scrape over HTTP, {options.Series} series, {options.Rounds} rounds, {Report.Load()}\n");
        Console.WriteLine("| exporter | format | bytes | ms, median | min | p90 | to headers | ÷ walk | official ÷ it | of minima | prometheus-net ÷ it | of minima |");
        Console.WriteLine("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
        var walk = rows[0];
        foreach (var row in rows)
        {
            var official = Rival(ExporterNames.Official, row);
            var prometheusNet = Rival(ExporterNames.PrometheusNet, row);
            Report.WriteLine($"| {row.Exporter} | {row.Request} | {row.Bytes:F0} | {row.Median:F2} | {row.Min:F2} | {Report.Quantile(row.Times, 0.9):F2} | {row.ToHeaders:F2} | {row.Median / walk.Median:F2} | {official?.Median / row.Median:F2} | {official?.Min / row.Min:F2} | {prometheusNet?.Median / row.Median:F2} | {prometheusNet?.Min / row.Min:F2} |");
        }

        Row? Rival(string rival, Row row) => rows.FirstOrDefault(other => other.Exporter == rival && other.Request == row.Request);
    }

    private sealed record Row(ScrapeServerProcess Server, ScrapeClient Client, ScrapeRequest Request)
    {
        public string Exporter => Server.Exporter.Name;

        public List<ScrapeCost> Costs { get; } = [];

        public IEnumerable<double> Times => Costs.Select(cost => cost.Time.TotalMilliseconds);

        public double Median => Report.Median(Times);

        public double Min => Times.Min();

        public double ToHeaders => Report.Median(Costs.Select(cost => cost.ToHeaders.TotalMilliseconds));

        public double Bytes => Report.Median(Costs.Select(cost => (double)cost.Bytes));
    }
}
