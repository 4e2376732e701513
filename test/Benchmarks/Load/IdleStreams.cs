using System.Diagnostics.Metrics;

namespace Benchmarks.Load;

/// <summary>What the process takes of a processor while nothing, or next to nothing, is recorded; the runtime alone first.</summary>
internal static class IdleStreams
{
    private const int PerSecond = 10;

    public static void Run(double scale)
    {
        var seconds = 20 * scale;
        Console.WriteLine($"\n### Idle: {seconds} s each, {Report.Load()}\n");
        Console.WriteLine("| | process, of a core | pump, of a core |");
        Console.WriteLine("| --- | --: | --: |");
        Measure("no provider", seconds, null);
        using var sink = Route.Udp.StartSink();
        using var application = Route.Udp.Start(sink);
        var took = application.Meter.CreateHistogram<double>("load.took");
        took.Record(1);
        application.Flush();
        Measure("a stream, nothing recorded", seconds, null);
        Measure($"a stream, {PerSecond} measurements a second", seconds, took);
    }

    private static void Measure(string name, double seconds, Histogram<double>? histogram)
    {
        // What came before has its aftermath.
        Thread.Sleep(2000);
        var before = (Process: Environment.CpuUsage.TotalTime, Pump: ThreadTimes.OfPumps());
        for (var i = 0; i < seconds * PerSecond; i++)
        {
            Thread.Sleep(1000 / PerSecond);
            histogram?.Record(i);
        }

        var after = (Process: Environment.CpuUsage.TotalTime, Pump: ThreadTimes.OfPumps());
        Report.WriteLine($"| {name} | {(after.Process - before.Process).TotalSeconds / seconds:P3} | {(after.Pump - before.Pump).TotalSeconds / seconds:P3} |");
    }
}
