using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>
/// Exporters side by side: each behind its own provider, all over the same instruments, one collection of each in turn, so
/// that whatever the machine does besides hits all of them alike and the ratio of two medians means something.
/// </summary>
/// <remarks>
/// <para>Compared are an exporter that does nothing, one that reads every value and tag and writes nothing, ours, and a naive
/// one that builds the same lines from interpolated strings and has a bare socket; ours and the naive one without sending and to
/// receivers in this process, ours over every transport. Ours is not paced (<see cref="Unpaced"/>). Every series is recorded anew
/// before each round. A collection is timed in whole and, within it, the exporter alone.</para>
/// <para>Left out: recording, the first exports (nothing compiled, nothing cached), series that come and go, the network, and
/// the question whether the receiver is there (<see cref="AwayCosts"/>).</para>
/// </remarks>
internal static class Ratios
{
    public static void Run(ReadOnlySpan<string> args)
    {
        var options = LoopOptions.Parse(args);
        foreach (var shape in Enum.GetValues<Shape>())
        {
            Run(shape, options);
        }
    }

    private static void Run(Shape shape, LoopOptions options)
    {
        using var workload = new Workload(shape, options.Series);
        using var udp = new LoopbackReceiver(EndpointKind.Udp);
        using var datagram = new LoopbackReceiver(EndpointKind.UnixDatagram);
        using var stream = new LoopbackReceiver(EndpointKind.UnixStream);
        using var tcp = new LoopbackReceiver(EndpointKind.Tcp);
        var pipelines = Pipelines(workload, udp.Endpoint, datagram.Endpoint, stream.Endpoint, tcp.Endpoint);
        try
        {
            WarmUp(workload, pipelines, options.WarmUpRounds);
            var table = new RatioTable(pipelines.Select(pipeline => pipeline.Name), options.Series);
            var order = Enumerable.Range(0, pipelines.Length).ToArray();
            var random = new Random(20100);
            for (var round = 0; round < options.Rounds; round++)
            {
                workload.Record();

                // Each comes after each other, and so has each one's leftovers in the processor's caches.
                random.Shuffle(order);
                foreach (var next in order)
                {
                    table.Add(next, pipelines[next].Collect());
                    udp.WaitUntilEmpty();
                }
            }

            table.Print($"{options.Series} {(shape == Shape.Counters ? "counters" : "histograms")}, {options.Rounds} rounds, {Report.Load()}");
        }
        finally
        {
            foreach (var pipeline in pipelines)
            {
                pipeline.Dispose();
            }
        }
    }

    private static Pipeline[] Pipelines(Workload workload, Endpoint udp, Endpoint datagram, Endpoint stream, Endpoint tcp) =>
    [
        new("nothing", workload, new NothingExporter()),
        new(RatioTable.Walk, workload, new WalkingExporter()),
        new(RatioTable.Ours, workload, Unpaced.Exporter("null", udp, new NullTransport())),
        new(RatioTable.OursOffload, workload, Unpaced.Exporter("offload", udp)),
        new(RatioTable.OursBurst, workload, Unpaced.Exporter("burst", udp, Unpaced.DefaultPacketsPerBurst)),
        new(RatioTable.OursUdp, workload, Unpaced.Exporter("udp", udp, Unpaced.UdpWithoutOffload(udp))),
        new(RatioTable.OursDatagram, workload, Unpaced.Exporter("datagram", datagram)),
        new(RatioTable.OursStream, workload, Unpaced.Exporter("stream", stream)),
        new(RatioTable.OursTcp, workload, Unpaced.Exporter("tcp", tcp)),
        new(RatioTable.Naive, workload, new NaiveExporter(socket: null, udp.DefaultMaxPacketBytes)),
        new(RatioTable.NaiveUdp, workload, new NaiveExporter(BareSocket.Connect(udp), udp.DefaultMaxPacketBytes)),
        new(RatioTable.NaiveDatagram, workload, new NaiveExporter(BareSocket.Connect(datagram), datagram.DefaultMaxPacketBytes)),
    ];

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
}
