using System.Net.Sockets;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>
/// What may befall a receiver, over each kind of socket: every point is received once or counted as lost, the application sees
/// no exception, and ends in time.
/// </summary>
public sealed class FaultTests
{
    private const int Points = 2000;

    public enum Carrier
    {
        Udp,
        UdpOverIPv6,
        UnixDatagram,
        UnixFrames,
        Tcp,
    }

    public static TheoryData<Carrier> Carriers => [.. Enum.GetValues<Carrier>()];

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Absent(Carrier carrier)
    {
        using var receiver = Stopped(carrier);
        using var application = new PointApplication(receiver.Address);
        application.Record(Points);
        Assert.False(application.Flush());
        Assert.Equal(0, application.Self.All("statsd.exporter.points.dropped"));
        application.End();
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
        Assert.Equal(Points, application.Self["statsd.exporter.points.dropped", "receiver_away"]);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Absent_then_present(Carrier carrier)
    {
        using var receiver = Stopped(carrier);
        using var application = new PointApplication(receiver.Address);
        application.Record(Points);
        Assert.False(application.Flush());
        application.Record(Points);
        receiver.Start();
        application.Deliver();
        application.End();
        receiver.StopGracefully();
        Assert.Equal(2 * Points, application.AssertReceivedOrCounted(receiver.Payloads));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Killed_and_restarted(Carrier carrier)
    {
        using var receiver = New(carrier);
        using var application = new PointApplication(receiver.Address);
        for (var round = 0; round < 5; round++)
        {
            application.Record(Points);
            application.Deliver();
            Stop(receiver, application);
            application.Record(Points);
            Assert.False(application.Flush());
            receiver.Start();
        }

        application.Deliver();
        application.End();
        receiver.StopGracefully();
        Assert.Equal(10 * Points, application.AssertReceivedOrCounted(receiver.Payloads));
    }

    /// <remarks>What a receiver had not read when it was killed, nobody can know: so it has read everything.</remarks>
    [Theory]
    [MemberData(nameof(Carriers))]
    public void Killed_at_once_and_restarted(Carrier carrier)
    {
        using var receiver = New(carrier);
        using var application = new PointApplication(receiver.Address);
        for (var round = 0; round < 5; round++)
        {
            application.Record(Points);
            application.Deliver();
            receiver.WaitFor(payloads => PointApplication.Lines(payloads) == application.Recorded);
            receiver.Kill();
            application.Record(Points);
            Assert.False(application.Flush());
            receiver.Start();
            application.Deliver();
        }

        application.End();
        receiver.StopGracefully();
        Assert.Equal(10 * Points, application.AssertReceivedOrCounted(receiver.Payloads));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Killed_for_good(Carrier carrier)
    {
        using var receiver = New(carrier);
        using var application = new PointApplication(receiver.Address);
        application.Record(Points);
        application.Deliver();
        Stop(receiver, application);
        application.Record(Points);
        application.End();
        Assert.Equal(Points, application.AssertReceivedOrCounted(receiver.Payloads));
    }

    /// <remarks>UDP knows no stalled receiver: what it does not read in time is lost without a word.</remarks>
    [Theory]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void Stalled_until_the_end(Carrier carrier)
    {
        // More than any kernel takes.
        const int Many = 100_000;
        using var receiver = New(carrier);
        using var application = new PointApplication(receiver.Address, options => options.Tags["long"] = new string('x', 200));
        application.Record(1);
        application.Deliver();
        receiver.Pause();
        application.Record(Many);
        Assert.False(application.EndWithoutHaste());

        // What the kernel had taken is still there to be read; a line that was cut off by the end is not.
        receiver.Resume();
        receiver.StopGracefully();
        var received = application.AssertReceivedOrCounted(receiver.Payloads);
        Assert.InRange(received, 2, Many);
        Assert.True(application.Self["statsd.exporter.points.dropped", "timed_out"] > 0);
    }

    [Theory]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void Stalled_for_a_while(Carrier carrier)
    {
        // More than the kernel takes, less than the exporter keeps.
        const int Many = 25_000;
        using var receiver = New(carrier);
        using var application = new PointApplication(receiver.Address, options => options.MaxBufferBytes = 4 << 20);
        application.Record(1);
        application.Deliver();
        receiver.Pause();
        for (var round = 0; round < 3; round++)
        {
            application.Record(Many);
            application.Flush();
        }

        receiver.Resume();
        application.Deliver();
        application.End();
        receiver.StopGracefully();
        Assert.Equal((3 * Many) + 1, application.AssertReceivedOrCounted(receiver.Payloads));
    }

    [Theory]
    [InlineData(SocketType.Dgram, "unix")]
    [InlineData(SocketType.Stream, "unixstream")]
    public void A_replaced_socket_file_is_found(SocketType type, string scheme)
    {
        using var folder = new SocketFolder();
        using var first = Listen(folder, type);
        using var application = new PointApplication($"{scheme}://{folder.Path}");
        application.Record(10);
        application.Deliver();
        var payloads = new List<byte[]>(Read(first));
        using var second = Listen(folder, type);
        folder.Kill(first);
        application.Record(10);
        application.Deliver();
        application.End();
        payloads.AddRange(Read(second));
        Assert.Equal(20, application.AssertReceivedOrCounted(payloads));
    }

    internal static Receiver New(Carrier carrier, ReceiverOptions? options = null) => carrier switch
    {
        Carrier.Udp => new UdpReceiver(options: options),
        Carrier.UdpOverIPv6 => new UdpReceiver(AddressFamily.InterNetworkV6, options: options),
        Carrier.UnixDatagram => new UnixDatagramReceiver(options: options),
        Carrier.UnixFrames => new UnixStreamReceiver(options: options),
        _ => new TcpReceiver(options: options),
    };

    internal static Receiver Stopped(Carrier carrier)
    {
        var receiver = New(carrier);
        receiver.StopGracefully();
        return receiver;
    }

    /// <summary>Stops a receiver, which over TCP ends only when the exporter, too, closes its side: when it asks next.</summary>
    internal static void Stop(Receiver receiver, PointApplication application) => Stop(receiver, application.Flush);

    /// <inheritdoc cref="Stop(Receiver, PointApplication)"/>
    internal static void Stop(Receiver receiver, Func<bool> flush)
    {
        var stop = Task.Run(() => receiver.StopGracefully());
        while (!stop.Wait(10))
        {
            flush();
        }
    }

    /// <summary>Opens a socket in a folder that datagrams or connections can come to, in place of any other that is there.</summary>
    internal static Socket Listen(SocketFolder folder, SocketType type)
    {
        var socket = folder.Bind(type);
        if (type == SocketType.Stream)
        {
            socket.Listen();
        }

        return socket;
    }

    /// <summary>What a socket has got: its datagrams, or the frames of its one connection.</summary>
    internal static IEnumerable<byte[]> Read(Socket socket)
    {
        var buffer = new byte[1 << 16];
        Assert.True(socket.Poll(TimeSpan.FromSeconds(60), SelectMode.SelectRead), "Nobody has sent anything.");
        using var connection = socket.SocketType == SocketType.Stream ? socket.Accept() : null;
        var length = 0;
        while ((connection ?? socket).Poll(TimeSpan.Zero, SelectMode.SelectRead) && length < buffer.Length)
        {
            var read = (connection ?? socket).Receive(buffer.AsSpan(length));
            if (connection is not null && read == 0)
            {
                break;
            }

            if (connection is null && read > 1)
            {
                yield return buffer[..read];
            }

            length += connection is null ? 0 : read;
        }

        for (var frame = 0; frame < length;)
        {
            var size = BitConverter.ToInt32(buffer, frame);
            yield return buffer[(frame + 4)..(frame + 4 + size)];
            frame += 4 + size;
        }
    }
}
