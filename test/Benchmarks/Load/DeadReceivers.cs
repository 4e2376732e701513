using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Load;

/// <summary>An application that works a microsecond a measurement, on one thread without a pause: whether a receiver that is away makes it slower than one that is there, or than no stream.</summary>
/// <remarks>Turns of a fifth of a second in one process, in another order each round; by the clock, which other work on the machine disturbs, and by the thread's own processor time.</remarks>
internal static class DeadReceivers
{
    private const int Rounds = 41;
    private const int PerTurn = 200_000;

    public static void Run(double scale)
    {
        var rounds = Math.Max(2, (int)(Rounds * scale));
        using var nobody = new Meter("nobody");
        using var sink = Route.Udp.StartSink();
        using var unixSink = Route.UnixDatagram.StartSink();
        using var live = Route.Udp.Start(sink);
        using var liveUnix = Route.UnixDatagram.Start(unixSink);
        using var deadUdp = new StreamedApplication($"udp://127.0.0.1:{FreePort()}");
        using var deadUnix = new StreamedApplication($"unix:///tmp/nobody-{Environment.ProcessId}");
        (string Name, Meter Meter, StreamedApplication? Application, List<double> Clock, List<double> Processor)[] rows =
        [
            ("nobody listens", nobody, null, [], []),
            ("UDP, live", live.Meter, live, [], []),
            ("UDP, closed port", deadUdp.Meter, deadUdp, [], []),
            ("Unix datagram, live", liveUnix.Meter, liveUnix, [], []),
            ("Unix datagram, no socket", deadUnix.Meter, deadUnix, [], []),
        ];
        var measurements = rows.Select(row => new Measurements(row.Meter.CreateHistogram<double>("load.took"))).ToArray();
        var works = WorksPerMicrosecond();
        var order = Enumerable.Range(0, rows.Length).ToArray();
        var random = new Random(20100);
        var recorded = 0L;
        for (var round = 0; round < rounds; round++)
        {
            random.Shuffle(order);
            foreach (var next in order)
            {
                var processor = ThreadTimes.OfThis();
                var started = Stopwatch.GetTimestamp();
                for (var i = 0; i < PerTurn; i++)
                {
                    Work(works);
                    measurements[next].Record(i);
                }

                var elapsed = Stopwatch.GetElapsedTime(started);
                if (round > 0)
                {
                    rows[next].Clock.Add(elapsed.TotalNanoseconds / PerTurn);
                    rows[next].Processor.Add((ThreadTimes.OfThis() - processor).TotalNanoseconds / PerTurn);
                }
            }

            recorded += PerTurn;
        }

        // Once more, to those that are away, with nothing else going on.
        var before = (Set: Environment.WorkingSet, Allocated: GC.GetTotalAllocatedBytes(precise: true));
        for (var i = 0; i < rounds * PerTurn; i++)
        {
            Work(works);
            measurements[2].Record(i);
            measurements[4].Record(i);
        }

        var grown = (Set: Environment.WorkingSet - before.Set, Allocated: GC.GetTotalAllocatedBytes(precise: true) - before.Allocated);
        Console.WriteLine($"\n### An application at its work while the receiver is away: {rounds - 1} rounds of {PerTurn:N0} measurements, {Report.Load()}\n");
        Console.WriteLine("| receiver | ns each by the clock, median | least | by processor, median | least | slower than with nobody listening | recorded = exported + refused + dropped |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --- |");
        foreach (var (name, _, application, clock, processor) in rows)
        {
            application?.Dispose();
            var all = recorded + (application == deadUdp || application == deadUnix ? rounds * PerTurn : 0);
            var balance = application is null ? null : Balance.Of(all, application.Statistics.MeasurementsExported, application.Statistics);
            Report.WriteLine($"| {name} | {Report.Median(clock):F0} | {clock.Min():F0} | {Report.Median(processor):F0} | {processor.Min():F0} | {(Report.Median(processor) / Report.Median(rows[0].Processor)) - 1:P1} | {balance} |");
            Checks.Expect(balance is null or { Lost: 0 }, $"{name}: {balance?.Lost} measurements are not counted");
        }

        Report.WriteLine($"\nwhile {rounds * PerTurn:N0} more were recorded to each of those that are away, the process grew by {grown.Set / 1024.0:N0} KiB and allocated {grown.Allocated / 1024.0:N1} KiB");
    }

    /// <summary>Arithmetic that the compiler cannot leave out.</summary>
    private static void Work(int times)
    {
        for (var i = 0; i < times; i++)
        {
            result = (result * 6364136223846793005) + 1442695040888963407;
        }
    }

    private static ulong result;

    private static int WorksPerMicrosecond()
    {
        const int Times = 1_000_000;
        var best = double.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var started = Stopwatch.GetTimestamp();
            Work(Times);
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return (int)(Times / best);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
