using OpenTelemetry.Exporter;

namespace Benchmarks.Load;

/// <summary>Measurements at a rate over each transport: whether all arrive, how old they are by then, and what the work takes.</summary>
/// <remarks>
/// Before each run, half a second at a fiftieth of the rate, at most 20,000, lets the runtime compile and the first line of each series be made; what is recorded then counts, but ages
/// and times do not. The age is from just before Record to the return of the sink's read, of one measurement a batch. Processor time is in cores: of the pump, of the threads that record and of the sink.
/// </remarks>
internal static class RatedRuns
{
    public static void PrintHead(string title)
    {
        Console.WriteLine($"\n### {title}, {Report.Load()}\n");
        Console.WriteLine("| transport | threads | a second | recorded = received + refused + dropped | age ms, p50 | p99 | max | pump | recording | sink | bytes each | reads a second |");
        Console.WriteLine("| --- | --: | --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    }

    public static Balance Run(Route route, int threads, double perSecond, double seconds, Action<StatsdExporterOptions>? configure = null)
    {
        using var sink = route.StartSink();
        using var application = route.Start(sink, configure);
        var warmUp = Producers.Run(application.Meter, threads, Math.Min(perSecond / 50, 20_000), Math.Min(0.5, seconds));
        application.Flush();
        var before = (Sink: sink.ReadAndClearAges(), Pumps: ThreadTimes.OfPumps());
        var recorded = Producers.Run(application.Meter, threads, perSecond, seconds);
        var pumps = ThreadTimes.OfPumps() - before.Pumps;
        application.Dispose();
        var statistics = application.Statistics;
        var after = sink.WaitFor(statistics.MeasurementsExported);
        var balance = Balance.Of(warmUp.All + recorded.All, after.Values, statistics);
        var time = recorded.Elapsed.TotalSeconds;
        Report.WriteLine(
            $"| {route.Name} | {threads} | {recorded.Values / time:N0} | {balance} | {after.AgeP50:F1} | {after.AgeP99:F1} | {after.AgeMax:F1} | {pumps.TotalSeconds / time:F3} | {recorded.Processor.TotalSeconds / time:F3} | {(after.ProcessorSeconds - before.Sink.ProcessorSeconds) / time:F3} | {(double)(after.Bytes - before.Sink.Bytes) / (after.Values - before.Sink.Values):F2} | {(after.Reads - before.Sink.Reads) / time:N0} |");
        Checks.Expect(balance.Lost == 0, $"{route.Name}: {balance.Lost} measurements are neither received nor counted");
        Checks.Expect(after.Malformed == 0, $"{route.Name}: {after.Malformed} lines are malformed");
        Checks.Expect(
            balance.Refused + balance.Dropped + balance.Lost > 0 || after.Thousandths == warmUp.Thousandths + recorded.Thousandths,
            $"{route.Name}: the sum received is {after.Thousandths}, the sum recorded {warmUp.Thousandths + recorded.Thousandths} thousandths");
        return balance;
    }
}
