using System.Globalization;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>
/// Two exporters of one interval, which share a reader. Where one receiver is away and the other is there, what is collected for the
/// one that is there is kept for the other.
/// </summary>
public sealed class SharedReaderTests
{
    private const int Points = 500;
    private const int Rounds = 4;

    public static TheoryData<FaultTests.Carrier> Carriers => FaultTests.Carriers;

    [Theory]
    [MemberData(nameof(Carriers))]
    public void What_was_kept_arrives_in_order_once_the_receiver_is_back(FaultTests.Carrier carrier)
    {
        using var away = FaultTests.Stopped(carrier);
        using var live = new UnixStreamReceiver();
        using var application = new PointApplication(away.Address, neighbour: live.Address);
        for (var round = 0; round < Rounds; round++)
        {
            application.Record(Points);
            Assert.False(application.Flush());
            AssertAllReceived(application, live);
        }

        Assert.Equal(0, application.Self["statsd.exporter.points.exported"]);
        away.Start();
        application.Record(Points);
        application.Deliver();
        AssertAllReceived(application, live);
        application.End();
        away.StopGracefully();
        Assert.Equal((Rounds + 1) * Points, application.AssertReceivedOrCounted(away.Payloads));
        var batches = BatchesOf(away);
        Assert.Equal(batches.Order(), batches);
        Assert.Equal(application.Recorded, application.Neighbour["statsd.exporter.points.exported"]);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void What_no_longer_fits_is_dropped_oldest_first_and_counted(FaultTests.Carrier carrier)
    {
        const int Many = 12;
        using var away = FaultTests.Stopped(carrier);
        using var live = new UnixDatagramReceiver();
        using var application = new PointApplication(
            away.Address,
            statsd =>
            {
                statsd.MaxBufferBytes = 65_536;
                statsd.Tags["long"] = new string('x', 100);
            },
            neighbour: live.Address);
        for (var round = 0; round < Many; round++)
        {
            application.Record(Points);
            Assert.False(application.Flush());
        }

        var kept = application.Provider.GetStatsdExporterStatistics(application.Name)!;
        Assert.InRange(kept.QueuedBytes, 32_768, 65_536);
        Assert.True(kept.PointsDropped > Points);
        Assert.Equal(kept.PointsDropped, kept.PointsDroppedByReason["buffer_full"]);
        Assert.Equal(kept.PacketsDropped, kept.PacketsDroppedByReason["buffer_full"]);
        Assert.Equal(kept.BytesDropped, kept.BytesDroppedByReason["buffer_full"]);

        // Each point is one line of some 130 bytes, and a packet holds several.
        Assert.InRange(kept.BytesDropped, 100 * kept.PointsDropped, 200 * kept.PointsDropped);
        Assert.InRange(kept.PacketsDropped, 2, kept.PointsDropped / 2);

        away.Start();
        application.Deliver();
        AssertAllReceived(application, live);
        application.End();
        away.StopGracefully();
        var received = application.AssertReceivedOrCounted(away.Payloads);
        Assert.Equal(application.Recorded - kept.PointsDropped, received);

        // The youngest are there: the whole last batch, and of the others all but those before a certain one.
        var counts = BatchesOf(away).GroupBy(batch => batch).ToDictionary(group => group.Key, group => group.Count());
        var first = counts.Keys.Min();
        Assert.Equal(Enumerable.Range(first, Many - first + 1), counts.Keys.Order());
        Assert.All(counts, count => Assert.True(count.Key == first || count.Value == Points));
    }

    [Fact]
    public void While_both_are_away_nothing_is_collected()
    {
        using var one = FaultTests.Stopped(FaultTests.Carrier.Udp);
        using var other = FaultTests.Stopped(FaultTests.Carrier.Tcp);
        using var application = new PointApplication(one.Address, neighbour: other.Address);
        for (var round = 0; round < Rounds; round++)
        {
            application.Record(Points);
            Assert.False(application.Flush());
        }

        Assert.Equal(0, application.Provider.GetStatsdExporterStatistics(application.Name)!.QueuedPackets);
        Assert.Equal(0, application.Provider.GetStatsdExporterStatistics($"{application.Name}.neighbour")!.QueuedPackets);
        one.Start();
        other.Start();
        application.Deliver();
        application.End();
        one.StopGracefully();
        other.StopGracefully();
        Assert.Equal(application.Recorded, application.AssertReceivedOrCounted(one.Payloads));
        Assert.Equal(application.Recorded, PointApplication.Distinct(other.Payloads));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void The_end_comes_in_time_and_costs_the_one_that_is_there_nothing(FaultTests.Carrier carrier)
    {
        using var away = FaultTests.Stopped(carrier);
        using var live = new UnixStreamReceiver();
        using var application = new PointApplication(away.Address, neighbour: live.Address);
        application.Record(Points);
        Assert.False(application.Flush());
        application.Record(Points);
        application.End();
        AssertAllReceived(application, live);
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
        Assert.Equal(application.Recorded, application.Neighbour["statsd.exporter.points.exported"]);
    }

    private static void AssertAllReceived(PointApplication application, Receiver receiver)
    {
        receiver.WaitFor(payloads => PointApplication.Lines(payloads) == application.Recorded);
        Assert.Equal(application.Recorded, PointApplication.Distinct(receiver.Payloads));
    }

    /// <summary>The number of the batch that each received point was recorded with, in the order of arrival.</summary>
    private static List<int> BatchesOf(Receiver receiver) =>
    [
        .. new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(receiver.Payloads)
            .Select(record => int.Parse(record.Tags["batch"], CultureInfo.InvariantCulture)),
    ];
}
