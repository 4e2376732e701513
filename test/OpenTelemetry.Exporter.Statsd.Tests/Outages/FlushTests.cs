using OpenTelemetry.Metrics;
using TestSupport;
using static OpenTelemetry.Exporter.Statsd.Tests.Outages.FaultTests;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>A <c>ForceFlush</c> with little time, or none: what it does not get to, a later one delivers, or the end.</summary>
public sealed class FlushTests
{
    private const int Points = 500;
    private const int Rounds = 4;

    [Theory]
    [MemberData(nameof(FaultTests.Carriers), MemberType = typeof(FaultTests))]
    public void Without_any_time_it_loses_nothing(Carrier carrier)
    {
        using var receiver = New(carrier);
        using var application = new PointApplication(receiver.Address);
        FlushWithoutTime();
        application.Deliver();
        FlushWithoutTime();
        application.Deliver();
        FlushWithoutTime();
        Assert.True(application.EndWithoutHaste());
        receiver.StopGracefully();
        Assert.Equal(3 * Rounds * Points, application.AssertReceivedOrCounted(receiver.Payloads));

        void FlushWithoutTime()
        {
            for (var round = 0; round < Rounds; round++)
            {
                application.Record(Points);
                application.Provider.ForceFlush(0);
            }
        }
    }

    /// <remarks>A reader of its own has its turn when the time is used up.</remarks>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_the_time_used_up_by_a_stalled_receiver_it_costs_a_live_one_nothing(bool sharesReader)
    {
        // More than the kernel keeps for a receiver that reads nothing.
        const int Filling = 3_000;
        using var stalled = new UnixDatagramReceiver();
        using var live = new UnixStreamReceiver();
        using var application = new PointApplication(
            stalled.Address, options => options.Tags["long"] = new string('x', 200), neighbour: live.Address, sharesReader: sharesReader);
        application.Record(1);
        application.Deliver();
        stalled.Pause();
        for (var round = 0; round < Rounds; round++)
        {
            application.Record(Filling);
            application.Provider.ForceFlush(300);
        }

        Assert.False(application.EndWithoutHaste());
        live.StopGracefully();
        Assert.Equal(application.Recorded, PointApplication.Distinct(live.Payloads));
        Assert.Equal(application.Recorded, application.Neighbour["statsd.exporter.points.exported"]);

        stalled.Resume();
        stalled.StopGracefully();
        Assert.InRange(application.AssertReceivedOrCounted(stalled.Payloads), 2, application.Recorded - 1);
    }
}
