using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>
/// A receiver that goes away for half a minute, twice, while the application records on: afterwards it has got everything.
/// </summary>
/// <remarks>One class each, so that they run side by side.</remarks>
public abstract class RestartTests
{
    private const int Restarts = 2;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    [Fact]
    public void Nothing_is_lost_by_a_receiver_that_is_restarted_under_load()
    {
        using var receiver = NewReceiver();
        using var application = new BusyApplication(receiver.Address);
        for (var restart = 0; restart < Restarts; restart++)
        {
            var before = receiver.Payloads.Count;
            receiver.WaitFor(before + 3, TimeSpan.FromSeconds(60));
            receiver.StopGracefully();
            Thread.Sleep(Outage);
            receiver.Start();
        }

        // Back again for good, by itself.
        var last = receiver.Payloads.Count;
        receiver.WaitFor(last + 3, TimeSpan.FromSeconds(60));
        application.StopAndDeliver();
        receiver.StopGracefully();
        application.AssertAllReceived(receiver.Payloads);
    }

    internal abstract Receiver NewReceiver();

    public sealed class OverUdp : RestartTests
    {
        internal override Receiver NewReceiver() => new UdpReceiver();
    }

    public sealed class OverUnixDatagrams : RestartTests
    {
        internal override Receiver NewReceiver() => new UnixDatagramReceiver();
    }

    public sealed class OverUnixStreams : RestartTests
    {
        internal override Receiver NewReceiver() => new UnixStreamReceiver();
    }

    public sealed class OverTcp : RestartTests
    {
        internal override Receiver NewReceiver() => new TcpReceiver();
    }
}
