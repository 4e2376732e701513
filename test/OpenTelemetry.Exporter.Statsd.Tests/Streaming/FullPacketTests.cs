using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry.Metrics;
using TestSupport;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Values that fill a packet by themselves go out before the interval is over, and nothing else does.</summary>
public sealed class FullPacketTests
{
    private const int PacketBytes = 1432;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Of a unit that some profiles convert, so that what is given back is not converted twice.</summary>
    [Theory]
    [InlineData(StatsdProfile.DatadogAgent, 1)]
    [InlineData(StatsdProfile.StatsD, 1000)]
    [InlineData(StatsdProfile.StatsDGraphite, 1000)]
    [InlineData(StatsdProfile.PrometheusStatsdExporter, 1)]
    [InlineData(StatsdProfile.Telegraf, 1)]
    [InlineData(StatsdProfile.OpenTelemetryCollector, 1)]
    public void They_go_out_as_soon_as_the_packet_is_full_and_the_rest_with_the_interval(StatsdProfile profile, int factor)
    {
        const int Values = 5000;
        using var run = new OutletRun(options => options.StreamFlushInterval = Interval, profile);
        var busy = run.Meter.CreateHistogram<int>("busy", "s");
        var quiet = run.Meter.CreateHistogram<int>("quiet");
        var counter = run.Meter.CreateCounter<int>("counter");
        run.Meter.CreateGauge<int>("gauge").Record(1);
        quiet.Record(1);
        var longest = 0;
        var seen = 0;
        for (var i = 0; i < Values; i++)
        {
            busy.Record(1_000_000 + i);
            counter.Add(1);
            run.Outlet.Step();
            longest = Math.Max(longest, i + 1 - seen);
            seen = Packets(run).Sum(CountOf);
        }

        // All that went out was full: no further value of this kind would have had room, alone or in a line of its own.
        var early = Packets(run);
        var oneMore = Line(profile, "busy", 1_000_000 + Values, factor).Length + 1;
        Assert.All(early, packet => Assert.InRange(packet.Length, PacketBytes - oneMore, PacketBytes));
        Assert.DoesNotContain(early, packet => packet.Contains("quiet") || packet.Contains("counter") || packet.Contains("gauge"));

        // Hardly more waited than one packet holds.
        Assert.InRange(longest, 1, early.Max(CountOf) * 11 / 10);
        run.Clock.Advance(Interval);
        var records = run.FlushRecords();
        Assert.Equal(Enumerable.Range(0, Values).Select(i => (1_000_000.0 + i) * factor), records.Where(record => record.Name == "busy").Select(record => record.Number));
        Assert.Equal([1], records.Where(record => record.Name == "quiet").Select(record => record.Number));
        Assert.Equal([Values], records.Where(record => record.Name == "counter").Select(record => record.Number));
        Assert.Equal((2 * Values) + 2, run.Told.MeasurementsExported);
        Assert.Equal(0, run.Told.MeasurementsDropped);
    }

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent)]
    [InlineData(StatsdProfile.StatsD)]
    [InlineData(StatsdProfile.Telegraf)]
    public void Whatever_comes_in_whatever_steps_keeps_its_order_and_is_counted_once(StatsdProfile profile)
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            using var run = new OutletRun(
                options =>
                {
                    options.StreamFlushInterval = Interval;
                    options.MaxPacketBytes = random.Next(64, 3000);
                },
                profile);
            var histogram = run.Meter.CreateHistogram<double>("h", "s");
            var recorded = new List<double>[3];
            var negative = 0;
            for (var i = 0; i < recorded.Length; i++)
            {
                recorded[i] = [];
            }

            for (var i = 0; i < 4000; i++)
            {
                // Series of unlike frequency; values of one digit up to seventeen, some of which a receiver rejects. Those that are converted are so exactly.
                var series = random.Next(10) switch { < 7 => 0, < 9 => 1, _ => 2 };
                var value = random.Next(3) switch { 0 => random.Next(10), 1 => profile == StatsdProfile.StatsD ? random.Next(1 << 20) / 1024.0 : random.NextDouble(), _ => -random.Next(1000) / 8.0 };
                histogram.Record(value, new Tag("s", series));
                if (value < 0 && profile != StatsdProfile.DatadogAgent)
                {
                    negative++;
                }
                else
                {
                    recorded[series].Add(profile == StatsdProfile.StatsD ? value * 1000 : value);
                }

                if (random.Next(100) == 0)
                {
                    run.Outlet.Step();
                }

                if (random.Next(1000) == 0)
                {
                    run.Clock.Advance(Interval);
                }
            }

            run.Clock.Advance(Interval);
            var records = run.FlushRecords();
            if (profile == StatsdProfile.StatsD)
            {
                // Without tags they are one, in which each keeps its order. A conversion may be off by the last place of a double.
                double[] expected = [.. recorded.SelectMany(values => values).Order()];
                Assert.Equal(expected.Length, records.Count);
                Assert.All(
                    expected.Zip(records.Select(record => record.Number).Order()),
                    pair => Assert.InRange(pair.Second, pair.First * (1 - 5e-16), pair.First * (1 + 5e-16)));
            }
            else
            {
                for (var i = 0; i < recorded.Length; i++)
                {
                    Assert.Equal(recorded[i], records.Where(record => record.Tags["s"] == $"{i}").Select(record => record.Number));
                }
            }

            Assert.Equal(4000 - negative, run.Told.MeasurementsExported);
            Assert.Equal(negative, run.Told.MeasurementsDropped);
        }
    }

    [Fact]
    public void While_the_receiver_is_away_they_wait_like_all_others()
    {
        using var run = new OutletRun(options => options.StreamFlushInterval = Interval);
        run.Transport.Probes.Enqueue(System.Net.Sockets.SocketError.ConnectionRefused);
        var histogram = run.Meter.CreateHistogram<int>("h");
        for (var i = 0; i < 1000; i++)
        {
            histogram.Record(i);
            run.Outlet.Step();
        }

        Assert.Equal((StatsdBreakerState.Open, 0), (run.Outlet.State, run.Outlet.QueuedPackets));
        run.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (double)i), run.FlushRecords().Select(record => record.Number));
    }

    [Fact]
    public void They_arrive_at_a_real_receiver_without_a_flush()
    {
        const int Values = 10_000;
        using var receiver = new UdpReceiver();
        using var meter = new Meter("full.packets");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddStatsdExporter(meter.Name, options =>
            {
                options.Endpoint = receiver.Address;
                options.StreamFlushInterval = Interval;
                options.Stream(meter.Name);
            })
            .Build();
        var histogram = meter.CreateHistogram<int>("h");
        var recorded = 0;

        // On a busy machine the interval may be over first. Then what has arrived says nothing, and further values have to.
        Assert.True(Enumerable.Range(0, 20).Any(_ => ArriveWithinInterval()), "They waited for the interval.");
        Assert.True(provider.ForceFlush());
        receiver.WaitFor(_ => Numbers().Length >= recorded);
        Assert.Equal(Enumerable.Range(0, recorded).Select(i => (double)i), Numbers());

        bool ArriveWithinInterval()
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Values; i++)
            {
                histogram.Record(recorded++);
            }

            receiver.WaitFor(_ => Numbers().Length > recorded - 500);
            return Stopwatch.GetElapsedTime(began) < Interval;
        }

        double[] Numbers() => [.. new StatsdDecoder(TestSupport.TagDialect.DogStatsd)
            .DecodeAll(receiver.Payloads.Select(packet => packet.AsSpan().Trim((byte)'\n').ToArray()).Where(packet => packet.Length > 0))
            .Select(record => record.Number)];
    }

    private static string[] Packets(OutletRun run) => [.. run.Transport.Taken.Select(packet => packet.TrimEnd('\n')).Where(packet => packet.Length > 0)];

    /// <summary>How many values of seven digits or more are in a packet.</summary>
    private static int CountOf(string packet) => packet.Split(':').Length - 1;

    private static string Line(StatsdProfile profile, string name, int value, int factor) =>
        profile == StatsdProfile.StatsD ? $"{name}:{(long)value * factor}|ms" : $"{name}:{(long)value * factor}|h";
}
