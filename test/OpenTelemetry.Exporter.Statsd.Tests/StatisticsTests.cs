using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What <c>GetStatsdExporterStatistics</c> tells of an exporter.</summary>
public sealed class StatisticsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public void They_are_what_arrived()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("statistics.arrived");
        using var provider = Provider("arrived", meter, receiver.EndPoint, options => options.MaxPacketBytes = 64);
        var fresh = provider.GetStatsdExporterStatistics("arrived")!;
        Assert.Equal((0, 0, 0, 0), (fresh.PointsExported, fresh.PacketsSent, fresh.BytesSent, fresh.QueuedPackets));

        var counter = meter.CreateCounter<int>("counter");
        for (var i = 0; i < 100; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("series", i));
        }

        Assert.True(provider.ForceFlush());
        var statistics = provider.GetStatsdExporterStatistics("arrived")!;
        var packets = receiver.WaitFor(datagrams => Lines(datagrams).Length == 100).ToArray();
        Assert.Equal("arrived", statistics.ExporterName);
        Assert.Equal(100, statistics.PointsExported);
        Assert.Equal(packets.Length, statistics.PacketsSent);
        Assert.Equal(packets.Sum(packet => packet.Length), statistics.BytesSent);
        Assert.Equal((0, 0, 0, 0), (statistics.PointsDropped, statistics.PacketsDropped, statistics.BytesDropped, statistics.PacketsResent));
        Assert.Empty(statistics.PointsDroppedByReason);
        Assert.Equal((0, 0), (statistics.QueuedPackets, statistics.QueuedBytes));
        Assert.Equal(StatsdBreakerState.Closed, statistics.BreakerState);

        // What was read before is still what it was.
        Assert.Equal(0, fresh.PointsExported);
    }

    [Fact]
    public void They_are_what_the_meter_counts()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("statistics.meter");
        using var self = new SelfMetrics("meter");
        using var provider = Provider("meter", meter, receiver.EndPoint, options =>
        {
            options.Profile = StatsdProfile.PrometheusStatsdExporter;
            options.MaxPacketBytes = 64;
            options.Stream(meter.Name, "streamed");
        });
        var streamed = meter.CreateCounter<int>("streamed");
        streamed.Add(1);
        streamed.Add(1);
        meter.CreateGauge<double>("invalid").Record(double.NaN);
        meter.CreateCounter<int>("negative").Add(-1);
        meter.CreateCounter<int>("long." + new string('n', 70)).Add(1);
        for (var i = 0; i < 20; i++)
        {
            meter.CreateCounter<int>($"fine.{i}").Add(1);
        }

        provider.ForceFlush();
        var statistics = provider.GetStatsdExporterStatistics("meter")!;
        Assert.Equal(20, statistics.PointsExported);
        Assert.Equal(3, statistics.PointsDropped);
        Assert.Equal(
            [new("invalid_value", 1), new("line_too_long", 1), new("negative_counter", 1)],
            statistics.PointsDroppedByReason.OrderBy(reason => reason.Key));
        Assert.Equal(2, statistics.MeasurementsExported);
        AssertEqual();

        // What nobody takes in the end: a packet of the metrics, one of the stream.
        receiver.StopGracefully();
        meter.CreateCounter<int>("lost").Add(1);
        streamed.Add(1);
        provider.Dispose();
        statistics = provider.GetStatsdExporterStatistics("meter")!;
        Assert.Equal(1, statistics.PointsDroppedByReason["receiver_away"]);
        Assert.Equal([new("receiver_away", 1)], statistics.MeasurementsDroppedByReason);
        Assert.Equal([new("receiver_away", 2)], statistics.PacketsDroppedByReason);
        Assert.Equal([new("receiver_away", "lost:1|c".Length + "streamed:1|c".Length)], statistics.BytesDroppedByReason);
        AssertEqual();

        void AssertEqual()
        {
            Assert.Equal(self["statsd.exporter.points.exported"], statistics.PointsExported);
            Assert.Equal(self["statsd.exporter.measurements.exported"], statistics.MeasurementsExported);
            Assert.Equal(self["statsd.exporter.packets.sent"], statistics.PacketsSent);
            Assert.Equal(self["statsd.exporter.packets.resent"], statistics.PacketsResent);
            Assert.Equal(self["statsd.exporter.bytes.sent"], statistics.BytesSent);
            AssertDropped("points", statistics.PointsDropped, statistics.PointsDroppedByReason);
            AssertDropped("measurements", statistics.MeasurementsDropped, statistics.MeasurementsDroppedByReason);
            AssertDropped("packets", statistics.PacketsDropped, statistics.PacketsDroppedByReason);
            AssertDropped("bytes", statistics.BytesDropped, statistics.BytesDroppedByReason);
        }

        void AssertDropped(string what, long sum, IReadOnlyDictionary<string, long> byReason)
        {
            Assert.Equal(self.All($"statsd.exporter.{what}.dropped"), sum);
            Assert.All(byReason, reason => Assert.Equal(self[$"statsd.exporter.{what}.dropped", reason.Key], reason.Value));
        }
    }

    [Fact]
    public void A_receiver_that_is_away_shows_and_what_is_lost_with_it_is_known_after_the_end()
    {
        using var closed = new ClosedPort();
        using var meter = new Meter("statistics.away");
        var provider = Provider("away", meter, closed.EndPoint);
        for (var i = 0; i < 3; i++)
        {
            meter.CreateCounter<int>($"c.{i}").Add(1);
        }

        Assert.False(provider.ForceFlush());
        var away = provider.GetStatsdExporterStatistics("away")!;
        Assert.Equal(StatsdBreakerState.Open, away.BreakerState);
        Assert.Equal((0, 0), (away.PointsExported, away.PointsDropped));

        provider.Dispose();
        GC.Collect();
        var end = provider.GetStatsdExporterStatistics("away")!;
        Assert.Equal(3, end.PointsDropped);
        Assert.Equal([new("receiver_away", 3)], end.PointsDroppedByReason);
        Assert.Equal(1, end.PacketsDropped);
        Assert.Equal([new("receiver_away", 1)], end.PacketsDroppedByReason);
        Assert.Equal("c.0:1|c\nc.1:1|c\nc.2:1|c".Length, end.BytesDropped);
        Assert.Equal([new("receiver_away", end.BytesDropped)], end.BytesDroppedByReason);
        Assert.Equal(0, end.QueuedPackets);
    }

    [Fact]
    public void Packets_that_are_kept_show_until_they_are_delivered()
    {
        using var meter = new Meter("statistics.kept");
        var transport = new ScriptedTransport { IsLossy = false }.Answer(SocketError.ConnectionReset);
        transport.Probes.Enqueue(SocketError.ConnectionRefused);
        using var provider = ProviderOver(transport, "kept", meter);
        meter.CreateCounter<int>("c").Add(1);
        provider.ForceFlush();
        var kept = provider.GetStatsdExporterStatistics("kept")!;
        Assert.Equal((1, "c:1|c".Length), (kept.QueuedPackets, kept.QueuedBytes));
        Assert.Equal(StatsdBreakerState.Open, kept.BreakerState);
        Assert.Equal((0, 0), (kept.PointsExported, kept.PointsDropped));

        var tried = StatsdBreakerState.Closed;
        transport.OnTaken = _ => tried = provider.GetStatsdExporterStatistics("kept")!.BreakerState;
        Assert.True(
            SpinWait.SpinUntil(() => provider.ForceFlush() && provider.GetStatsdExporterStatistics("kept")!.QueuedPackets == 0, Deadline));
        Assert.Equal(StatsdBreakerState.HalfOpen, tried);
        var delivered = provider.GetStatsdExporterStatistics("kept")!;
        Assert.Equal((1, 1, 0), (delivered.PointsExported, delivered.PacketsSent, delivered.QueuedBytes));
        Assert.Equal(StatsdBreakerState.Closed, delivered.BreakerState);
    }

    [Fact]
    public void Memory_is_the_buffer_and_follows_the_number_of_series()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("statistics.memory");
        using var provider = Provider("memory", meter, receiver.EndPoint, options => options.MaxBufferBytes = 131_072);
        var fresh = provider.GetStatsdExporterStatistics("memory")!.MemoryBytes;
        Assert.InRange(fresh, 131_072, 2 * 131_072);

        var counter = meter.CreateCounter<int>("counter");
        for (var i = 0; i < 1000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("series", i));
        }

        provider.ForceFlush();
        var full = provider.GetStatsdExporterStatistics("memory")!.MemoryBytes;
        Assert.InRange(full - fresh, 1000 * "|c|#series:1".Length, 1000 * 1000);

        // A thousand series less, for the SDK no longer shows those without a change.
        for (var round = 0; round < 3; round++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("series", 1));
            provider.ForceFlush();
        }

        Assert.True(provider.GetStatsdExporterStatistics("memory")!.MemoryBytes < full);
    }

    [Fact]
    public void An_address_that_changes_is_counted_and_one_that_only_moves_in_the_list_is_not()
    {
        using var meter = new Meter("statistics.address");
        using var self = new SelfMetrics("address");
        IPAddress[] found = [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")];
        var clock = new Clock();
        using var resolver = new NameResolver("name.test", (_, _) => Task.FromResult(Volatile.Read(ref found)), clock);
        using var provider = ProviderOver(new UdpTransport(new Endpoint("name.test", 9), 1432, asksWithEmptyLine: false, resolver), "address", meter);
        resolver.Wait(Deadline);
        provider.ForceFlush();

        Volatile.Write(ref found, [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
        LookUpAgain();
        Assert.Equal(0, provider.GetStatsdExporterStatistics("address")!.AddressChanges);

        Volatile.Write(ref found, [IPAddress.Parse("127.0.0.3")]);
        LookUpAgain();
        Assert.Equal(1, provider.GetStatsdExporterStatistics("address")!.AddressChanges);
        Assert.Equal(1, self["statsd.exporter.address.changes"]);

        void LookUpAgain()
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            resolver.RefreshIfOlderThan(TimeSpan.FromSeconds(30));
            resolver.Wait(Deadline);
            meter.CreateCounter<int>("c").Add(1);
            provider.ForceFlush();
        }
    }

    [Fact]
    public void Each_exporter_of_each_provider_has_its_own()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("statistics.own");
        using var other = Provider("one", meter, receiver.EndPoint);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddStatsdExporter(options => options.Endpoint = $"udp://{receiver.EndPoint}")
            .AddStatsdExporter("one", options => options.Endpoint = $"udp://{receiver.EndPoint}")
            .Build();
        meter.CreateCounter<int>("c").Add(1);
        other.ForceFlush();
        meter.CreateCounter<int>("d").Add(1);
        provider.ForceFlush();

        Assert.Equal(1, other.GetStatsdExporterStatistics("one")!.PointsExported);
        Assert.Equal(2, provider.GetStatsdExporterStatistics("one")!.PointsExported);
        Assert.Equal(2, provider.GetStatsdExporterStatistics()!.PointsExported);
        Assert.Equal("default", provider.GetStatsdExporterStatistics()!.ExporterName);
        Assert.Null(provider.GetStatsdExporterStatistics("two"));
        Assert.Null(other.GetStatsdExporterStatistics());
        Assert.Throws<ArgumentNullException>(() => ((MeterProvider)null!).GetStatsdExporterStatistics());
    }

    [Fact]
    public void An_exporter_may_not_be_called_what_one_without_a_name_is()
    {
        var builder = Sdk.CreateMeterProviderBuilder().AddStatsdExporter().AddStatsdExporter("default", (Action<StatsdExporterOptions>?)null);
        Assert.Contains("'default'", Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disabled_SDK_has_none()
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(
                new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_SDK_DISABLED", "true")]).Build()))
            .AddStatsdExporter()
            .Build();
        Assert.Null(provider.GetStatsdExporterStatistics());
    }

    [Fact]
    public async Task Counts_read_beside_exports_never_fall_and_end_at_what_was_recorded()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("statistics.beside");
        using var provider = Provider("beside", meter, receiver.EndPoint);
        var counter = meter.CreateCounter<int>("c");
        var isOver = false;
        var hasBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reader = Task.Run(() =>
        {
            var last = provider.GetStatsdExporterStatistics("beside")!;
            while (!Volatile.Read(ref isOver))
            {
                var next = provider.GetStatsdExporterStatistics("beside")!;
                Assert.True(next.PointsExported >= last.PointsExported);
                Assert.True(next.BytesSent >= last.BytesSent);
                Assert.True(next.PacketsSent >= last.PacketsSent);
                last = next;
                hasBegun.TrySetResult();
            }
        }, TestContext.Current.CancellationToken);
        await hasBegun.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        for (var i = 0; i < 300; i++)
        {
            counter.Add(1);
            Assert.True(provider.ForceFlush());
        }

        Volatile.Write(ref isOver, true);
        await reader.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(300, provider.GetStatsdExporterStatistics("beside")!.PointsExported);
        Assert.Equal(300 * "c:1|c".Length, provider.GetStatsdExporterStatistics("beside")!.BytesSent);
    }

    [Fact]
    public void Nothing_is_kept_alive_for_the_sake_of_statistics()
    {
        var exporter = Abandon();

        // Another test that has the exporters observed holds each for a moment.
        Observed.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !exporter.IsAlive;
        });

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Abandon()
        {
            var settings = new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:9" }.ToSettings();
            return new WeakReference(new StatsdMetricExporter("abandoned", settings, new ScriptedTransport()));
        }
    }

    private static string[] Lines(IEnumerable<byte[]> datagrams) => [.. datagrams
        .SelectMany(datagram => Encoding.UTF8.GetString(datagram).Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    private static MeterProvider Provider(string name, Meter meter, IPEndPoint receiver, Action<StatsdExporterOptions>? configure = null) => Sdk
        .CreateMeterProviderBuilder()
        .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
        .AddMeter(meter.Name)
        .AddStatsdExporter(name, (options, reader) =>
        {
            options.Endpoint = $"udp://{receiver}";
            options.MaxPacketsPerSecond = 10_000_000;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            configure?.Invoke(options);
        })
        .Build();

    private static MeterProvider ProviderOver(ITransport transport, string name, Meter meter)
    {
        var settings = new StatsdExporterOptions { Endpoint = "udp://name.test:9" }.ToSettings();
#pragma warning disable CA2000 // The provider disposes of its reader, and that of the exporter.
        return Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddReader(new BaseExportingMetricReader(new StatsdMetricExporter(name, settings, transport))
            {
                TemporalityPreference = MetricReaderTemporalityPreference.Delta,
            })
            .Build();
#pragma warning restore CA2000
    }

    private sealed class Clock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref ticks);

        public void Advance(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);
    }
}
