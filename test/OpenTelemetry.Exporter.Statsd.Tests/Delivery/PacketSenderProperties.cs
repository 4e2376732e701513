using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>
/// Whatever a network and a receiver do: packets arrive whole, in order and once; all that does not arrive is kept or counted as dropped;
/// budgets are kept. No real time passes.
/// </summary>
public sealed class PacketSenderProperties
{
    private static readonly Dictionary<Kind, Endpoint> Endpoints = new()
    {
        [Kind.LocalUdp] = new Endpoint("127.0.0.1", 8125),
        [Kind.RemoteUdp] = new Endpoint("192.0.2.1", 8125),
        [Kind.UnixDatagram] = new Endpoint(EndpointKind.UnixDatagram, string.Empty, 0, "/statsd"),
        [Kind.UnixStream] = new Endpoint(EndpointKind.UnixStream, string.Empty, 0, "/statsd"),
        [Kind.Tcp] = new Endpoint(EndpointKind.Tcp, "127.0.0.1", 8125, string.Empty),
    };

    private static readonly Gen<TimeSpan> Budgets = Gen.OneOf(
        Gen.Constant(TimeSpan.Zero), Gen.Choose(1, 50_000).Select(tenths => TimeSpan.FromMicroseconds(tenths * 100)));

    private static readonly Gen<int> Rare = Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 30)));

    private static readonly Gen<Weather> Weathers =
        from turns in Rare
        from noRoom in Rare
        from noMemory in Rare
        from failures in Rare
        from parts in Gen.Choose(0, 90)
        from resets in Rare
        from stuck in Gen.Choose(0, 9)
        select new Weather
        {
            Turns = turns,
            NoRoom = noRoom,
            NoMemory = noMemory,
            Failures = failures,
            Parts = parts,
            Resets = resets,
            IsStuck = stuck == 0,
        };

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (5, from entries in Gen.Choose(8, 40).ArrayOf().Where(lines => lines.Length > 0).ArrayOf()
            from budget in Budgets
            select new Step(Act.Export, budget, Entries: entries)),
        (2, from budget in Budgets select new Step(Act.Ask, budget)),
        (2, from time in Gen.Choose(1, 40_000) select new Step(Act.Pass, TimeSpan.FromMilliseconds(time))),
        (1, from isThere in ArbMap.Default.GeneratorFor<bool>() select new Step(Act.Turn, default, isThere)));

    private static readonly Gen<Case> Cases =
        from kind in Gen.Elements(Enum.GetValues<Kind>())
        from packetBytes in Gen.Choose(20, 60)
        from bufferPackets in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(1, 100))
        from burst in Gen.Choose(1, 20)
        from perSecond in Gen.OneOf(Gen.Choose(1, 100), Gen.Choose(1000, 10_000_000))
        from perSend in Gen.OneOf(Gen.Constant(1), Gen.Choose(2, 40))
        from path in Gen.Frequency((3, Gen.Constant(1000)), (1, Gen.Choose(10, 60)))
        from pads in ArbMap.Default.GeneratorFor<bool>()
        from endsWell in ArbMap.Default.GeneratorFor<bool>()
        from weather in Weathers
        from seed in Gen.Choose(0, int.MaxValue)
        from steps in Steps.ListOf()
        select new Case(kind, packetBytes, bufferPackets, burst, perSecond, perSend, path, pads, endsWell, weather, seed, [.. steps]);

    private readonly HashSet<string> seen = [];

    private enum Kind
    {
        LocalUdp,
        RemoteUdp,
        UnixDatagram,
        UnixStream,
        Tcp,
    }

    private enum Act
    {
        Export,
        Ask,
        Pass,
        Turn,
    }

    private sealed record Step(Act Act, TimeSpan Time, bool IsThere = false, int[][]? Entries = null);

    private sealed record Case(
        Kind Kind,
        int PacketBytes,
        int BufferPackets,
        int Burst,
        int PerSecond,
        int PacketsPerSend,
        int PathBytes,
        bool Pads,
        bool EndsWell,
        Weather Weather,
        int Seed,
        Step[] Steps);

    [Fact]
    public void Every_packet_arrives_once_and_in_order_or_is_kept_or_counted_as_dropped()
    {
        Prop.ForAll(Arb.From(Cases, WithoutAStep), Holds).Check(RandomCases.Of(3000).WithEndSize(40));
        string[] all =
        [
            "WouldBlock", "NoBufferSpaceAvailable", "AccessDenied", "ConnectionRefused", "ConnectionReset", "MessageSize", "refused by a report",
            "no more runs", "run", "datagram", "part", "whole", "sent again", "is there", "is away", "BufferFull", "PacketTooLarge",
            "ReceiverAway", "TimedOut", .. Enum.GetNames<Kind>(), .. Enum.GetNames<StatsdBreakerState>(),
        ];
        Assert.Equal(all.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<Case> WithoutAStep(Case given) =>
        given.Steps.Select((_, index) => given with { Steps = [.. given.Steps.Where((_, other) => other != index)] });

    private void Holds(Case given)
    {
        var clock = new ManualClock();
        var settings = new DeliverySettings
        {
            Endpoint = Endpoints[given.Kind],
            MaxPacketBytes = given.PacketBytes,
            MaxBufferBytes = (given.BufferPackets * given.PacketBytes) + 4,
            MaxPacketsPerBurst = given.Burst,
            MaxPacketsPerSecond = given.PerSecond,
            SkipsEmptyLines = given.Pads,
        };
        SimulatedPeer peer = given.Kind is Kind.UnixStream or Kind.Tcp
            ? new StreamPeer(given.PacketsPerSend, given.Weather, clock, given.Seed)
            : new DatagramPeer(
                isLossy: given.Kind != Kind.UnixDatagram,
                given.PacketsPerSend,
                given.PathBytes,
                canBeAsked: given.Kind == Kind.LocalUdp,
                given.Weather,
                clock,
                given.Seed);
        var run = new SenderRun(settings, peer, clock);
        foreach (var step in given.Steps)
        {
            switch (step.Act)
            {
                case Act.Export:
                    run.Export(step.Entries!, step.Time);
                    break;
                case Act.Ask:
                    var isThere = run.Ask(step.Time);
                    seen.Add(isThere ? "is there" : "is away");
                    break;
                case Act.Pass:
                    clock.Advance(step.Time);
                    break;
                default:
                    peer.IsThere = step.IsThere;
                    break;
            }

            seen.Add(run.Sender.State.ToString());
        }

        End(given, peer, run, clock);
        seen.UnionWith(peer.Seen);
        seen.Add(given.Kind.ToString());
        Note(run.Tally);
    }

    /// <summary>In fair weather all that was kept arrives; in bad weather the exporter is shut down.</summary>
    private static void End(Case given, SimulatedPeer peer, SenderRun run, ManualClock clock)
    {
        if (given.EndsWell)
        {
            var dropped = run.PacketsDropped - run.Tally.PacketsDropped[(int)DropReason.PacketTooLarge];
            peer.HasCalm = peer.IsThere = true;
            clock.Advance(CircuitBreaker.MaxBackOff);
            Assert.True(run.Ask(TimeSpan.FromSeconds(1)), "The receiver was taken for away.");
            Assert.True(run.Export([[10]], TimeSpan.FromSeconds(1)), "In fair weather something was left.");
            Assert.Equal(StatsdBreakerState.Closed, run.Sender.State);
            Assert.Equal(dropped, run.PacketsDropped - run.Tally.PacketsDropped[(int)DropReason.PacketTooLarge]);
        }
        else
        {
            // Of which the last export gets eight tenths.
            run.Sender.Hurry(TimeSpan.FromSeconds(1));
            run.Export([[10], [10, 40]], TimeSpan.FromSeconds(0.8));
        }

        run.DropAll();
    }

    private void Note(ExportTally tally)
    {
        foreach (var reason in Enum.GetValues<DropReason>().Where(reason => tally.PacketsDropped[(int)reason] > 0))
        {
            seen.Add(reason.ToString());
        }

        if (tally.PacketsResent > 0)
        {
            seen.Add("sent again");
        }
    }
}
