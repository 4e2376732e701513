using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Recording while exporting, shutting down, and having nobody to send to.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public void Eight_threads_record_while_exports_run_and_nothing_is_lost()
    {
        const int Threads = 8;
        const int Rounds = 20_000;
        const int Series = 50;
        using var session = new Session(options: options => options.HistogramForms["took"] = HistogramForm.Summary);
        using var self = new SelfMetrics(session.Name);
        var counter = session.Meter.CreateCounter<long>("hits");
        var distribution = session.Meter.CreateHistogram<double>("spread");
        var histogram = session.Meter.CreateHistogram<double>("took");
        var recorded = 0L;
        var workers = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var tag = new KeyValuePair<string, object?>("series", i % Series);
                counter.Add(i, tag);
                histogram.Record(i, tag);
                distribution.Record(i, tag);
                Interlocked.Add(ref recorded, i);
            }
        })).ToArray();
        foreach (var worker in workers)
        {
            worker.Start();
        }

        var model = new ReceiverModel(ReceiverKind.DatadogAgent);
        while (workers.Any(worker => worker.IsAlive))
        {
            model.Apply(session.FlushRecords());
        }

        model.Apply(session.FlushRecords());
        Assert.Equal(recorded, Sum("hits"));
        Assert.Equal(Threads * Rounds, Sum("took.count"));
        Assert.Equal(recorded, Sum("took.sum"));
        Assert.Equal(Threads * Rounds, Enumerable.Range(0, Series).Sum(
            series => model.Samples("spread", ("series", series.ToString(CultureInfo.InvariantCulture))).Sum(sample => sample.Weight)));
        Assert.Equal(0, self.All("statsd.exporter.points.dropped"));

        double Sum(string name) => model.Counters.Where(counted => counted.Key.Name == name).Sum(counted => counted.Value);
    }

    [Fact]
    public void Disposing_of_the_provider_sends_what_was_recorded()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("lifecycle.dispose");
        using (Provider(meter, receiver.EndPoint, "lifecycle.dispose"))
        {
            meter.CreateCounter<int>("last").Add(1);
        }

        Assert.Equal("last:1|c"u8.ToArray(), Assert.Single(receiver.WaitForDatagrams(1)));
    }

    [Fact]
    public void Shutting_down_twice_and_disposing_twice_is_harmless()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("lifecycle.twice");
        var provider = Provider(meter, receiver.EndPoint, "lifecycle.twice");
        meter.CreateCounter<int>("last").Add(1);
        Assert.True(provider.Shutdown());
        provider.Shutdown();
        provider.Dispose();
        provider.Dispose();
        Assert.Single(receiver.WaitForDatagrams(1));
    }

    [Fact]
    public void The_interval_sends_without_being_asked()
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter("lifecycle.interval");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddStatsdExporter((statsd, reader) =>
            {
                statsd.Endpoint = $"udp://{receiver.EndPoint}";
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 20;
            })
            .Build();
        meter.CreateUpDownCounter<int>("level").Add(4);
        Assert.All(receiver.WaitForDatagrams(3), packet => Assert.Equal("level:4|g"u8.ToArray(), packet));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void With_nobody_listening_no_exception_leaves_and_every_point_is_counted_as_lost(AddressFamily family)
    {
        const int Points = 500;
        using var meter = new Meter($"lifecycle.nobody.{family}");
        using var self = new SelfMetrics(meter.Name);
        using var closed = new ClosedPort(family);
        using (var provider = Provider(meter, closed.EndPoint, meter.Name))
        {
            var counter = meter.CreateCounter<int>("c");
            for (var i = 0; i < Points; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("series", i));
            }

            provider.ForceFlush();
            Assert.False(provider.Shutdown());
        }

        Assert.Equal(Points, self["statsd.exporter.points.dropped", "receiver_away"]);
        Assert.Equal(0, self["statsd.exporter.points.exported"]);
        Assert.Equal(0, self["statsd.exporter.packets.sent"]);
        Assert.True(self["statsd.exporter.packets.dropped", "receiver_away"] > 1);
    }

    [Fact]
    public void A_receiver_that_comes_back_gets_what_was_recorded_meanwhile()
    {
        using var meter = new Meter("lifecycle.restart");
        using var self = new SelfMetrics(meter.Name);
        var counter = meter.CreateCounter<int>("c");
        using var receiver = new UdpReceiver();
        using var provider = Provider(meter, receiver.EndPoint, meter.Name);

        Flush(1);
        Assert.Equal(1, Sum(receiver.WaitForDatagrams(1)));
        receiver.StopGracefully();
        Flush(2);
        receiver.Start();

        // The exporter waits a little longer after each failure before it tries again.
        counter.Add(4);
        Observed.Until(() => provider.ForceFlush());
        Assert.Equal(1 + 2 + 4, Sum(receiver.WaitForDatagrams(2)));
        Assert.Equal(2, self["statsd.exporter.points.exported"]);
        Assert.Equal(0, self.All("statsd.exporter.points.dropped"));

        void Flush(int value)
        {
            counter.Add(value);
            provider.ForceFlush();
        }

        static double Sum(IReadOnlyList<byte[]> packets) =>
            new StatsdDecoder(TagDialect.DogStatsd).DecodeAll(packets).Sum(record => record.Number);
    }

    [Fact]
    public void A_name_without_an_address_delays_no_start_and_every_point_is_counted_as_lost()
    {
        using var meter = new Meter("lifecycle.noname");
        using var self = new SelfMetrics(meter.Name);
        var endpoint = new Transport.Endpoint("unknown.test", 8125);
        using var resolver = new Transport.NameResolver(endpoint.Host, (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        using var exporter = new Statsd.StatsdMetricExporter(
            meter.Name, new StatsdExporterOptions { Endpoint = endpoint.ToString() }.ToSettings(), new Transport.UdpTransport(endpoint, 1432, asksWithEmptyLine: true, resolver));
        using (Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build())
        {
            meter.CreateCounter<int>("c").Add(1);
        }

        Assert.Equal(1, self["statsd.exporter.points.dropped", "receiver_away"]);
    }

    [Fact]
    public void A_packet_that_the_system_refuses_is_counted()
    {
        using var meter = new Meter("lifecycle.toolarge");
        using var self = new SelfMetrics(meter.Name);
        var transport = new ScriptedTransport().Answer(SocketError.MessageSize);
        using var exporter = new Statsd.StatsdMetricExporter(
            meter.Name, new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:9" }.ToSettings(), transport);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
        meter.CreateCounter<int>("c").Add(1);
        provider.ForceFlush();
        Assert.Equal(1, self["statsd.exporter.packets.dropped", "packet_too_large"]);
        Assert.Equal(1, self["statsd.exporter.points.dropped", "packet_too_large"]);
    }

    private static MeterProvider Provider(Meter meter, IPEndPoint endPoint, string name) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
        .AddMeter(meter.Name)
        .AddStatsdExporter(name, options => options.Endpoint = $"udp://{endPoint}")
        .Build();
}
