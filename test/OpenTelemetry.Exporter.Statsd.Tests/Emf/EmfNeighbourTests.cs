using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Text.Json;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Tests.Outages;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>StatsD and EMF exporters that share a reader: one whose receiver is slow costs the other no point, and its own share of the time at most.</summary>
public sealed class EmfNeighbourTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ExportTimeout = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receiver_that_reads_nothing_costs_the_other_no_interval(bool isAgent)
    {
        // More than the kernel keeps for a connection.
        const int Filling = 20_000;
        const int Intervals = 3;
        var name = $"emf.neighbours.{isAgent}";
        using var stalled = new TcpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = 65_536 });
        using var live = new TcpReceiver();
        stalled.Pause();
        using var meter = new Meter(name);
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddView("c", new MetricStreamConfiguration { CardinalityLimit = 2 * Filling });

        // The stalled one first, so that the other waits for it.
        using var provider = (isAgent
            ? AddStatsd(AddEmf(builder, name, stalled), name, live)
            : AddEmf(AddStatsd(builder, name, stalled), name, live)).Build();
        Assert.Single(ProviderReaders.Of(provider));
        var counter = meter.CreateCounter<int>("c");
        var cancelled = TestContext.Current.CancellationToken;
        var recorded = 0;
        for (var interval = 0; interval <= Intervals; interval++)
        {
            for (var left = interval == 0 ? Filling : 1; left > 0; left--)
            {
                counter.Add(1, new KeyValuePair<string, object?>("point", $"{recorded++}"));
            }

            await Task.Run(() => provider.ForceFlush(), cancelled).WaitAsync(Soon, cancelled);
            live.WaitFor(recorded, Soon);
            Assert.Equal(recorded, isAgent ? PointApplication.Distinct(live.Payloads) : DistinctPoints(live.Payloads));
        }

        await Task.Run(provider.Dispose, cancelled).WaitAsync(Soon, cancelled);

        // An end that runs out of time leaves counting to the export that is under way.
        (long Exported, long Dropped)[] counts = [];
        Observed.Until(() => Array.TrueForAll(counts = Counts(), count => count.Exported + count.Dropped >= recorded));
        Assert.Equal((recorded, 0), counts[isAgent ? 1 : 0]);
        Assert.Equal(recorded, counts[isAgent ? 0 : 1].Exported + counts[isAgent ? 0 : 1].Dropped);
        Assert.True(counts[isAgent ? 0 : 1].Dropped > 0, "The kernel took everything.");

        (long Exported, long Dropped)[] Counts()
        {
            var emf = provider.GetEmfExporterStatistics($"{name}.emf")!;
            var statsd = provider.GetStatsdExporterStatistics($"{name}.statsd")!;
            return [(emf.PointsExported, emf.PointsDropped), (statsd.PointsExported, statsd.PointsDropped)];
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_slow_one_puts_the_other_off_by_its_share_and_only_once(bool isAgent)
    {
        const int Points = 500;
        var name = $"emf.slow.{isAgent}";
        var clock = new ManualClock();
        using var slow = new SlowTransport(clock);
        var started = 0L;
        List<TimeSpan> delays = [];
        using var live = new ScriptedTransport { IsLossy = false, OnTaken = _ => delays.Add(clock.GetElapsedTime(started)) };
        var group = ExporterGroup.Of(isAgent ? [Emf(slow), Statsd(live)] : [Statsd(slow), Emf(live)], clock);
        using var meter = new Meter(name);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(name)
            .AddReader(new ReceiverAwareMetricReader<ExporterGroup>(group, Timeout.Infinite, (int)ExportTimeout.TotalMilliseconds)
            {
                TemporalityPreference = MetricReaderTemporalityPreference.Delta,
            })
            .Build();
        var counter = meter.CreateCounter<int>("c");

        // Nothing but a wait for the slow one lets time pass: at first until its share is over, and then it comes last.
        Assert.InRange(Delay(1), ExportTimeout / 3, ExportTimeout / 2);
        Assert.Equal(TimeSpan.Zero, Delay(2));
        Assert.Equal(TimeSpan.Zero, Delay(3));

        TimeSpan Delay(int interval)
        {
            for (var point = 0; point < Points; point++)
            {
                counter.Add(interval, new KeyValuePair<string, object?>("point", point));
            }

            delays.Clear();
            live.Taken.Clear();
            started = clock.GetTimestamp();
            Assert.False(provider.ForceFlush());
            Assert.Equal(Points, live.Taken.Sum(packets => packets.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
            return delays.Max();
        }

        ExporterGroup.Member Emf(ITransport transport)
        {
            var settings = new EmfExporterOptions { Endpoint = "tcp://127.0.0.1:9" }.ToSettings();
            return ExporterGroup.Member.Of(new EmfMetricExporter(
                $"{name}.emf", settings with { Delivery = settings.Delivery with { HoldsUpOthers = true } }, transport, clock, clock.Pause));
        }

        ExporterGroup.Member Statsd(ITransport transport)
        {
            var settings = new StatsdExporterOptions { Endpoint = "tcp://127.0.0.1:9" }.ToSettings();
            return ExporterGroup.Member.Of(new StatsdMetricExporter(
                $"{name}.statsd", settings with { Delivery = settings.Delivery with { HoldsUpOthers = true } }, transport, clock, pause: clock.Pause));
        }
    }

    private static MeterProviderBuilder AddEmf(MeterProviderBuilder builder, string name, Receiver receiver) =>
        builder.AddEmfExporter($"{name}.emf", (emf, reader) =>
        {
            emf.Endpoint = receiver.Address;
            emf.Members["long"] = new string('x', 500);
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
        });

    private static MeterProviderBuilder AddStatsd(MeterProviderBuilder builder, string name, Receiver receiver) =>
        builder.AddStatsdExporter($"{name}.statsd", (statsd, reader) =>
        {
            statsd.Endpoint = receiver.Address;
            statsd.Tags["long"] = new string('x', 500);
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
        });

    private static int DistinctPoints(IReadOnlyList<byte[]> payloads) => payloads
        .Select(payload => JsonSerializer.Deserialize<JsonElement>(payload).GetProperty("point").GetString())
        .Distinct()
        .Count();

    /// <summary>A connection whose other end reads a few bytes every now and then, never so late that it would count as away.</summary>
    private sealed class SlowTransport(ManualClock clock) : ITransport
    {
        private const int Bytes = 64;

        private static readonly TimeSpan Now = TimeSpan.FromMilliseconds(400);

        private bool hasRoom;

        public bool IsLossy => false;

        public int MaxPacketsPerSend => 1;

        public SocketError Probe(TimeSpan timeout) => SocketError.Success;

        public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
        {
            taken = hasRoom ? Math.Min(packets.Length, Bytes) : 0;
            hasRoom = !hasRoom;
            return taken > 0 ? SocketError.Success : SocketError.WouldBlock;
        }

        public void WaitUntilWritable(TimeSpan timeout) => clock.Advance(timeout < Now ? timeout : Now);

        public SocketError TakeReport() => SocketError.Success;

        public void Disconnect()
        {
        }

        public void Dispose()
        {
        }
    }
}
