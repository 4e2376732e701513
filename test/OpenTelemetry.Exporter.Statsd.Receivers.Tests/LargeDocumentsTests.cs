using System.Diagnostics.Metrics;
using System.Text.Json;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Documents of 1 to 60 KB, of which a receiver's default socket buffer holds three, over UDP at the default pace.</summary>
[Collection(Alone.Name)]
public sealed class LargeDocumentsTests : IDisposable
{
    private const int Sizes = 60;
    private const int Rounds = 2;
    private const int NameLength = 255;

    /// <summary>What a metric takes with its declaration, about.</summary>
    private const int MetricBytes = 540;

    /// <summary>More than a receiver may have unread before it is given time.</summary>
    private const int Behind = 40 * 1024;

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    private readonly Meter meter = new("large.documents");
    private long recorded;
    private int points;

    public void Dispose() => meter.Dispose();

    [Fact]
    public void A_slow_agent_gets_all()
    {
        using var agent = new UdpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = null, TimePerPayload = TimeSpan.FromMilliseconds(40) });
        using var provider = NewProvider(agent);
        Record();
        Assert.True(provider.ForceFlush());
        AssertHolds(agent, provider);
    }

    [Fact]
    public async Task An_agent_that_pauses_whenever_it_is_behind_gets_all()
    {
        using var agent = new UdpReceiver(options: new ReceiverOptions { ReceiveBufferBytes = null });
        using var provider = NewProvider(agent);
        Record();
        agent.Pause();
        var pauses = 0;
        var export = Task.Run(() => provider.ForceFlush(), TestContext.Current.CancellationToken);
        while (!export.IsCompleted)
        {
            Assert.True(SpinWait.SpinUntil(() => export.IsCompleted || UdpSocketTable.Find(agent.EndPoint).QueuedBytes > Behind, Soon));
            agent.Resume();
            UdpSocketTable.WaitUntilRead(agent.EndPoint);
            agent.Pause();
            pauses++;
        }

        agent.Resume();
        Assert.True(await export);
        AssertHolds(agent, provider);
        Assert.True(pauses > Sizes * Rounds / 5, "The agent was never behind.");
    }

    private MeterProvider NewProvider(UdpReceiver agent) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
        .AddMeter(meter.Name)
        .AddEmfExporter((emf, reader) =>
        {
            emf.Endpoint = agent.Address;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
        })
        .Build();

    private void Record()
    {
        var counters = Enumerable.Range(0, 100).Select(i => meter.CreateCounter<long>($"c{i:D2}".PadRight(NameLength, 'x'))).ToArray();
        for (var document = 1; document <= Sizes * Rounds; document++)
        {
            // Each size in turn, but large ones between small ones.
            var size = document * 37 % (Sizes + 1);
            if (size == 0)
            {
                continue;
            }

            KeyValuePair<string, object?>[] attributes =
            [
                new("document", document),
                .. Enumerable.Range(0, size / 10).Select(i => new KeyValuePair<string, object?>($"long{i}", new string('y', 1000))),
            ];
            var metrics = Math.Clamp(((size * 1024) - (size / 10 * 1000)) / MetricBytes, 1, counters.Length);
            foreach (var counter in counters.AsSpan(..metrics))
            {
                counter.Add(document, attributes);
                recorded += document;
                points++;
            }
        }
    }

    private void AssertHolds(UdpReceiver agent, MeterProvider provider)
    {
        Assert.Equal(0, UdpSocketTable.WaitUntilRead(agent.EndPoint));
        agent.StopGracefully();
        var statistics = provider.GetEmfExporterStatistics()!;
        Assert.Equal(points, statistics.PointsExported);
        Assert.Equal((0, 0), (statistics.PacketsDropped, statistics.PacketsResent));
        Assert.Equal(statistics.PacketsSent, agent.Datagrams.Count);
        Assert.InRange(agent.Datagrams.Min(datagram => datagram.Length), 500, 2000);
        Assert.InRange(agent.Datagrams.Max(datagram => datagram.Length), 58_000, 65_507);
        var values = agent.Datagrams
            .SelectMany(datagram => JsonSerializer.Deserialize<JsonElement>(datagram).EnumerateObject())
            .Where(member => member.Name.Length == NameLength)
            .ToArray();
        Assert.Equal(points, values.Length);
        Assert.Equal(recorded, values.Sum(value => value.Value.GetInt64()));
    }
}
