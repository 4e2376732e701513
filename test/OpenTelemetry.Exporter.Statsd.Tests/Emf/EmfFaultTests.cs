using OpenTelemetry.Exporter.Statsd.Tests.Outages;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>What may befall an agent: every point is received once, in a good document, or counted as lost.</summary>
public sealed class EmfFaultTests
{
    private const int Points = 1000;
    private const int Rounds = 4;

    public static TheoryData<FaultTests.Carrier> Carriers => [FaultTests.Carrier.Udp, FaultTests.Carrier.Tcp];

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Absent(FaultTests.Carrier carrier)
    {
        using var agent = FaultTests.Stopped(carrier);
        using var application = new EmfApplication(agent.Address);
        application.Record(Points);
        Assert.False(application.Flush());
        Assert.Equal(0, application.Dropped());
        application.End();
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
        Assert.Equal(Points, application.Dropped("receiver_away"));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Killed_and_restarted(FaultTests.Carrier carrier)
    {
        using var agent = New(carrier);
        using var application = new EmfApplication(agent.Address);
        for (var round = 0; round < Rounds; round++)
        {
            application.Record(Points);
            application.Deliver();
            FaultTests.Stop(agent, application.Flush);
            application.Record(Points);
            Assert.False(application.Flush());
            agent.Start();
        }

        application.Deliver();
        application.End();
        agent.StopGracefully();
        Assert.Equal(2 * Rounds * Points, application.AssertReceivedOrCounted(agent.Payloads));
    }

    /// <remarks>What a receiver had not read when it was killed, nobody can know: so it has read everything.</remarks>
    [Theory]
    [MemberData(nameof(Carriers))]
    public void Killed_at_once_and_restarted(FaultTests.Carrier carrier)
    {
        using var agent = New(carrier);
        using var application = new EmfApplication(agent.Address);
        for (var round = 0; round < Rounds; round++)
        {
            application.Record(Points);
            application.Deliver();
            agent.WaitFor(application.Recorded);
            agent.Kill();
            application.Record(Points);
            Assert.False(application.Flush());
            agent.Start();
            application.Deliver();
        }

        application.End();
        agent.StopGracefully();
        Assert.Equal(2 * Rounds * Points, application.AssertReceivedOrCounted(agent.Payloads));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Killed_for_good(FaultTests.Carrier carrier)
    {
        using var agent = New(carrier);
        using var application = new EmfApplication(agent.Address);
        application.Record(Points);
        application.Deliver();
        FaultTests.Stop(agent, application.Flush);
        application.Record(Points);
        application.End();
        Assert.Equal(Points, application.AssertReceivedOrCounted(agent.Payloads));
    }

    [Fact]
    public void Slow()
    {
        using var agent = new TcpReceiver(options: new ReceiverOptions
        {
            ReadsAsCloudWatchAgent = true,
            ReceiveBufferBytes = 65_536,
            TimePerPayload = TimeSpan.FromMilliseconds(0.2),
        });
        using var application = new EmfApplication(agent.Address);
        for (var round = 0; round < Rounds; round++)
        {
            application.Record(2 * Points);
            application.Deliver();
        }

        application.End();
        agent.StopGracefully(TimeSpan.FromMinutes(5));
        Assert.Equal(2 * Rounds * Points, application.AssertReceivedOrCounted(agent.Payloads));
    }

    [Fact]
    public void Stalled_for_a_while()
    {
        // More than the kernel takes, less than the exporter keeps.
        const int Many = 10_000;
        using var agent = New(FaultTests.Carrier.Tcp);
        using var application = new EmfApplication(agent.Address, options => options.MaxBufferBytes = 32 << 20);
        application.Record(1);
        application.Deliver();
        agent.Pause();
        for (var round = 0; round < 3; round++)
        {
            application.Record(Many);
            application.Flush();
        }

        agent.Resume();
        application.Deliver();
        application.End();
        agent.StopGracefully();
        Assert.Equal((3 * Many) + 1, application.AssertReceivedOrCounted(agent.Payloads));
    }

    /// <remarks>What the kernel had taken is still there to be read; a line that was cut off by the end is not.</remarks>
    [Fact]
    public void Stalled_until_the_end()
    {
        // More than any kernel takes.
        const int Many = 100_000;
        using var agent = new TcpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = 65_536 });
        using var application = new EmfApplication(agent.Address);
        application.Record(1);
        application.Deliver();
        agent.Pause();
        application.Record(Many);
        application.EndWithoutHaste();
        agent.Resume();
        agent.StopGracefully();
        Assert.InRange(application.AssertReceivedOrCounted(agent.Payloads), 2, Many);
        Assert.True(application.Dropped("timed_out") > 0);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void A_dead_agent_costs_a_StatsD_server_on_the_same_reader_nothing(FaultTests.Carrier carrier)
    {
        using var agent = FaultTests.Stopped(carrier);
        using var server = new UnixStreamReceiver();
        using var application = new EmfApplication(agent.Address, statsd: server.Address);
        for (var round = 0; round < Rounds; round++)
        {
            application.Record(Points);
            Assert.False(application.Flush());
            server.WaitFor(payloads => PointApplication.Lines(payloads) >= application.Recorded);
        }

        application.End();
        server.StopGracefully();
        Assert.Equal(application.Recorded, PointApplication.Distinct(server.Payloads));
        Assert.Equal(application.Recorded, application.Neighbour["statsd.exporter.points.exported"]);
        Assert.Equal(0, application.AssertReceivedOrCounted([]));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void A_dead_StatsD_server_costs_an_agent_on_the_same_reader_nothing(FaultTests.Carrier carrier)
    {
        using var agent = New(carrier);
        using var server = FaultTests.Stopped(FaultTests.Carrier.Udp);
        using var application = new EmfApplication(agent.Address, statsd: server.Address);
        for (var round = 0; round < Rounds; round++)
        {
            application.Record(Points);
            Assert.False(application.Flush());
            agent.WaitFor(application.Recorded);
        }

        application.End();
        agent.StopGracefully();
        Assert.Equal(application.Recorded, application.AssertReceivedOrCounted(agent.Payloads));
        Assert.Equal(0, application.Dropped());
        Assert.Equal(application.Recorded, application.Neighbour.All("statsd.exporter.points.dropped"));
    }

    private static Receiver New(FaultTests.Carrier carrier) => FaultTests.New(carrier, new ReceiverOptions { ReadsAsCloudWatchAgent = true });
}
