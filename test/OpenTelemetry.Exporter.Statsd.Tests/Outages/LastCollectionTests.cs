using System.Diagnostics.Metrics;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Statsd;
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
        Exception? failure = null;
        var end = new Thread(() => failure = Record.Exception(application.End)) { IsBackground = true };
        end.Start();
        Observed.Until(() => end.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        receiver.Resume();
        await flush;
        Assert.True(end.Join(TimeSpan.FromSeconds(60)), "The provider did not come to an end.");
        Assert.Null(failure);
        receiver.StopGracefully();
        Assert.InRange(application.AssertReceivedOrCounted(receiver.Payloads), Points, application.Recorded);
    }

    [Fact]
    public void A_shutdown_says_that_its_collection_has_lost_something()
    {
        var transport = new ScriptedTransport().Answer(SocketError.MessageSize);
        using var application = PointApplication.Over(transport, keepsCollecting: false);
        application.Record(1);
        Assert.False(application.Shutdown(60_000));
        Assert.Equal(1, application.Self["statsd.exporter.points.dropped", "packet_too_large"]);
    }

    [Fact]
    public void What_was_kept_is_counted_by_the_question_that_a_shutdown_does_not_wait_for()
    {
        const string Name = "kept.at.the.end";
        using var meter = new Meter(Name);
        using var self = new SelfMetrics(Name);
        var transport = new ScriptedTransport { IsLossy = false }.Answer(SocketError.ConnectionReset);
        transport.Probes.Enqueue(SocketError.ConnectionRefused);
        var settings = new StatsdExporterOptions { Endpoint = "unix:///nowhere" }.ToSettings();
#pragma warning disable CA2000 // The provider disposes of its reader, and that of the exporter.
        var exporter = new StatsdMetricExporter(Name, settings, transport);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(Name)
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
#pragma warning restore CA2000
        meter.CreateCounter<int>("c").Add(1);
        Assert.False(provider.ForceFlush());
        Assert.Equal(0, self.All("statsd.exporter.points.dropped"));

        // In the middle of the next try comes a shutdown without any time; then the try fails.
        transport.Answer(SocketError.WouldBlock).Answer(SocketError.ConnectionReset).Probes.Enqueue(SocketError.ConnectionRefused);
        transport.Wait = _ => Assert.False(Task.Run(() => exporter.Shutdown(0)).Result);
        Observed.Until(() => !exporter.IsReceiverThere(TimeSpan.FromSeconds(1)) && transport.Waits.Count > 0);
        Assert.Equal(1, self["statsd.exporter.points.dropped", "receiver_away"]);
    }
}
