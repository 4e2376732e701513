using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The telemetry of DogStatsD clients, <c>datadog.dogstatsd.client.*</c>.</summary>
[Collection(Alone.Name)]
public sealed class ClientTelemetryTests
{
    private const string Prefix = "datadog.dogstatsd.client.";

    [Fact]
    public void Its_sums_are_the_statistics()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("telemetry.sums");
        using var provider = Provider("sums", meter, receiver.EndPoint);
        var counter = meter.CreateCounter<long>("counter");
        var level = meter.CreateUpDownCounter<int>("level");
        var gauge = meter.CreateGauge<double>("gauge");
        var histogram = meter.CreateHistogram<int>("histogram");
        var random = new Random(20);
        var histograms = 0;
        StatsdExporterStatistics before = null!;
        for (var round = 0; round < 12; round++)
        {
            for (var series = random.Next(60); series >= 0; series--)
            {
                var tag = new KeyValuePair<string, object?>("series", series);
                counter.Add(1 + random.Next(1000), tag);
                level.Add(random.Next(-5, 5), tag);
                gauge.Record(random.Next(4) == 0 ? double.NaN : random.NextDouble(), tag);
                histogram.Record(random.Next(100), tag);
                histograms++;
            }

            before = provider.GetStatsdExporterStatistics("sums")!;
            provider.ForceFlush();
        }

        // Points are told of with the export that writes them, packets and bytes with the next one.
        var after = provider.GetStatsdExporterStatistics("sums")!;
        var packets = receiver.WaitFor(datagrams => Bytes(datagrams) >= after.BytesSent);
        var records = Session.DecoderFor(StatsdProfile.DatadogAgent).DecodeAll([.. packets]);
        Assert.True(after.PointsDropped > 0, "Some values were NaN.");
        Assert.Equal(after.PointsExported + after.PointsDropped, Sum("metrics"));
        Assert.Equal(after.PointsExported + after.PointsDropped, Sum("metrics_by_type"));
        Assert.Equal(records.Count(record => record.Name == "counter"), Sum("metrics_by_type", "count"));
        Assert.Equal(records.Count(record => record.Name is "level" or "gauge") + after.PointsDropped, Sum("metrics_by_type", "gauge"));
        Assert.Equal(histograms, Sum("metrics_by_type", "distribution"));
        Assert.Equal(before.PacketsSent, Sum("packets_sent"));
        Assert.Equal(before.BytesSent, Sum("bytes_sent"));
        Assert.All(["packets_dropped", "packets_dropped_queue", "packets_dropped_writer", "bytes_dropped", "bytes_dropped_queue", "bytes_dropped_writer"], name => Assert.Equal(0, Sum(name)));
        Assert.Equal(12 * 14, records.Count(IsTelemetry));
        Assert.All(records.Where(IsTelemetry), record => Assert.Equal("c", record.Type));

