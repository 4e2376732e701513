using System.Text;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Text;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes what the exporter has done as Datadog's own clients do, each count as the difference to the last time.</summary>
/// <remarks>
/// <para>One owner at a time: the thread that exports. Points count with the export that writes them, packets and bytes with the one
/// after, since their fate is known no sooner. The lines are sent and kept like all others, but are no points.</para>
/// <para>A client counts metrics before it aggregates them; the SDK does not tell how many measurements a point is made of,
/// so points it is, and <c>aggregated_context</c> would only repeat them. There are no events and no service checks. Of a stream nothing is
/// told: its measurements are no points, so its packets would be those of no metric.</para>
/// </remarks>
internal sealed class ClientTelemetry
{
    private const string Prefix = "datadog.dogstatsd.client.";
    private const string Client = "opentelemetry-dotnet";

    /// <summary>What gave way in the queue; a packet dropped for any other reason could not be written.</summary>
    private const DropReason FullQueue = DropReason.BufferFull;

    private readonly MetricStreamFactory factory;
    private readonly string transport;
    private readonly PacketCount sent = new();
    private readonly PacketCount dropped = new();
    private readonly PacketCount droppedFromQueue = new();
    private Line[]? lines;
    private long points;
    private long counts;
    private long gauges;
    private long distributions;
    private long histograms;
    private long timings;
    private bool hasReportedLength;

    /// <param name="factory">Encodes what the lines share.</param>
    /// <param name="transport">What carries the packets.</param>
    public ClientTelemetry(MetricStreamFactory factory, EndpointKind transport)
    {
        this.factory = factory;
        this.transport = WordFor(transport);
    }

    /// <summary>Counts points, written or dropped.</summary>
    /// <param name="kind"><see langword="null"/> if it is not known.</param>
    /// <param name="values">The type of the values that a histogram is written as, if it is.</param>
    /// <param name="added">How many.</param>
    public void CountPoints(MetricKind? kind, StatsdTypes values, long added)
    {
        points += added;
        switch (kind)
        {
            case MetricKind.Counter:
                counts += added;
                break;
            case MetricKind.Gauge or MetricKind.UpDownCounter:
                gauges += added;
                break;
            case MetricKind.Histogram when values == StatsdTypes.Distribution:
                distributions += added;
                break;
            case MetricKind.Histogram when values == StatsdTypes.Timing:
                timings += added;
                break;
            case MetricKind.Histogram:
                histograms += added;
                break;
        }
    }

    /// <summary>Counts what became of packets since the last time.</summary>
    public void CountPackets(ExportTally tally)
    {
        sent.Packets += tally.PacketsSent;
        sent.Bytes += tally.BytesSent;
        for (var reason = 0; reason < DropReasons.Count; reason++)
        {
            dropped.Packets += tally.PacketsDropped[reason];
            dropped.Bytes += tally.BytesDropped[reason];
        }

        droppedFromQueue.Packets += tally.PacketsDropped[(int)FullQueue];
        droppedFromQueue.Bytes += tally.BytesDropped[(int)FullQueue];
    }

    /// <summary>Adds the lines to the packets, between two entries.</summary>
    public void Write(PacketBuilder packets)
    {
        // The provider, and with it the resource, is known only after the exporter has been built.
        lines ??= CreateLines();
        foreach (var line in lines)
        {
            if (!line.TryWrite(packets))
            {
                packets.Flush();
                if (!line.TryWrite(packets) && !hasReportedLength)
                {
                    // Once: it is so with each export, and has nothing to do with the application's metrics.
                    hasReportedLength = true;
                    packets.Events.LineTooLong(line.Name, packets.MaxPacketBytes);
                }
            }
        }
    }

    private static string WordFor(EndpointKind transport) => transport switch
    {
        EndpointKind.Udp => "udp",
        EndpointKind.UnixDatagram => "uds",
        EndpointKind.UnixStream => "uds-stream",
        EndpointKind.Tcp => "tcp",
        EndpointKind.NamedPipe => "named_pipe",
        _ => "stdout",
    };

    private Line[] CreateLines() =>
    [
        Create("metrics", () => points),
        Create("metrics_by_type", () => counts, "count"),
        Create("metrics_by_type", () => gauges, "gauge"),
        Create("metrics_by_type", () => distributions, "distribution"),
        Create("metrics_by_type", () => histograms, "histogram"),
        Create("metrics_by_type", () => timings, "timing"),
        Create("packets_sent", () => sent.Packets),
        Create("packets_dropped", () => dropped.Packets),
        Create("packets_dropped_queue", () => droppedFromQueue.Packets),
        Create("packets_dropped_writer", () => dropped.Packets - droppedFromQueue.Packets),
        Create("bytes_sent", () => sent.Bytes),
        Create("bytes_dropped", () => dropped.Bytes),
        Create("bytes_dropped_queue", () => droppedFromQueue.Bytes),
        Create("bytes_dropped_writer", () => dropped.Bytes - droppedFromQueue.Bytes),
    ];

    private Line Create(string name, Func<long> total, string? type = null)
    {
        List<KeyValuePair<string, object?>> tags =
        [
            new("client", Client),
            new("client_version", ExporterMeter.Version),
            new("client_transport", transport),
        ];
        if (type is not null)
        {
            tags.Add(new("metrics_type", type));
        }

        return new Line(Prefix + name, factory.EncodeCounterTail([.. tags]), total);
    }

    private sealed class PacketCount
    {
        public long Packets { get; set; }

        public long Bytes { get; set; }
    }

    private sealed class Line(string name, byte[] tail, Func<long> total)
    {
        private readonly byte[] head = Encoding.ASCII.GetBytes(name);
        private long told;

        public string Name => name;

        public bool TryWrite(PacketBuilder packets)
        {
            var now = total();
            if (!LineWriter.TryWrite(packets.Free, head, now - told, tail, NumberForm.Shortest, out var written))
            {
                return false;
            }

            told = now;
            packets.Commit(written);

            // No point, so nothing that counts as one.
            packets.AbandonEntry();
            return true;
        }
    }
}
