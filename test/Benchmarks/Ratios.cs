using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace Benchmarks;

internal static class Ratios
{
    public static void Run(string[] args)
    {
        var n = int.Parse(args[0], CultureInfo.InvariantCulture);
        var shape = args.Length > 1 && args[1] == "h" ? Shape.Histograms : Shape.Counters;
        var only = args.Length > 2 ? args[2] : "";
        using var workload = new Workload(shape, n);
        using var receiver = new LoopbackReceiver();
        var settings = StatsdExporterSettings.From(new StatsdExporterOptions { Endpoint = receiver.Endpoint.ToString() });
        var pipelines = new List<Pipeline>
        {
            new("walk", workload, new WalkingExporter()),
            new("ours", workload, new StatsdMetricExporter("a", settings, new NullTransport())),
        };
        if (only != "q")
        {
            pipelines.Add(new("ours udp", workload, new StatsdMetricExporter("b", settings, new UdpTransport(receiver.Endpoint))));
            pipelines.Add(new("naive", workload, new NaiveExporter(new NullTransport(), settings.MaxPacketBytes)));
            pipelines.Add(new("naive udp", workload, new NaiveExporter(new UdpTransport(receiver.Endpoint), settings.MaxPacketBytes)));
        }
        var costs = pipelines.Select(_ => new List<Pipeline.Cost>()).ToArray();
        int warm = Math.Max(60, 600000 / n), rounds = n > 50000 ? 41 : 101;
        for (var r = 0; r < warm + rounds; r++)
        {
            if (r < warm && r % 20 == 0) Thread.Sleep(150);
            workload.Record();
            for (var i = 0; i < pipelines.Count; i++)
            {
                var c = pipelines[(i + r) % pipelines.Count].Collect();
                if (r == 0) Console.WriteLine($"first {pipelines[(i + r) % pipelines.Count].Name} {c.Export.TotalNanoseconds / n:F1}");
                if (r >= warm) costs[(i + r) % pipelines.Count].Add(c);
            }
        }
        double Med(IEnumerable<double> x) { var s = x.Order().ToArray(); return s[s.Length / 2]; }
        var w = Med(costs[0].Select(c => c.Export.TotalNanoseconds / n));
        for (var i = 0; i < pipelines.Count; i++)
        {
            var e = costs[i].Select(c => c.Export.TotalNanoseconds / n).Order().ToArray();
            Console.WriteLine($"{pipelines[i].Name,-10} min {e[0],6:F1} med {e[e.Length / 2],6:F1} p90 {e[e.Length * 9 / 10],6:F1} ratio {e[e.Length / 2] / w:F2} minratio {e[0] / costs[0].Min(c => c.Export.TotalNanoseconds / n):F2} collect {Med(costs[i].Select(c => c.Collect.TotalNanoseconds / n)):F1} alloc {Med(costs[i].Select(c => (double)c.ExportBytes))} {Med(costs[i].Select(c => (double)c.CollectBytes))}");
        }
    }
}
