using OpenTelemetry.Exporter;

namespace Benchmarks.Load;

/// <summary>Streaming from end to end: real instruments, a real provider, real sockets, and a receiver in a process of its own.</summary>
internal static class StreamLoad
{
    private const string Usage = "Usage: stream [rates] [fast] [costs] [dead] [idle] [overload] [--route <part of its name>] [--dry]";

    private static string only = string.Empty;

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
        var isDry = false;
        var names = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--dry":
                    isDry = true;
                    break;
                case "--route" when i + 1 < args.Length:
                    only = args[++i];
                    break;
                case var name when Parts.Any(part => part.Name == name):
                    names.Add(name);
                    break;
                default:
                    throw new ArgumentException($"'{args[i]}'? {Usage}", nameof(args));
            }
        }

        foreach (var (name, run) in Parts)
        {
            if (names.Count == 0 || names.Contains(name))
            {
                // Of ten seconds, so much.
                run(isDry ? 0.02 : 1);
            }
        }
    }

    private static void Rates(double scale)
    {
        RatedRuns.PrintHead($"1,000,000 a second, {10 * scale} s, default options");
        foreach (var route in Chosen(Route.All))
        {
            foreach (var threads in (int[])[1, 2])
            {
                RatedRuns.Run(route, threads, 1_000_000, 10 * scale);
            }
        }

        // Long enough that the SDK exports meanwhile, which must not bring the same measurements again.
        foreach (var route in Chosen([Route.UnixDatagram with { Name = "Unix datagram, aggregated as well" }]))
        {
            RatedRuns.Run(route, threads: 2, 1_000_000, 12 * scale, options => options.DropStreamedFromSdk = false);
        }
    }

    private static void Fast(double scale)
    {
        Route[] routes = [Route.Udp, Route.UnixDatagram, Route.UnixStream, Route.Tcp];
        foreach (var rate in (int[])[2_000_000, 5_000_000])
        {
            RatedRuns.PrintHead($"{rate:N0} a second, {10 * scale} s, default options");
            foreach (var route in Chosen(routes))
            {
                RatedRuns.Run(route, threads: 2, rate, 10 * scale);
            }
        }

        RatedRuns.PrintHead($"5,000,000 a second, {10 * scale} s, MaxStreamBufferBytes 32 MiB, MaxStreamPacketsPerSecond 100,000");
        foreach (var route in Chosen(routes))
        {
            RatedRuns.Run(route, threads: 2, 5_000_000, 10 * scale, Raised);
        }
    }

    private static IEnumerable<Route> Chosen(Route[] routes) => routes.Where(route => route.Name.Contains(only, StringComparison.OrdinalIgnoreCase));

    private static void Raised(StatsdExporterOptions options)
    {
        options.MaxStreamBufferBytes = 32 << 20;
        options.MaxStreamPacketsPerSecond = 100_000;
    }
}
