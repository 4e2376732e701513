using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>
/// What an export is on the wire: datagrams, their bytes, and how much of them is lines rather than room left or line feeds that fill a
/// packet up for segmentation offload. Nothing here depends on the machine.
/// </summary>
internal static class PacketFill
{
    public static void Run(LoopOptions options)
    {
        var udp = new Endpoint("127.0.0.1", 8125);
        var datagram = new Endpoint(EndpointKind.UnixDatagram, string.Empty, 0, "/nowhere");
        Console.WriteLine($"\n### Packets of an export of {options.Series} points\n");
        Console.WriteLine("| points | transport | datagrams per 1,000 points | bytes per 1,000 points | of them lines | lines in the room of all packets |");
        Console.WriteLine("| --- | --- | --: | --: | --: | --: |");
        foreach (var shape in Enum.GetValues<Shape>())
        {
            Run(shape, options, "UDP with offload", udp, packetsPerCall: Unpaced.PacketsPerCall);
            Run(shape, options, "UDP without", udp, packetsPerCall: 1);
            Run(shape, options, "Unix datagram", datagram, packetsPerCall: 1);
        }
    }

    private static void Run(Shape shape, LoopOptions options, string name, Endpoint endpoint, int packetsPerCall)
    {
        // What is not padded is the lines and the line feeds between them.
        var lines = Export(shape, options, endpoint, packetsPerCall: 1);
        var sent = Export(shape, options, endpoint, packetsPerCall);
        var room = sent.Packets * (double)endpoint.DefaultMaxPacketBytes;
        var thousands = options.Series / 1_000.0;
        Report.WriteLine($"| {(shape == Shape.Counters ? "counters" : "histograms")} | {name} | {sent.Packets / thousands:F1} | {sent.Bytes / thousands:F0} | {100.0 * lines.Bytes / sent.Bytes:F1} % | {100 * lines.Bytes / room:F1} % |");
    }

    private static NullTransport Export(Shape shape, LoopOptions options, Endpoint endpoint, int packetsPerCall)
    {
        using var workload = new Workload(shape, options.Series);
        var transport = new NullTransport(packetsPerCall);
        using var pipeline = new Pipeline("fill", workload, Unpaced.Exporter("fill", endpoint, transport));
        workload.Record();
        pipeline.Collect();
        return transport;
    }
}
