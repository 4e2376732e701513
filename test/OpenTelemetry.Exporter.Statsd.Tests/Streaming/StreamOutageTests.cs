using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Receivers that go away and come back while measurements are streamed to them.</summary>
public sealed class StreamOutageTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("udp")]
    [InlineData("unix")]
    public void What_is_recorded_while_the_receiver_is_away_arrives_exactly_when_it_is_back(string scheme)
    {
        using Receiver receiver = scheme == "udp" ? new UdpReceiver() : new UnixDatagramReceiver();
        using var meter = new Meter($"stream.outage.{scheme}");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddStatsdExporter(meter.Name, options =>
            {
                options.Endpoint = receiver.Address;
                options.Stream(meter.Name);
            })
            .Build();
        var counter = meter.CreateCounter<long>("c");
        var gauge = meter.CreateGauge<long>("g");
        var histogram = meter.CreateHistogram<long>("h");
        var recorded = 0;
        Record();
        Assert.True(SpinWait.SpinUntil(() => provider.ForceFlush(), Soon));
        receiver.StopGracefully();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Record();
                provider.ForceFlush();
                return provider.GetStatsdExporterStatistics(meter.Name)!.BreakerState != StatsdBreakerState.Closed;
            },
            Soon));

        for (var i = 0; i < 50; i++)
        {
            Record();
        }

        receiver.Start();
        Assert.True(SpinWait.SpinUntil(() => provider.ForceFlush(), Soon));
        var records = new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(receiver.WaitFor(_ => Decode().Count(record => record.Name == "h") >= recorded));
        Assert.Equal(recorded, records.Where(record => record.Name == "c").Sum(record => record.Number));
        Assert.Equal(Enumerable.Range(1, recorded).Select(i => (double)i), records.Where(record => record.Name == "h").Select(record => record.Number));
        Assert.Equal(recorded, records.Last(record => record.Name == "g").Number);
        var statistics = provider.GetStatsdExporterStatistics(meter.Name)!;
        Assert.Equal(0, statistics.MeasurementsDropped + statistics.MeasurementsRefused);

        void Record()
        {
            recorded++;
            counter.Add(1);
            gauge.Record(recorded);
            histogram.Record(recorded);
        }

        IReadOnlyList<StatsdRecord> Decode() => new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(receiver.Payloads);
    }

    [Fact]
    public void With_nobody_there_at_all_every_measurement_is_counted_as_lost_at_the_end()
    {
        using var closed = new ClosedPort(System.Net.Sockets.AddressFamily.InterNetwork);
        using var meter = new Meter("stream.nobody");
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddStatsdExporter(meter.Name, options =>
            {
                options.Endpoint = $"udp://{closed.EndPoint}";
                options.Stream(meter.Name);
            })
            .Build();
        var counter = meter.CreateCounter<long>("c");
        var histogram = meter.CreateHistogram<long>("h");
        for (var i = 0; i < 5000; i++)
        {
            counter.Add(1);
            histogram.Record(i);
        }

        Assert.False(provider.ForceFlush());
        Assert.False(provider.Shutdown());
        provider.Dispose();
        var statistics = provider.GetStatsdExporterStatistics(meter.Name)!;
        Assert.Equal(10_000, statistics.MeasurementsDroppedByReason["receiver_away"]);
        Assert.Equal(0, statistics.MeasurementsExported);
        Assert.Equal(0, statistics.QueuedPackets);
    }
}
