using static OpenTelemetry.Exporter.Statsd.Tests.Outages.FaultTests;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>
/// Receivers that go away for half a minute, three times, while applications record on: afterwards each has got everything.
/// </summary>
public sealed class RestartTests
{
    private const int Restarts = 3;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    /// <remarks>All side by side, for it is mostly waiting.</remarks>
    [Fact]
    public async Task Nothing_is_lost_by_receivers_that_are_restarted_under_load()
    {
        Carrier[] carriers = [Carrier.Udp, Carrier.UnixDatagram, Carrier.UnixFrames, Carrier.Tcp];
        var failures = await Task.WhenAll(carriers.Select(carrier => Task.Factory.StartNew(
            () => (carrier, Failure: Record.Exception(() => Restart(carrier))),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.All(failures, each => Assert.Null(each.Failure));
    }

    private static void Restart(Carrier carrier)
    {
        using var receiver = New(carrier);
        using var application = new BusyApplication(receiver.Address);
        for (var restart = 0; restart < Restarts; restart++)
        {
            var before = receiver.Payloads.Count;
            receiver.WaitFor(before + 3, Soon);
            receiver.StopGracefully();
            Thread.Sleep(Outage);
            receiver.Start();
        }

        // Back again for good, by itself.
        var last = receiver.Payloads.Count;
        receiver.WaitFor(last + 3, Soon);
        application.StopAndDeliver();
        receiver.StopGracefully();
        application.AssertAllReceived(receiver.Payloads);
    }
}
