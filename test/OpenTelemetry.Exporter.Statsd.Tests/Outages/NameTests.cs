using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>A receiver's name that moves, that nobody knows, or that is known only later, from the point to the receiver.</summary>
public sealed class NameTests
{
    private const int Points = 500;

    private readonly ManualClock lookUps = new();
    private IPAddress? address;

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void A_receiver_that_moves_is_followed_and_nothing_is_lost(SocketType type)
    {
        var (first, second) = NewReceivers(type);
        using var ofFirst = first;
        using var ofSecond = second;
        second.StopGracefully();
        address = IPAddress.Loopback;
        using var application = NewApplication(type, Port(first));
        application.Record(Points);
        Deliver(application);

        FaultTests.Stop(first, application);

        // Gone from where it was, not yet where it will be.
        application.Record(Points);
        Assert.False(application.Flush());
        address = IPAddress.IPv6Loopback;
        application.Record(Points);
        Assert.False(application.Flush());
        second.Start();
        Deliver(application);

        application.Record(Points);
        Deliver(application);
        application.End();
        second.StopGracefully();
        Assert.Equal(4 * Points, application.AssertReceivedOrCounted(first.Payloads, second.Payloads));
        Assert.Equal(Points, PointApplication.Distinct(first.Payloads));
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void A_name_that_moves_while_the_old_receiver_lives_is_followed_and_nothing_is_lost(SocketType type)
    {
        var (first, second) = NewReceivers(type);
        using var ofFirst = first;
        using var ofSecond = second;
        address = IPAddress.Loopback;
        using var application = NewApplication(type, Port(first));
        application.Record(Points);
        Deliver(application);
        address = IPAddress.IPv6Loopback;

        // As often as it takes: the name is looked up while points are sent.
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    application.Record(1);
                    Deliver(application);
                    return second.Payloads.Count > 0;
                },
                TimeSpan.FromSeconds(60)),
            "The name was not followed.");

        // What was sent to the old receiver it may not have read yet.
        var exported = application.Self["statsd.exporter.points.exported"];
        Assert.True(
            SpinWait.SpinUntil(() => PointApplication.Distinct(first.Payloads, second.Payloads) == exported, TimeSpan.FromSeconds(60)),
            "Not everything that was exported has arrived.");
        var moved = first.Payloads.Count;
        application.Record(Points);
        Deliver(application);
        application.End();
        second.StopGracefully();
        Assert.Equal(moved, first.Payloads.Count);
        application.AssertReceivedOrCounted(first.Payloads, second.Payloads);
        Assert.Equal(0, application.Self.All("statsd.exporter.points.dropped"));
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void A_name_that_is_known_only_later_loses_nothing(SocketType type)
    {
        using var receiver = NewReceiver(type, AddressFamily.InterNetwork, port: 0);
        using var application = NewApplication(type, Port(receiver));
        application.Record(Points);
        Assert.False(application.Flush());
        application.Record(Points);
        Assert.False(application.Flush());
        address = IPAddress.Loopback;
        application.Record(Points);
        Deliver(application);
        application.End();
        receiver.StopGracefully();
        Assert.Equal(3 * Points, application.AssertReceivedOrCounted(receiver.Payloads));
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void A_name_that_is_never_known_loses_everything_and_counts_it(SocketType type)
    {
        using var application = NewApplication(type, port: 8125);
        application.Record(Points);
        Assert.False(application.Flush());
        application.Record(Points);
        application.End();
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
        Assert.Equal(2 * Points, application.Self["statsd.exporter.points.dropped", "receiver_away"]);
    }

    /// <remarks>Nothing makes the exporter look the name up again in between.</remarks>
    [Theory]
    [InlineData(SocketType.Dgram, true)]
    [InlineData(SocketType.Dgram, false)]
    [InlineData(SocketType.Stream, true)]
    [InlineData(SocketType.Stream, false)]
    public void A_name_that_moved_just_before_the_end_costs_at_most_what_is_counted(SocketType type, bool isOldThere)
    {
        var (first, second) = NewReceivers(type);
        using var ofFirst = first;
        using var ofSecond = second;
        address = IPAddress.Loopback;
        using var application = NewApplication(type, Port(first));
        application.Record(Points);
        Deliver(application);
        address = IPAddress.IPv6Loopback;
        if (!isOldThere)
        {
            FaultTests.Stop(first, application);
        }

        application.Record(Points);
        // Where the receiver is there, it takes no longer than it has to.
        application.Shutdown(isOldThere ? 30_000 : 2_000);
        application.End();
        first.StopGracefully();
        second.StopGracefully();
        var received = application.AssertReceivedOrCounted(first.Payloads, second.Payloads);
        Assert.InRange(received, isOldThere ? 2 * Points : Points, 2 * Points);
    }

    /// <remarks>Whatever the system's resolver makes of it, and however long that takes.</remarks>
    [Theory]
    [InlineData("udp://nobody.invalid:8125")]
    [InlineData("tcp://nobody.invalid:8125")]
    public void A_wrong_name_lets_the_application_start_record_and_end(string endpoint)
    {
        using var application = new PointApplication(endpoint);
        application.Record(Points);
        application.End();
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
    }

    private static Receiver NewReceiver(SocketType type, AddressFamily family, int port) => type == SocketType.Dgram
        ? new UdpReceiver(family, port)
        : new TcpReceiver(family, port: port);

    /// <summary>One at 127.0.0.1 and one at [::1], with the same port.</summary>
    private static (Receiver First, Receiver Second) NewReceivers(SocketType type) => OnePort.Take(
        () => NewReceiver(type, AddressFamily.InterNetwork, port: 0), first => NewReceiver(type, AddressFamily.InterNetworkV6, Port(first)));

    private static int Port(Receiver receiver) => receiver is UdpReceiver udp ? udp.Port : ((TcpReceiver)receiver).Port;

    private PointApplication NewApplication(SocketType type, int port)
    {
        const string Name = "receiver.test";
#pragma warning disable CA2000 // The transport disposes of the resolver, and the exporter of the transport.
        var resolver = new NameResolver(
            Name,
            (_, _) => address is null ? throw new SocketException((int)SocketError.HostNotFound) : Task.FromResult<IPAddress[]>([address]),
            lookUps);
        ITransport transport = type == SocketType.Dgram
            ? new UdpTransport(new Endpoint(Name, port), packetBytes: 1432, asksWithEmptyLine: true, resolver)
            : new TcpTransport(Name, port, resolver);
#pragma warning restore CA2000
        var scheme = type == SocketType.Dgram ? "udp" : "tcp";
        return PointApplication.Over(
            transport, keepsCollecting: false, new StatsdExporterOptions { Endpoint = $"{scheme}://{Name}:{port}", MaxPacketBytes = 1432 });
    }

    /// <summary>Exports until everything is delivered, with time enough in between for the name to be looked up again.</summary>
    private void Deliver(PointApplication application) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                lookUps.Advance(TimeSpan.FromSeconds(40));
                return application.Flush();
            },
            TimeSpan.FromSeconds(60)),
        "Not everything could be delivered.");
}
