using OpenTelemetry.Metrics;
using TestSupport;
using static OpenTelemetry.Exporter.Statsd.Tests.Outages.FaultTests;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>The end of the provider, while it is being found out whether the receiver is there, or while an export is held up: nothing is forgotten.</summary>
public sealed class LastCollectionTests
{
    private const int Points = 500;

    [Fact]
    public void A_shutdown_shorter_than_the_question_whether_a_silent_receiver_is_there_counts_every_point()
    {
        using var silent = new SilentPort();
        using var application = new PointApplication(silent.Address, intervalMilliseconds: 300);
        application.Record(Points);
        Observed.Until(() => silent.IsCalled);
        Assert.False(application.Provider.Shutdown(200));
        application.End();
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
    }

    [Fact]
    public void A_shutdown_shorter_than_another_try_of_what_a_stalled_receiver_has_not_taken_counts_every_point()
    {
        // More than the kernel takes, less than the exporter keeps.
        const int Many = 3_000;
        using var receiver = new UnixDatagramReceiver();
        receiver.Pause();
        using var application = new PointApplication(
            receiver.Address, options => options.Tags["long"] = new string('x', 200), intervalMilliseconds: 100);
        application.Record(Many);
        Observed.Until(() => application.Provider.GetStatsdExporterStatistics(application.Name)!.BreakerState == StatsdBreakerState.HalfOpen);
        application.Record(Points);
        Assert.False(application.Provider.Shutdown(50));
        application.End();
        receiver.Resume();
        receiver.StopGracefully();
        Assert.InRange(application.AssertReceivedOrCounted(receiver.Payloads), 1, Many - 1);
    }

    [Fact]
    public async Task The_end_beside_a_flush_that_asks_a_silent_receiver_counts_every_point()
    {
        using var silent = new SilentPort();
        using var application = new PointApplication(silent.Address);
        application.Record(Points);
        var flush = Task.Run(application.Flush, TestContext.Current.CancellationToken);
        Observed.Until(() => silent.IsCalled);
        application.End();
        Assert.False(await flush);
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
    }

    [Theory]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public async Task The_end_beside_a_flush_that_is_held_up_exports_what_was_recorded_since(Carrier carrier)
    {
        // More than kernel and exporter keep together, so that the export waits for the receiver.
        const int Many = 100_000;
        using var receiver = New(carrier);
        using var application = new PointApplication(receiver.Address, options => options.Tags["long"] = new string('x', 200));
        application.Record(1);
        application.Deliver();
        receiver.Pause();
        application.Record(Many);
        var flush = Task.Run(application.Flush, TestContext.Current.CancellationToken);
        Observed.Until(() => application.Provider.GetStatsdExporterStatistics(application.Name)!.BreakerState != StatsdBreakerState.Closed);
        application.Record(Points);
        var end = new Thread(application.End) { IsBackground = true };
        end.Start();
        Observed.Until(() => end.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        receiver.Resume();
        await flush;
        Assert.True(end.Join(TimeSpan.FromSeconds(60)), "The provider did not come to an end.");
        receiver.StopGracefully();
        Assert.InRange(application.AssertReceivedOrCounted(receiver.Payloads), Points, application.Recorded);
    }
}