        double Sum(string name, string? type = null) => records
            .Where(record => record.Name == Prefix + name && (type is null || record.Tags["metrics_type"] == type))
            .Sum(record => record.Number);
    }

    [Theory]
    [InlineData(HistogramForm.Distribution, "distribution")]
    [InlineData(HistogramForm.Histogram, "histogram")]
    [InlineData(HistogramForm.Timing, "timing")]
    [InlineData(HistogramForm.Summary, "histogram")]
    [InlineData(HistogramForm.Buckets, "histogram")]
    public void Histograms_are_told_of_by_what_they_are_written_as(HistogramForm form, string type)
    {
        using var session = new Session(options: options =>
        {
            options.ClientTelemetry = true;
            options.HistogramForm = form;
        });
        session.Meter.CreateHistogram<int>("h").Record(1);
        var counts = session.FlushRecords().Where(record => record.Name == Prefix + "metrics_by_type").ToDictionary(record => record.Tags["metrics_type"], record => record.Number);
        Assert.Equal(["count", "distribution", "gauge", "histogram", "timing"], counts.Keys.Order());
        Assert.All(counts, count => Assert.Equal(count.Key == type ? 1 : 0, count.Value));
    }

    [Fact]
    public void Lines_that_no_packet_holds_are_told_of_once()
    {
        using var events = new LongLines();
        using var session = new Session(options: options =>
        {
            options.ClientTelemetry = true;
            options.MaxPacketBytes = 64;
        });
        var counter = session.Meter.CreateCounter<int>("c");
        for (var export = 0; export < 3; export++)
        {
            counter.Add(1);
            Assert.Equal(["c:1|c"], session.FlushLines());
        }

        Assert.Equal([session.Name], events.Exporters.Where(name => name == session.Name));
    }

    [Fact]
    public void It_tells_of_no_stream_neither_of_its_metrics_nor_of_its_packets()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("telemetry.stream");
        using var provider = Provider("stream", meter, receiver.EndPoint, options => options.Stream(meter.Name, "streamed"));
        var points = meter.CreateCounter<long>("points");
        var streamed = meter.CreateHistogram<long>("streamed");
        points.Add(1);
        streamed.Record(1);
        var first = Flush().Where(packet => !Encoding.UTF8.GetString(packet).StartsWith("streamed", StringComparison.Ordinal)).ToArray();
        points.Add(1);
        streamed.Record(1);
        var packets = Flush();
        var records = Session.DecoderFor(StatsdProfile.DatadogAgent).DecodeAll([.. packets]);
        Assert.Equal(2, records.Count(record => record.Name == "streamed"));
        Assert.Equal(2, Sum("metrics"));
        Assert.Equal(first.Length, Sum("packets_sent"));
        Assert.Equal(Bytes(first), Sum("bytes_sent"));

        IReadOnlyList<byte[]> Flush()
        {
            Assert.True(provider.ForceFlush());
            var told = provider.GetStatsdExporterStatistics("stream")!;
            return receiver.WaitFor(datagrams => Bytes(datagrams) >= told.BytesSent);
        }

        double Sum(string name) => records.Where(record => record.Name == Prefix + name).Sum(record => record.Number);
    }

    [Fact]
    public void Its_lines_carry_what_the_client_is_and_the_tags_and_fields_of_all_series_but_not_the_prefix()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("telemetry.tags");
        using var provider = Provider("tags", meter, receiver.EndPoint, options =>
        {
            options.Prefix = "shop";
            options.Tags["team"] = "tea";
            options.Tags["client"] = "mine";
            options.Cardinality = DatadogCardinality.Low;
        });
        meter.CreateCounter<int>("c").Add(3);
        provider.ForceFlush();
        var lines = Encoding.UTF8.GetString(receiver.WaitFor(datagrams => Bytes(datagrams) > 0)[0]).Split('\n');
        var version = typeof(StatsdExporterOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        Assert.Equal("shop.c:3|c|#team:tea,client:mine|card:low", lines[0]);
        Assert.Equal($"datadog.dogstatsd.client.metrics:1|c|#client:opentelemetry-dotnet,client_version:{version},client_transport:udp,team:tea|card:low", lines[1]);
        Assert.Equal($"datadog.dogstatsd.client.metrics_by_type:1|c|#client:opentelemetry-dotnet,client_version:{version},client_transport:udp,metrics_type:count,team:tea|card:low", lines[2]);
    }

    [Fact]
    public void Packets_that_gave_way_in_the_queue_are_told_from_those_that_could_not_be_written()
    {
        using var meter = new Meter("telemetry.drops");
        var transport = new ScriptedTransport { IsLossy = false }.Answer(SocketError.MessageSize);
        var options = new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:9", ClientTelemetry = true };
        using var provider = ProviderOver(new StatsdMetricExporter("drops", options.ToSettings(), transport), meter);
        meter.CreateCounter<int>("c").Add(1);
        provider.ForceFlush();
        var first = provider.GetStatsdExporterStatistics("drops")!;
        Assert.Equal(["packet_too_large"], first.PacketsDroppedByReason.Keys);

        meter.CreateCounter<int>("d").Add(1);
        provider.ForceFlush();
        var records = Session.DecoderFor(StatsdProfile.DatadogAgent).DecodeAll([.. transport.Taken.Select(Encoding.UTF8.GetBytes)]);
        Assert.Equal(first.PacketsDropped, Sum("packets_dropped"));
        Assert.Equal(first.PacketsDropped, Sum("packets_dropped_writer"));
        Assert.Equal(0, Sum("packets_dropped_queue"));
        Assert.Equal(first.BytesDropped, Sum("bytes_dropped"));
        Assert.Equal(first.BytesDropped, Sum("bytes_dropped_writer"));
        Assert.Equal(0, Sum("bytes_dropped_queue"));

        double Sum(string name) => records.Where(record => record.Name == Prefix + name).Sum(record => record.Number);
    }

    [Fact]
    public void Packets_that_gave_way_to_younger_ones_are_told_as_dropped_from_the_queue()
    {
        using var meter = new Meter("telemetry.queue");
        var transport = new ScriptedTransport { IsLossy = false }.Answer(SocketError.ConnectionReset);
        transport.Probes.Enqueue(SocketError.ConnectionRefused);
        var options = new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:9", ClientTelemetry = true, MaxBufferBytes = 65_536 };
        var exporter = new StatsdMetricExporter("queue", options.ToSettings(), transport);
        using var provider = ProviderOver(exporter, meter);
        var counter = meter.CreateCounter<int>("counter.of.many.series");
        for (var i = 0; i < 1900; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("series", $"a value of some length {i}"));
        }

        exporter.Grant(TimeSpan.Zero);
        provider.ForceFlush();
        var statistics = provider.GetStatsdExporterStatistics("queue")!;
        Assert.Equal(["buffer_full"], statistics.PacketsDroppedByReason.Keys);
        Assert.True(statistics.PointsDropped > 0);
        Assert.True(
            SpinWait.SpinUntil(() => exporter.IsReceiverThere(TimeSpan.FromSeconds(1)), TimeSpan.FromSeconds(60)), "The kept packets did not go out.");
        provider.ForceFlush();

        var records = Session.DecoderFor(StatsdProfile.DatadogAgent).DecodeAll([.. transport.Taken.Select(Encoding.UTF8.GetBytes)]);
        Assert.Equal(statistics.PacketsDropped, Sum("packets_dropped_queue"));
        Assert.Equal(statistics.BytesDropped, Sum("bytes_dropped_queue"));
        Assert.Equal(statistics.PacketsDropped, Sum("packets_dropped"));
        Assert.Equal(0, Sum("packets_dropped_writer"));
        Assert.Equal(1900, Sum("metrics"));
        Assert.Equal(1900 - statistics.PointsDropped, records.Count(record => record.Name == "counter.of.many.series"));

        double Sum(string name) => records.Where(record => record.Name == Prefix + name).Sum(record => record.Number);
    }

    [Fact]
    public void Where_no_line_of_it_fits_the_points_go_out_all_the_same()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("telemetry.small");
        using var provider = Provider("small", meter, receiver.EndPoint, options => options.MaxPacketBytes = 64);
        meter.CreateCounter<int>("c").Add(3);
        Assert.True(provider.ForceFlush());
        var statistics = provider.GetStatsdExporterStatistics("small")!;
        Assert.Equal((1, 0), (statistics.PointsExported, statistics.PointsDropped));
        Assert.Equal("c:3|c".Length, statistics.BytesSent);
    }

    [Fact]
    public void It_is_not_sent_unless_asked_for()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("telemetry.none");
        using var provider = Provider("none", meter, receiver.EndPoint, options => options.ClientTelemetry = false);
        meter.CreateCounter<int>("c").Add(3);
        Assert.True(provider.ForceFlush());
        Assert.Equal("c:3|c".Length, provider.GetStatsdExporterStatistics("none")!.BytesSent);
    }

    [Theory]
    [InlineData(StatsdProfile.StatsD)]
    [InlineData(StatsdProfile.Telegraf)]
    public void Only_a_Datadog_Agent_may_be_sent_it(StatsdProfile profile)
    {
        var builder = Sdk.CreateMeterProviderBuilder().AddStatsdExporter(options => (options.Profile, options.ClientTelemetry) = (profile, true));
        var error = Assert.Throws<OptionsValidationException>(builder.Build);
        Assert.Contains("ClientTelemetry is 'True'. Valid: False, or the Profile DatadogAgent.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_export_with_it_allocates_nothing()
    {
        Assert.SkipWhen(
            typeof(StatsdExporterOptions).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true },
            "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var receiver = new UdpReceiver();
        using var meter = new Meter("telemetry.allocation");
        var settings = new StatsdExporterOptions { Endpoint = $"udp://{receiver.EndPoint}", ClientTelemetry = true }.ToSettings();
        var measured = new MeasuredExporter(
            new StatsdMetricExporter("allocation", settings, new UdpTransport(settings.Delivery.Endpoint, settings.Delivery.MaxPacketBytes, asksWithEmptyLine: true)));
        using var provider = ProviderOver(measured, meter);
        var counter = meter.CreateCounter<int>("c");
        var rounds = Allocated.ByRounds(() =>
        {
            counter.Add(1);
            Assert.True(provider.ForceFlush());
            return measured.AllocatedBytes;
        });
        Assert.True(rounds[0] > 0, "The first export has to build its caches, or nothing is measured.");
        Assert.True(Allocated.IsSteady(rounds), string.Join(" ", rounds));
    }

    private static bool IsTelemetry(StatsdRecord record) => record.Name.StartsWith(Prefix, StringComparison.Ordinal);

    private static long Bytes(IEnumerable<byte[]> datagrams) => datagrams.Sum(datagram => (long)datagram.Length);

    private static MeterProvider Provider(string name, Meter meter, IPEndPoint receiver, Action<StatsdExporterOptions>? configure = null) => Sdk
        .CreateMeterProviderBuilder()
        .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
        .AddMeter(meter.Name)
        .AddStatsdExporter(name, (options, reader) =>
        {
            options.Endpoint = $"udp://{receiver}";
            options.MaxPacketsPerSecond = 10_000_000;
            options.ClientTelemetry = true;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            configure?.Invoke(options);
        })
        .Build();

    private static MeterProvider ProviderOver(BaseExporter<Metric> exporter, Meter meter) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
        .AddMeter(meter.Name)
        .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
        .Build();

    /// <summary>Which exporters said that a line was too long.</summary>
    private sealed class LongLines : EventListener
    {
        private readonly ConcurrentQueue<string> exporters = new();

        public IEnumerable<string> Exporters => exporters;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-Statsd")
            {
                EnableEvents(eventSource, EventLevel.Warning);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName == "LineTooLong")
            {
                exporters?.Enqueue((string)eventData.Payload![0]!);
            }
        }
    }
}
