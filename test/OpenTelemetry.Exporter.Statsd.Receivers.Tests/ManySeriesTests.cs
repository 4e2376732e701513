using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Exports far larger than a receiver's default socket buffer, at the default pace.</summary>
[Collection(Alone.Name)]
public sealed class ManySeriesTests(ITestOutputHelper output)
{
    [Fact]
    public void The_daemon_holds_each_of_100_000_series()
    {
        // While it flushes, the daemon reads nothing, and the exporter waits once it sees that.
        using var daemon = StatsdDaemon.StartOrSkip(quiet: true);
        using var application = new ManySeries(100_000, statsd =>
        {
            statsd.Endpoint = $"udp://{daemon.EndPoint}";
            statsd.Profile = StatsdProfile.StatsDGraphite;
        });

        Report(application.Export());

        Assert.Equal(0, UdpSocketTable.WaitUntilRead(daemon.EndPoint));
        daemon.WaitFor(() => Flushed().Count == application.Values.Count);
        Assert.Equal(application.Values, Flushed());

        Dictionary<string, double> Flushed() =>
            daemon.CounterTotals.Where(counter => !counter.Key.StartsWith("statsd.", StringComparison.Ordinal)).ToDictionary();
    }

    [Fact]
    public void A_plain_receiver_reads_each_of_100_000_series()
    {
        var sink = new CountingSink();
        var plain = new ReceiverOptions { ReceiveBufferBytes = null, Sink = sink, TimePerPayload = TimeSpan.FromMicroseconds(100) };
        using var receiver = new UdpReceiver(options: plain);
        using var application = new ManySeries(100_000, statsd => statsd.Endpoint = receiver.Address);

        Report(application.Export());

        AssertHolds(receiver, sink, application);
    }

    [Fact]
    public void A_fast_receiver_reads_each_of_10_000_series()
    {
        var sink = new CountingSink();
        using var receiver = new UdpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = null, Sink = sink });
        using var application = new ManySeries(10_000, statsd => statsd.Endpoint = receiver.Address);

        Report(application.Export());

        AssertHolds(receiver, sink, application);
    }

    [Fact]
    public void Waiting_for_the_pace_leaves_the_processor_to_others()
    {
        using var receiver = new UdpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = null, Sink = new CountingSink() });
        using var application = new ManySeries(1000, statsd =>
        {
            statsd.Endpoint = receiver.Address;
            statsd.MaxPacketsPerSecond = 10;
        });
        var before = Environment.CpuUsage.TotalTime;

        var took = application.Export();

        var busy = Environment.CpuUsage.TotalTime - before;
        output.WriteLine($"{busy.TotalMilliseconds:F0} ms of processor time in an export of {took.TotalMilliseconds:F0} ms");

        // A loop that waits would have its share of any machine, be it busy with something else.
        Assert.True(busy < took / 8, $"The process was busy for {busy} of {took}.");
    }

    private static void AssertHolds(UdpReceiver receiver, CountingSink sink, ManySeries application)
    {
        Assert.Equal(0, UdpSocketTable.WaitUntilRead(receiver.EndPoint));
        receiver.StopGracefully();
        Assert.Equal(application.Values.Count, sink.Totals.Lines);
        Assert.Equal((decimal)application.Values.Values.Sum(), sink.Totals.Counted);
        Assert.Equal(0, sink.Totals.Unreadable);
    }

    private void Report(TimeSpan took) => output.WriteLine($"The export took {took.TotalMilliseconds:F0} ms.");
}
