using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The exporter's own meter and events.</summary>
[Collection(Alone.Name)]
public sealed class SelfReportingTests
{
    private const string MeterName = "OpenTelemetry.Exporter.Statsd";

    [Fact]
    public void An_export_counts_points_packets_and_bytes_and_takes_its_time()
    {
        using var session = new Session(options: options => options.MaxPacketBytes = 64);
        using var self = new SelfMetrics(session.Name);
        var counter = session.Meter.CreateCounter<int>("counter");
        for (var i = 0; i < 100; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("series", i));
        }

        var packets = session.FlushPackets();
        Assert.Equal(100, self["statsd.exporter.points.exported"]);
        Assert.Equal(packets.Count, self["statsd.exporter.packets.sent"]);
        Assert.Equal(packets.Sum(packet => packet.Length), self["statsd.exporter.bytes.sent"]);
        Assert.True(self["statsd.exporter.export.duration"] > 0);
        Assert.Equal(0, self.All("statsd.exporter.points.dropped"));
        Assert.Equal(0, self.All("statsd.exporter.packets.dropped"));
    }

    [Fact]
    public void A_provider_may_export_the_exporters_own_meter_without_feeding_itself()
    {
        using var session = new Session(build: builder => builder.AddMeter(MeterName));
        session.Meter.CreateCounter<int>("c").Add(1);
        var first = session.FlushPackets();
        var lines = first.SelectMany(packet => Encoding.UTF8.GetString(packet).Split('\n')).ToArray();
        Assert.Contains("c:1|c", lines);

        // The second export carries what the first did, the third what the second did: no more each time.
        var second = session.FlushRecords().Where(record => record.Tags["exporter"] == session.Name).ToArray();
        Assert.Equal(lines.Length, second.Single(record => record.Name == "statsd.exporter.points.exported").Number);
        Assert.Equal(first.Sum(packet => packet.Length), second.Single(record => record.Name == "statsd.exporter.bytes.sent").Number);
        var third = session.FlushRecords().Count(record => record.Tags["exporter"] == session.Name);
        var fourth = session.FlushRecords().Count(record => record.Tags["exporter"] == session.Name);
        Assert.Equal(third, fourth);
    }

    [Fact]
    public void A_listener_that_throws_does_not_harm_an_export()
    {
        using var session = new Session();
        using var others = new SelfMetrics(session.Name);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Throw(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Throw(tags));
        listener.Start();
        session.Meter.CreateCounter<int>("c").Add(1);
        session.Meter.CreateGauge<double>("g").Record(double.NaN);
        Assert.Equal(["c:1|c"], session.FlushLines());

        // Whoever listens besides gets every count.
        Assert.Equal(1, others["statsd.exporter.points.exported"]);
        Assert.Equal(1, others["statsd.exporter.points.dropped", "invalid_value"]);
        Assert.Equal(1, others["statsd.exporter.packets.sent"]);

        void Throw(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if ((string?)tags[0].Value == session.Name)
            {
                throw new InvalidOperationException("A listener of the application.");
            }
        }
    }

    [Fact]
    public void Each_way_of_losing_data_raises_an_event()
    {
        using var events = new Events();
        using (var session = new Session(StatsdProfile.PrometheusStatsdExporter, options => options.MaxPacketBytes = 64))
        {
            session.Meter.CreateGauge<double>("invalid.one").Record(double.NaN);
            session.Meter.CreateCounter<int>("negative.one").Add(-1);
            session.Meter.CreateCounter<int>("long." + new string('n', 70)).Add(1);
            session.Meter.CreateCounter<int>("fine").Add(1);
            session.FlushLines();
        }

        using (var session = new Session(StatsdProfile.StatsD))
        {
            for (var i = 0; i < 15; i++)
            {
                var merged = session.Meter.CreateCounter<int>($"merged.{i}");
                merged.Add(1, new KeyValuePair<string, object?>("k", 1));
                merged.Add(1, new KeyValuePair<string, object?>("k", 2));
            }

            session.FlushLines();
        }

        string negative;
        using (var session = new Session(StatsdProfile.StatsD))
        {
            negative = session.Name;
            session.Meter.CreateHistogram<int>("negative.value").Record(-1);
            session.FlushLines();
        }

        using var meter = new Meter("events.nobody");
        using var closed = new TestSupport.ClosedPort();
        using (Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddStatsdExporter(options => options.Endpoint = $"udp://{closed.EndPoint}").Build())
        {
            meter.CreateCounter<int>("c").Add(1);
        }

        using (var resolver = new Transport.NameResolver("unknown.test", (_, _) => throw new SocketException((int)SocketError.HostNotFound)))
        {
            resolver.Wait(TimeSpan.FromSeconds(60));
        }

        Assert.Contains(events.All, text => text.StartsWith("InvalidValue", StringComparison.Ordinal) && text.Contains("invalid.one", StringComparison.Ordinal));
        Assert.Contains(events.All, text => text.StartsWith("NegativeCounter", StringComparison.Ordinal) && text.Contains("negative.one", StringComparison.Ordinal));
        Assert.Contains(events.All, text => text.StartsWith("LineTooLong", StringComparison.Ordinal) && text.Contains("long.nnn", StringComparison.Ordinal));
        Assert.Contains($"NegativeValue: {negative}, negative.value, 0", events.All);
        Assert.Equal(15, events.All.Where(text => text.StartsWith("SeriesMerged", StringComparison.Ordinal)).Distinct().Count());
        Assert.Contains(events.All, text => text.StartsWith("PacketDropped", StringComparison.Ordinal) && text.Contains("receiver_away", StringComparison.Ordinal));
        Assert.Contains(events.All, text => text.StartsWith("ReceiverAway", StringComparison.Ordinal) && text.Contains("ConnectionRefused", StringComparison.Ordinal));
        Assert.Contains(events.All, text => text.StartsWith("NameNotResolved", StringComparison.Ordinal) && text.Contains("unknown.test", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(HistogramForm.Distribution, true)]
    [InlineData(HistogramForm.Summary, true)]
    [InlineData(HistogramForm.Buckets, false)]
    public void It_is_said_once_that_explicit_buckets_make_quantiles_approximate(HistogramForm form, bool isSaid)
    {
        using var events = new Events();
        using var session = new Session(options: options => options.HistogramForm = form, build: builder => builder
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration()));
        var name = $"explicit.{form}";
        var histogram = session.Meter.CreateHistogram<double>(name);
        var exponential = session.Meter.CreateHistogram<double>("exponential");
        for (var round = 0; round < 3; round++)
        {
            histogram.Record(round, new KeyValuePair<string, object?>("round", round));
            exponential.Record(round);
            session.FlushLines();
        }

        Assert.Equal(isSaid ? [$"ApproximateQuantiles: {session.Name}, {name}"] : [], events.All.Where(text => text.Contains(name, StringComparison.Ordinal)));
        Assert.DoesNotContain($"ApproximateQuantiles: {session.Name}, exponential", events.All);
    }

    [Fact]
    public void The_events_of_one_exporter_do_not_keep_those_of_another_back()
    {
        using var events = new Events();
        using var loud = new Session();
        using var quiet = new Session();
        for (var i = 0; i < 20; i++)
        {
            loud.Meter.CreateGauge<double>($"gauge.{i}").Record(double.NaN);
            loud.Meter.CreateGauge<int>($"fine.{i}").Record(1);
        }

        loud.FlushLines();
        quiet.Meter.CreateGauge<double>("gauge").Record(double.NaN);
        quiet.Meter.CreateGauge<int>("fine").Record(1);
        quiet.FlushLines();
        Assert.Equal(10, events.All.Count(text => text.StartsWith($"InvalidValue: {loud.Name}, ", StringComparison.Ordinal)));
        Assert.Contains($"InvalidValue: {quiet.Name}, gauge, 0", events.All);
    }

    [Fact]
    public void Ten_events_pass_each_minute_and_the_next_one_says_how_many_were_held_back()
    {
        var clock = 0L;
        var throttle = new Diagnostics.EventThrottle(() => clock);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(throttle.TryPass(out var none));
            Assert.Equal(0, none);
        }

        for (var i = 0; i < 7; i++)
        {
            clock += 1000;
            Assert.False(throttle.TryPass(out _));
        }

        clock = 60_000;
        Assert.True(throttle.TryPass(out var held));
        Assert.Equal(7, held);
    }

    private sealed class Events : EventListener
    {
        private readonly ConcurrentQueue<string> all = new();

        public IEnumerable<string> All => all;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-Statsd")
            {
                EnableEvents(eventSource, EventLevel.Warning);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            var payload = string.Join(", ", eventData.Payload!.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
            all?.Enqueue($"{eventData.EventName}: {payload}");
        }
    }
}
