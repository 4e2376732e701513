using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks.Emf;

/// <summary>
/// Whole exports of points as documents, side by side as in <see cref="Ratios"/>: not sent, over TCP as packets hold them, and over TCP with a call
/// for each document; beside what only reads the points, and StatsD lines of the same points.
/// </summary>
/// <remarks>
/// Points share documents if they have the same attributes: once ten counters have a thousand sets of attributes in common, once each
/// point has a set of its own. Left out: recording, the first exports, histograms that are split.
/// </remarks>
internal static class EmfRatios
{
    private const string Walk = "walk values and tags";
    private const string Packed = "EMF, TCP";
    private const string Single = "EMF, TCP, a send for each document";

    public static void Run(LoopOptions options)
    {
        Run(options, Shape.Counters, sharesSeries: true, "counters, ten of the same attributes");
        Run(options, Shape.Counters, sharesSeries: false, "counters, each of its own attributes");
        Run(options, Shape.Histograms, sharesSeries: true, "histograms, ten of the same attributes");
    }

    private static void Run(LoopOptions options, Shape shape, bool sharesSeries, string points)
    {
        using var workload = new Workload(shape, options.Series, sharesSeries);
        using var receiver = new LoopbackReceiver(EndpointKind.Tcp);
        var endpoint = receiver.Endpoint;
        var count = new DocumentCount();
        (Pipeline Pipeline, List<Pipeline.Cost> Costs)[] rows =
        [
            Row(Walk, new WalkingExporter()),
            Row("StatsD, not sent", Unpaced.Exporter("statsd", endpoint, new NullTransport())),
            Row("EMF, not sent", Exporter("null", endpoint, new NullTransport())),
            Row(Packed, Exporter("tcp", endpoint, Unpaced.Transport(endpoint))),
            Row(Single, Exporter("single", endpoint, new DocumentPerSend(endpoint))),
            Row("count", Exporter("count", endpoint, count)),
        ];
        try
        {
            Measure(options, workload, rows);
            Print($"{options.Series} {points}, {options.Rounds} rounds, {Report.Load()}", options, rows[..^1]);
            var collections = (double)(options.WarmUpRounds + options.Rounds);
            Report.WriteLine($"\ndocuments: {count.Documents / collections:F0} of {count.Bytes / (double)count.Documents:F0} bytes; packed ÷ a send for each, whole collection: {Collection(Packed) / Collection(Single):F2}");
        }
        finally
        {
            foreach (var (pipeline, _) in rows)
            {
                pipeline.Dispose();
            }
        }

        (Pipeline Pipeline, List<Pipeline.Cost> Costs) Row(string name, OpenTelemetry.BaseExporter<OpenTelemetry.Metrics.Metric> exporter) =>
            (new Pipeline(name, workload, exporter), []);

        double Collection(string name) =>
            Report.Median(rows.Single(row => row.Pipeline.Name == name).Costs.Select(cost => cost.Collect.TotalNanoseconds));
    }

    private static EmfMetricExporter Exporter(string name, Endpoint endpoint, ITransport transport) =>
        new(name, DocumentData.Settings(endpoint.ToString()), transport);

    private static void Measure(LoopOptions options, Workload workload, (Pipeline Pipeline, List<Pipeline.Cost> Costs)[] rows)
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
            foreach (var (pipeline, costs) in order)
            {
                var cost = pipeline.Collect();
                if (round >= 0)
                {
                    costs.Add(cost);
                }
            }
        }
    }

    private static void Print(string title, LoopOptions options, (Pipeline Pipeline, List<Pipeline.Cost> Costs)[] rows)
    {
        Console.WriteLine($"\n### {title}\n");
        Console.WriteLine("| exporter | export ns/point, median | min | p90 | ÷ walk | collection ns/point, median | min | export B | collection B |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
        var walk = Report.Median(Times(rows[0].Costs, cost => cost.Export));
        foreach (var (pipeline, costs) in rows)
        {
            var export = Times(costs, cost => cost.Export);
            var collection = Times(costs, cost => cost.Collect);
            Report.WriteLine($"| {pipeline.Name} | {Report.Median(export):F1} | {export.Min():F1} | {Report.Quantile(export, 0.9):F1} | {Report.Median(export) / walk:F2} | {Report.Median(collection):F1} | {collection.Min():F1} | {Report.Median(costs.Select(cost => (double)cost.ExportBytes)):F0} | {Report.Median(costs.Select(cost => (double)cost.CollectBytes)):F0} |");
        }

        double[] Times(List<Pipeline.Cost> costs, Func<Pipeline.Cost, TimeSpan> time) =>
            [.. costs.Select(cost => time(cost).TotalNanoseconds / options.Series)];
    }
}
