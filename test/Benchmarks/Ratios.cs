using System.Globalization;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>
/// Exporters side by side: each behind its own provider, all over the same instruments, one collection of each in turn, so
/// that whatever the machine does besides hits all of them alike and the ratio of two medians means something.
/// </summary>
/// <remarks>
/// <para>Compared are an exporter that does nothing, one that reads every value and tag and writes nothing, ours, and a naive
/// one that builds the same lines from interpolated strings; ours and the naive one without sending and over UDP to a
/// receiver on loopback. Every series is recorded anew before each round. A collection is timed in whole and, within it, the
/// exporter alone.</para>
/// <para>Left out: recording, the first exports (nothing compiled, nothing cached), series that come and go, the network.</para>
/// </remarks>
internal static class Ratios
{
    public static void Run(ReadOnlySpan<string> args)
    {
        var options = Options.Parse(args);
        foreach (var shape in Enum.GetValues<Shape>())
        {
            Run(shape, options);
        }
    }

    private static void Run(Shape shape, Options options)
    {
        using var workload = new Workload(shape, options.Series);
        using var receiver = new LoopbackReceiver();
        var pipelines = Pipelines(workload, receiver.Endpoint);
        try
        {
            WarmUp(workload, pipelines, options.WarmUpRounds);
            var table = new RatioTable(pipelines.Select(pipeline => pipeline.Name), options.Series);
            for (var round = 0; round < options.Rounds; round++)
            {
                workload.Record();
                for (var turn = 0; turn < pipelines.Length; turn++)
                {
                    // Each has each place in the order, and so each neighbour's leftovers in the processor's caches.
                    var next = (round + turn) % pipelines.Length;
                    table.Add(next, pipelines[next].Collect());
                }
            }

            table.Print($"{options.Series} {(shape == Shape.Counters ? "counters" : "histograms")}, {options.Rounds} rounds");
        }
        finally
        {
            foreach (var pipeline in pipelines)
            {
                pipeline.Dispose();
            }
        }
    }

    private static Pipeline[] Pipelines(Workload workload, Endpoint receiver)
    {
        var settings = new StatsdExporterOptions { Endpoint = receiver.ToString(), MaxPacketsPerSecond = 10_000_000 }.ToSettings();
        return
        [
            new("nothing", workload, new NothingExporter()),
            new(RatioTable.Walk, workload, new WalkingExporter()),
            new(RatioTable.Ours, workload, new StatsdMetricExporter("null", settings, new NullTransport())),
            new(RatioTable.OursUdp, workload, new StatsdMetricExporter("udp", settings, new UdpTransport(receiver, settings.Delivery.MaxPacketBytes, asksWithEmptyLine: true))),
            new(RatioTable.Naive, workload, new NaiveExporter(new NullTransport(), settings.Delivery.MaxPacketBytes).Connected()),
            new(RatioTable.NaiveUdp, workload, new NaiveExporter(new UdpTransport(receiver, settings.Delivery.MaxPacketBytes, asksWithEmptyLine: true), settings.Delivery.MaxPacketBytes).Connected()),
        ];
    }

    private static void WarmUp(Workload workload, Pipeline[] pipelines, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            workload.Record();
            foreach (var pipeline in pipelines)
            {
                pipeline.Collect();
            }

            if (round % 10 == 0)
            {
                // The runtime compiles anew, and better, in the background and only after a while without new methods.
                Thread.Sleep(200);
            }
        }
    }

    /// <param name="Series">How many series there are.</param>
    /// <param name="Rounds">How many times each exporter is measured.</param>
    /// <param name="WarmUpRounds">How many times each runs before.</param>
    private sealed record Options(int Series, int Rounds, int WarmUpRounds)
    {
        private const string Usage = "Usage: ratios [--series <number>] [--rounds <number>] [--dry]";

        public static Options Parse(ReadOnlySpan<string> args)
        {
            var series = 10_000;
            var rounds = 41;
            for (var i = 0; i < args.Length; i++)
            {
                if (args[i] == "--dry")
                {
                    return new Options(Series: 100, Rounds: 1, WarmUpRounds: 0);
                }

                var isNumber = i + 1 < args.Length
                    && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
                switch (args[i])
                {
                    case "--series" when isNumber:
                        series = int.Parse(args[++i], CultureInfo.InvariantCulture);
                        break;
                    case "--rounds" when isNumber:
                        rounds = int.Parse(args[++i], CultureInfo.InvariantCulture);
                        break;
                    default:
                        throw new ArgumentException($"'{args[i]}'? {Usage}", nameof(args));
                }
            }

            // A method is compiled in full after 30 calls, and those that walk an instrument's points are called once an instrument.
            return new Options(series, rounds, Math.Max(60, 200_000 / series));
        }
    }
}
