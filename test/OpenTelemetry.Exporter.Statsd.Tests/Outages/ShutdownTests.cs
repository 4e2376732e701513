using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;
using static OpenTelemetry.Exporter.Statsd.Tests.Outages.FaultTests;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>The end of the provider, whatever state the receiver is in: it comes in time, and what was left is counted.</summary>
public sealed class ShutdownTests
{
    private const int Deadline = 1_000;

    /// <summary>Enough for what can be delivered or is refused at once, on a machine with other things to do.</summary>
    private const int Ample = 60_000;

    /// <summary>What a machine may take with other things to do; without the deadline it would be minutes.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromMinutes(2);

    [Theory]
    [MemberData(nameof(FaultTests.Carriers), MemberType = typeof(FaultTests))]
    public void With_nobody_there(Carrier carrier)
    {
        const int Points = 500;
        using var receiver = Stopped(carrier);
        using var application = new PointApplication(receiver.Address);
        application.Record(Points);
        Assert.False(application.Shutdown(Ample));
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
        Assert.Equal(Points, application.Self["statsd.exporter.points.dropped", "receiver_away"]);
    }

    [Theory]
    [MemberData(nameof(FaultTests.Carriers), MemberType = typeof(FaultTests))]
    public void After_it_was_tried_in_vain_and_is_not_to_be_tried_yet(Carrier carrier)
    {
        const int Points = 500;
        using var receiver = Stopped(carrier);
        using var application = Over(receiver, new ManualClock());
        application.Record(Points);
        Assert.False(application.Flush());
        Assert.False(application.Flush());
        Assert.False(application.Shutdown(Ample));
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
        Assert.Equal(Points, application.Self["statsd.exporter.points.dropped", "receiver_away"]);
    }

    [Theory]
    [MemberData(nameof(FaultTests.Carriers), MemberType = typeof(FaultTests))]
    public void A_receiver_that_is_back_gets_everything_although_it_is_not_to_be_tried_yet(Carrier carrier)
    {
        const int Points = 500;
        using var receiver = Stopped(carrier);
        using var application = Over(receiver, new ManualClock());
        application.Record(Points);
        Assert.False(application.Flush());
        receiver.Start();
        Assert.False(application.Flush());
        Assert.True(application.Shutdown(Ample));
        application.End();
        receiver.StopGracefully();
        Assert.Equal(Points, application.AssertReceivedOrCounted(receiver.Payloads));
    }

    [Theory]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void With_a_receiver_that_reads_nothing(Carrier carrier)
    {
        // More than any kernel takes.
        const int Points = 100_000;
        using var receiver = New(carrier);
        using var application = new PointApplication(receiver.Address, options => options.Tags["long"] = new string('x', 200));
        application.Record(1);
        application.Deliver();
        receiver.Pause();
        application.Record(Points);
        Assert.False(application.Shutdown(Deadline));
        application.End();
        receiver.Resume();
        receiver.StopGracefully();
        Assert.InRange(application.AssertReceivedOrCounted(receiver.Payloads), 2, Points);
    }

    /// <remarks>What a receiver had not read when it was killed, nobody can know.</remarks>
    [Theory]
    [MemberData(nameof(FaultTests.Carriers), MemberType = typeof(FaultTests))]
    public async Task With_a_receiver_that_was_killed_in_the_middle_of_an_export(Carrier carrier)
    {
        // It reads so slowly that the export would take minutes.
        const int Points = 50_000;
        using var receiver = New(carrier, new ReceiverOptions { TimePerPayload = TimeSpan.FromMilliseconds(50) });
        using var application = new PointApplication(receiver.Address, options => options.Tags["long"] = new string('x', 200));
        application.Record(Points);
        var export = Task.Run(application.Flush, TestContext.Current.CancellationToken);
        receiver.WaitFor(1);
        receiver.Kill();
        application.Shutdown(Deadline);
        Assert.False(await export.WaitAsync(InTime, TestContext.Current.CancellationToken));
        application.End();
        var exported = application.Self["statsd.exporter.points.exported"];
        Assert.Equal(Points, exported + application.Self.All("statsd.exporter.points.dropped"));
        Assert.InRange(PointApplication.Distinct(receiver.Payloads), 1, exported);
    }

    [Theory]
    [InlineData(SocketType.Dgram, "unix")]
    [InlineData(SocketType.Stream, "unixstream")]
    public void With_a_socket_file_that_was_replaced_since_the_last_export(SocketType type, string scheme)
    {
        const int Points = 500;
        using var folder = new SocketFolder();
        using var first = Listen(folder, type);
        using var application = new PointApplication($"{scheme}://{folder.Path}");
        application.Record(Points);
        application.Deliver();
        var payloads = new List<byte[]>(Read(first));
        using var second = Listen(folder, type);
        folder.Kill(first);
        application.Record(Points);
        Assert.True(application.Shutdown(Ample));
        application.End();
        payloads.AddRange(Read(second));
        Assert.Equal(2 * Points, application.AssertReceivedOrCounted(payloads));
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void With_a_name_that_is_still_being_looked_up(SocketType type)
    {
        const int Points = 500;
        const string Name = "receiver.test";
        var answer = new TaskCompletionSource<System.Net.IPAddress[]>();
#pragma warning disable CA2000 // The transport disposes of the resolver, and the exporter of the transport.
        var resolver = new NameResolver(Name, (_, _) => answer.Task);
        ITransport transport = type == SocketType.Dgram
            ? new UdpTransport(new Endpoint(Name, 8125), packetBytes: 1432, asksWithEmptyLine: true, resolver)
            : new TcpTransport(Name, 8125, resolver);
#pragma warning restore CA2000
        using var application = PointApplication.Over(transport, keepsCollecting: false);
        application.Record(Points);
        Assert.False(application.Shutdown(Deadline));
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
        Assert.Equal(Points, application.Self["statsd.exporter.points.dropped", "receiver_away"]);
        answer.SetResult([]);
    }

    [Fact]
    public void In_the_middle_of_an_export_that_keeps_its_pace_the_rest_goes_out_at_once()
    {
        // At this pace, more than a quarter of an hour.
        const int Packets = 1_000;
        using var receiver = new UdpReceiver();
        using var application = new PointApplication(
            receiver.Address,
            options =>
            {
                options.MaxPacketBytes = 64;
                options.Tags["long"] = new string('x', 20);
                options.MaxPacketsPerSecond = 1;
            },
            intervalMilliseconds: 50);
        application.Record(Packets);
        receiver.WaitFor(9);

        // Of which the export under way keeps its pace for four tenths.
        Assert.True(application.Shutdown(10_000));
        Assert.Equal(Packets, application.Self["statsd.exporter.points.exported"]);
        Assert.Equal(Packets, application.Self["statsd.exporter.packets.sent"]);
        Assert.Equal(0, application.Self.All("statsd.exporter.points.dropped"));

        // As many as its buffer holds: who sends without pace cannot know.
        receiver.StopGracefully();
        Assert.InRange(PointApplication.Distinct(receiver.Payloads), 9, Packets);
    }

    private static PointApplication Over(Receiver receiver, ManualClock clock)
    {
        var options = new StatsdExporterOptions { Endpoint = receiver.Address, MaxPacketsPerBurst = 1024 };
        var delivery = options.ToSettings().Delivery;
        return PointApplication.Over(
            TransportFactory.Create(delivery.Endpoint, delivery.MaxPacketBytes, delivery.SkipsEmptyLines), keepsCollecting: false, options, clock);
    }
}
