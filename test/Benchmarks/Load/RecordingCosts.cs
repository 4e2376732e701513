using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks.Load;

/// <summary>What a measurement costs that is delivered, the threads that record and the pump together, against the SDK's own aggregation, which delivers none.</summary>
/// <remarks>
/// Processor time of threads, at a rate of 1,000,000 a second on one of them, in turns of a second; less what the same threads take when nobody listens to the
/// instruments, which is mostly waking up. The SDK's collection, every ten seconds, is left out.
/// </remarks>
internal static class RecordingCosts
{
    private const int Rounds = 9;
    private const double Rate = 1_000_000;

    public static void Run(double scale)
    {
        using var nobody = new Meter("nobody");
        using var aggregated = new Meter("aggregated");
        using var sdk = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(aggregated.Name)
            .AddReader(new BaseExportingMetricReader(new NothingExporter()) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
        Route[] routes = [Route.Udp, Route.UdpWithoutOffload, Route.UnixDatagram, Route.UnixStream, Route.Tcp];
        var sinks = routes.Select(route => route.StartSink()).ToArray();
        var applications = routes.Select((route, i) => route.Start(sinks[i])).ToArray();
        (string Name, Meter Meter, List<double> Recording, List<double> Pump)[] rows =
        [
            ("nobody listens", nobody, [], []),
            ("SDK histogram, nothing delivered", aggregated, [], []),
            .. routes.Select((route, i) => ($"stream, {route.Name}", applications[i].Meter, new List<double>(), new List<double>())),
        ];
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (_, meter, recording, pump) in rows)
            {
                var before = ThreadTimes.OfPumps();
                var recorded = Producers.Run(meter, threads: 1, Rate, scale);

                // What is still on its way.
                Thread.Sleep(30);
                if (round > 0)
                {
                    recording.Add(recorded.Processor.TotalNanoseconds / recorded.All);
                    pump.Add((ThreadTimes.OfPumps() - before).TotalNanoseconds / recorded.All);
                }
            }
        }

        Console.WriteLine($"\n### What a delivered measurement costs: {Rounds - 1} rounds, {Report.Load()}\n");
        Console.WriteLine("| | recording, ns, median | pump, ns, median | both, less waking up | ÷ SDK |");
        Console.WriteLine("| --- | --: | --: | --: | --: |");
        double Both(int row) => Report.Median(rows[row].Recording.Zip(rows[row].Pump, rows[0].Recording).Select(each => each.First + each.Second - each.Third));
        for (var row = 0; row < rows.Length; row++)
        {
            Report.WriteLine($"| {rows[row].Name} | {Report.Median(rows[row].Recording):F1} | {Report.Median(rows[row].Pump):F1} | {Both(row):F1} | {Both(row) / Both(1):F2} |");
        }

        foreach (var application in applications)
        {
            application.Dispose();
            Checks.Expect(application.Statistics.MeasurementsExported > 0, "A stream has delivered nothing");
        }

        Array.ForEach(sinks, sink => sink.Dispose());
    }
}
