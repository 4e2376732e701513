using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>A socket file that one may not write to, until one may.</summary>
public sealed class PermissionTests
{
    private const int Points = 500;

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void Permission_denied_loses_nothing_once_it_is_given(SocketType type)
    {
        using var folder = new SocketFolder();
        using var socket = FaultTests.Listen(folder, type);
        using var application = NewApplication(folder, type);
        application.Record(Points);
        Assert.False(folder.AsStranger(() => application.Provider.ForceFlush()));
        Assert.Equal(0, application.Self.All("statsd.exporter.points.dropped"));

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        application.Record(Points);
        application.Deliver();
        application.End();
        Assert.Equal(2 * Points, application.AssertReceivedOrCounted(FaultTests.Read(socket)));
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void Permission_denied_to_the_end_loses_everything_and_counts_it(SocketType type)
    {
        using var folder = new SocketFolder();
        using var socket = FaultTests.Listen(folder, type);
        using var application = NewApplication(folder, type);
        application.Record(Points);
        Assert.False(folder.AsStranger(() => application.Provider.Shutdown(2_000)));
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
        Assert.Equal(Points, application.Self["statsd.exporter.points.dropped", "receiver_away"]);
    }

    /// <remarks>Its reader has no thread of its own, so that it is the caller who may not write.</remarks>
    private static PointApplication NewApplication(SocketFolder folder, SocketType type)
    {
        ITransport transport = type == SocketType.Dgram
            ? new UnixDatagramTransport(folder.Path, asksWithEmptyLine: true)
            : new UnixStreamTransport(folder.Path);
        var scheme = type == SocketType.Dgram ? "unix" : "unixstream";
        return PointApplication.Over(transport, keepsCollecting: true, new StatsdExporterOptions { Endpoint = $"{scheme}://{folder.Path}" });
    }
}
