using OpenTelemetry.Exporter;

namespace Benchmarks.Load;

/// <summary>Streaming from end to end: real instruments, a real provider, real sockets, and a receiver in a process of its own.</summary>
internal static class StreamLoad
{
    private static readonly (string Name, Action<double> Run)[] Parts =
    [
        ("rates", Rates),
        ("fast", Fast),
        ("costs", RecordingCosts.Run),
        ("dead", DeadReceivers.Run),
        ("idle", IdleStreams.Run),
        ("overload", Overload.Run),
    ];

    public static void Run(string[] args)
    {
        var isDry = args.Contains("--dry");
        var names = args.Where(arg => arg != "--dry").ToArray();
        if (names.FirstOrDefault(name => Parts.All(part => part.Name != name)) is { } unknown)
        {
            throw new ArgumentException($"'{unknown}'? Usage: stream [{string.Join("] [", Parts.Select(part => part.Name))}] [--dry]", nameof(args));
        }

        foreach (var (name, run) in Parts)
        {
            if (names.Length == 0 || names.Contains(name))
            {
                // Of ten seconds, so much.
                run(isDry ? 0.02 : 1);
            }
        }
    }

    private static void Rates(double scale)
    {
        RatedRuns.PrintHead($"1,000,000 a second, {10 * scale} s, default options");
        foreach (var route in Route.All)
        {
            foreach (var threads in (int[])[1, 2])
            {
                RatedRuns.Run(route, threads, 1_000_000, 10 * scale);
            }
        }
    }

    private static void Fast(double scale)
    {
        Route[] routes = [Route.Udp, Route.UnixDatagram, Route.UnixStream, Route.Tcp];
        foreach (var rate in (int[])[2_000_000, 5_000_000])
        {
            RatedRuns.PrintHead($"{rate:N0} a second, {10 * scale} s, default options");
            foreach (var route in routes)
            {
                RatedRuns.Run(route, threads: 2, rate, 10 * scale);
            }
        }

        RatedRuns.PrintHead($"5,000,000 a second, {10 * scale} s, MaxStreamBufferBytes 32 MiB, MaxStreamPacketsPerSecond 100,000");
        foreach (var route in routes)
        {
            RatedRuns.Run(route, threads: 2, 5_000_000, 10 * scale, Raised);
        }
    }

    private static void Raised(StatsdExporterOptions options)
    {
        options.MaxStreamBufferBytes = 32 << 20;
        options.MaxStreamPacketsPerSecond = 100_000;
    }
}
