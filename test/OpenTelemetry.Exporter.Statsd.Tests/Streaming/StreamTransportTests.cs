using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Many threads record, over each transport: what is read back is what was recorded and not refused.</summary>
public sealed class StreamTransportTests
{
    [Theory]
    [InlineData("udp")]
    [InlineData("unix")]
    [InlineData("unixstream")]
    [InlineData("tcp")]
    public void Eight_threads_record_and_everything_is_read_back_or_counted(string scheme)
    {
        const int Threads = 8;
        const int Rounds = 20_000;
        const int Series = 20;
        using var receiver = Receivers.Of(scheme);
        using var meter = new Meter($"stream.{scheme}");
        using var self = new SelfMetrics(meter.Name);
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddStatsdExporter(meter.Name, options =>
            {
                options.Endpoint = receiver.Address;
                options.DropStreamedFromSdk = true;
                options.Stream(meter.Name);
            })
            .Build();
        var counter = meter.CreateCounter<long>("hits");
        var histogram = meter.CreateHistogram<double>("took");
        var workers = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 1; i <= Rounds; i++)
            {
                var tag = new KeyValuePair<string, object?>("series", i % Series);
                counter.Add(1, tag);
                histogram.Record(i, tag);
            }
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        Assert.True(provider.ForceFlush());
        var statistics = provider.GetStatsdExporterStatistics(meter.Name)!;
        Assert.True(provider.Shutdown());
        provider.Dispose();
        receiver.StopGracefully();

        var ended = provider.GetStatsdExporterStatistics(meter.Name)!;
        Assert.Equal(statistics.MeasurementsExported, ended.MeasurementsExported);
        var records = new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(receiver.Payloads);
        var hits = records.Where(record => record.Name == "hits").Sum(record => record.Number);
        var values = records.Where(record => record.Name == "took").GroupBy(record => record.Number).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(hits + values.Values.Sum(), ended.MeasurementsExported);
        Assert.Equal(2L * Threads * Rounds, ended.MeasurementsExported + ended.MeasurementsRefused);
        Assert.Equal(0, ended.MeasurementsDropped);
        Assert.True(ended.MeasurementsExported > 0);
        Assert.All(values, value => Assert.InRange(value.Value, 1, Threads));
        Assert.Equal(ended.MeasurementsExported, self["statsd.exporter.measurements.exported"]);
        Assert.Equal(ended.MeasurementsRefused, self.All("statsd.exporter.measurements.refused"));
        Assert.Equal(ended.PacketsSent, self["statsd.exporter.packets.sent"]);
    }
}
