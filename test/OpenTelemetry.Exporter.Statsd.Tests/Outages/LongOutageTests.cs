using System.Globalization;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Transport;
using TestSupport;
using static OpenTelemetry.Exporter.Statsd.Tests.Outages.FaultTests;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>A receiver that is away for an hour, at ten seconds an interval, of a clock that the test moves.</summary>
[Collection(Alone.Name)]
public sealed class LongOutageTests
{
    private const int Intervals = 360;
    private const int WarmUp = 60;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(Carrier.Udp)]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void An_hour_away_costs_no_memory_and_loses_nothing(Carrier carrier)
    {
        using var receiver = Stopped(carrier);
        using var application = new SteadyApplication(receiver.Address, series: 100);
        var memory = 0L;
        var free = 0;
        for (var interval = 0; interval < Intervals; interval++)
        {
            application.Record();
            Assert.False(application.FlushAfter(Interval));
            free += application.Exporter.QuestionBytes == 0 ? 1 : 0;
            memory = interval == WarmUp ? Observed.Memory() : memory;
        }

        // The runtime has its own mind about some memory, but not about two hundred bytes an interval.
        Observed.UntilMemoryIsAtMost(memory + (Intervals * 200));

        // Of three intervals the receiver is tried in two at most, and a question that is not asked costs nothing.
        Assert.InRange(free, Intervals / 4, Intervals);

        receiver.Start();
        application.Record();
        Assert.True(application.FlushAfter(TimeSpan.FromMinutes(1)));
        application.End();
        receiver.StopGracefully();
        application.AssertAllReceived(receiver.Payloads);
    }

    [Theory]
    [InlineData(Carrier.Udp)]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void An_hour_away_costs_no_memory_while_others_are_served(Carrier carrier)
    {
        using var receiver = Stopped(carrier);
        using var application = new SteadyApplication(receiver.Address, series: 100, keepsCollecting: true);
        var memory = 0L;
        for (var interval = 0; interval < Intervals; interval++)
        {
            application.Record();
            application.FlushAfter(Interval);
            memory = interval == WarmUp ? Observed.Memory() : memory;
        }

        Observed.UntilMemoryIsAtMost(memory + (Intervals * 200));
        Assert.True(application.Self["statsd.exporter.points.dropped", "buffer_full"] > 0, "The buffer has to be full, or nothing is measured.");
    }

    [Theory]
    [InlineData(Carrier.Udp)]
    [InlineData(Carrier.Udp, 5)]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void Of_an_hour_away_while_others_are_served_the_youngest_packets_are_received_and_the_rest_counted(
        Carrier carrier, int millisecondsPerPayload = 0)
    {
        const int Points = 100;
        using var receiver = New(carrier, new ReceiverOptions { TimePerPayload = TimeSpan.FromMilliseconds(millisecondsPerPayload) });
        receiver.StopGracefully();
        var options = new StatsdExporterOptions { Endpoint = receiver.Address, MaxBufferBytes = 1 << 16, MaxPacketsPerBurst = 1024 };
        var packetBytes = carrier == Carrier.Udp ? 1432 : 8192;
        var clock = new ManualClock();
        using var application = PointApplication.Over(
            TransportFactory.Create(options.ToSettings().Delivery.Endpoint, packetBytes, skipsEmptyLines: true), keepsCollecting: true, options, clock);
        for (var interval = 0; interval < Intervals; interval++)
        {
            application.Record(Points);
            clock.Advance(Interval);
            Assert.False(application.Flush());
        }

        receiver.Start();
        application.Record(Points);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(application.Flush());
        application.End();
        receiver.StopGracefully();

        var packets = Enumerable.Range(1, Intervals + 1).SelectMany(batch => Pack(batch, Points, packetBytes)).ToArray();
        string[] received = [.. receiver.Payloads.SelectMany(payload => Lines(Encoding.UTF8.GetString(payload)))];
        string[] expected = [.. packets.SelectMany(Lines)];
        Assert.InRange(received.Length, Points, expected.Length - 1);
        Assert.Equal(expected[^received.Length..], received);

        // A stream of lines has a line feed after each packet, one of frames four bytes before.
        var framing = carrier switch { Carrier.UnixFrames => 4, Carrier.Tcp => 1, _ => 0 };
        var lost = packets.TakeWhile(packet => Lines(packet)[0] != received[0]).ToArray();
        Assert.Equal(lost.Sum(packet => Lines(packet).Length), application.Self.All("statsd.exporter.points.dropped"));
        Assert.Equal(lost.Length, application.Self["statsd.exporter.packets.dropped", "buffer_full"]);
        Assert.Equal(lost.Sum(packet => packet.Length + framing), application.Self["statsd.exporter.bytes.dropped", "buffer_full"]);
        application.AssertReceivedOrCounted(receiver.Payloads);
    }

    private static string[] Lines(string packet) => packet.Split('\n');

    /// <summary>What the points of a batch are as packets, each as full as can be.</summary>
    private static IEnumerable<string> Pack(int batch, int points, int packetBytes)
    {
        var packet = new StringBuilder();
        for (var point = 0; point < points; point++)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"c:1|c|#batch:{batch},point:{point}");
            if (packet.Length > 0 && packet.Length + 1 + line.Length > packetBytes)
            {
                yield return packet.ToString();
                packet.Clear();
            }

            packet.Append(packet.Length > 0 ? "\n" : string.Empty).Append(line);
        }

        yield return packet.ToString();
    }
}
