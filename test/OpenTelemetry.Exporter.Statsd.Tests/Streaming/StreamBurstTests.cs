using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>A stream, an export beside it, and a receiver that reads one packet at a time out of a buffer of the default size.</summary>
[Collection(Alone.Name)]
public sealed class StreamBurstTests
{
    private const int DefaultBufferBytes = 212_992;
    private const int PacketBytes = 1432;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_receiver_that_takes_its_time_loses_nothing(int millisecondsPerPacket)
    {
        const int Values = 100_000;
        const int Points = 120;
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && receiver.ReceiveBufferSize == DefaultBufferBytes, "The kernel's default buffer is another one, or does not tell what waits.");
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)receiver.LocalEndPoint!).Port;
        var endpoint = new Endpoint("127.0.0.1", port);
        using var queue = new ReceiverQueue(IPAddress.Loopback, port);
        using var run = new OutletRun(
            options => options.MaxStreamPacketsPerSecond = new StatsdExporterOptions().MaxStreamPacketsPerSecond,
            transport: new UdpTransport(endpoint, PacketBytes, asksWithEmptyLine: true));
        using var export = new PacketSender(
            new StatsdExporterOptions { Endpoint = endpoint.ToString() }.ToSettings().Delivery,
            new UdpTransport(endpoint, PacketBytes, asksWithEmptyLine: true),
            new ExportTally(new ExporterEvents("export")),
            run.Clock);
        Record(run, Values);
        for (var i = 0; i < Points; i++)
        {
            export.Add(Encoding.ASCII.GetBytes($"point.{i}:1|c|#".PadRight(PacketBytes, 'x')), new PacketEntries(1, Spanning: 0, OpenSpans: false));
        }

        // All of it waits in the senders' memory; from now on they send what they dare to before each packet that is read.
        var (values, points, longest) = (0, 0, 0L);
        while (true)
        {
            run.Outlet.Step();
            export.SendDue();
            longest = Math.Max(longest, queue.Read());
            if (receiver.Available == 0 && run.Outlet.QueuedPackets == 0 && export.QueuedPackets == 0)
            {
                break;
            }

            if (receiver.Available > 0)
            {
                var (valuesOfPacket, pointsOfPacket) = Read(receiver);
                (values, points) = (values + valuesOfPacket, points + pointsOfPacket);
            }

            run.Clock.Advance(TimeSpan.FromMilliseconds(millisecondsPerPacket));
        }

        Assert.Equal((Values, Points), (values, points));
        Assert.Equal(Values, run.Told.MeasurementsExported);
        Assert.InRange(longest, 65_536, DefaultBufferBytes);
    }

    /// <summary>In portions for which lanes have room.</summary>
    private static void Record(OutletRun run, int values)
    {
        const int Portion = 10_000;
        var histogram = run.Meter.CreateHistogram<int>("values");
        for (var i = 0; i < values; i++)
        {
            histogram.Record(i);
            if (i % Portion == Portion - 1)
            {
                run.Outlet.Step();
                run.Outlet.Step();
            }
        }

        Assert.Equal(0, run.Told.MeasurementsRefused);
    }

    private static (int Values, int Points) Read(Socket receiver)
    {
        var buffer = new byte[65_536];
        var lines = Encoding.ASCII.GetString(buffer, 0, receiver.Receive(buffer)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (
            lines.Where(line => line.StartsWith("values:", StringComparison.Ordinal)).Sum(line => line.Split(':').Length - 1),
            lines.Count(line => line.StartsWith("point.", StringComparison.Ordinal)));
    }
}
