using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What exporters let the meter observe, and the events of delivery.</summary>
[Collection(Alone.Name)]
public sealed class SelfObservationTests
{
    private const string MeterName = "OpenTelemetry.Exporter.Statsd";

    [Fact]
    public void Gauges_show_what_an_exporter_holds_for_as_long_as_it_lives()
    {
        using var meter = new Meter("observed");
        var transport = new ScriptedTransport { IsLossy = false }.Answer(SocketError.ConnectionReset);
        transport.Probes.Enqueue(SocketError.ConnectionRefused);
        var provider = ProviderOver(transport, "observed", meter);
        Assert.Equal([("breaker.state", 0), ("queue.packets", 0), ("queue.size", 0)], Observed("observed"));

        meter.CreateCounter<int>("c").Add(1);
        provider.ForceFlush();
        Assert.Equal([("breaker.state", 2), ("queue.packets", 1), ("queue.size", "c:1|c".Length)], Observed("observed"));

        provider.Dispose();
        Assert.Empty(Observed("observed"));
    }

    [Fact]
    public void Exporters_of_one_name_are_observed_as_one()
    {
        using var meter = new Meter("twice");
        var away = new ScriptedTransport { IsLossy = false }.Answer(SocketError.ConnectionReset);
        away.Probes.Enqueue(SocketError.ConnectionRefused);
        using var one = ProviderOver(away, "twice", meter);
        var alsoAway = new ScriptedTransport { IsLossy = false }.Answer(SocketError.ConnectionReset);
        alsoAway.Probes.Enqueue(SocketError.ConnectionRefused);
        using var two = ProviderOver(alsoAway, "twice", meter);
        using var three = ProviderOver(new ScriptedTransport(), "twice", meter);
        meter.CreateCounter<int>("c").Add(1);
        one.ForceFlush();
        two.ForceFlush();
        three.ForceFlush();
        Assert.Equal([("breaker.state", 2), ("queue.packets", 2), ("queue.size", 2 * "c:1|c".Length)], Observed("twice"));
    }

    [Fact]
    public void A_provider_that_exports_the_exporters_own_meter_sends_the_same_each_time()
    {
        using var session = new Session(build: builder => builder.AddMeter(MeterName));
        session.Meter.CreateCounter<int>("c").Add(1);
        session.FlushRecords();
        session.FlushRecords();
        var series = SeriesOf(session.FlushRecords());
        Assert.Superset(
            new HashSet<string>(["statsd.exporter.queue.size", "statsd.exporter.queue.packets", "statsd.exporter.breaker.state"]),
            series.ToHashSet());
        for (var round = 0; round < 10; round++)
        {
            Assert.Equal(series, SeriesOf(session.FlushRecords()));
        }

        string[] SeriesOf(IEnumerable<StatsdRecord> records) =>
            [.. records.Where(record => record.Tags["exporter"] == session.Name).Select(record => record.Name).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Packets_kept_and_sent_again_and_an_address_that_changed_raise_events()
    {
        using var events = new Events();
        using var meter = new Meter("delivery.events");
        using var self = new SelfMetrics("resent.events");
        var resending = new ScriptedTransport { IsLossy = true };
        resending.Reports.Enqueue(SocketError.ConnectionRefused);
        using (var provider = ProviderOver(resending, "resent.events", meter, "udp://resent.test:9"))
        {
            meter.CreateCounter<int>("c").Add(1);
            Assert.True(provider.ForceFlush());
            Assert.Equal(["c:1|c", "c:1|c"], resending.Taken);
            Assert.Equal(1, provider.GetStatsdExporterStatistics("resent.events")!.PacketsResent);
            Assert.Equal(1, self["statsd.exporter.packets.resent"]);
        }

        var keeping = new ScriptedTransport { IsLossy = true };
        keeping.Reports.Enqueue(SocketError.ConnectionRefused);
        keeping.Probes.Enqueue(SocketError.ConnectionRefused);
        using (var provider = ProviderOver(keeping, "kept.events", meter, "udp://kept.test:9"))
        {
            meter.CreateCounter<int>("d").Add(1);
            Assert.False(provider.ForceFlush());
        }

        IPAddress[] found = [IPAddress.Loopback];
        using (var resolver = new NameResolver("changed.test", (_, _) => Task.FromResult(found)))
        {
            resolver.Wait(TimeSpan.FromSeconds(60));
            found = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")];
            resolver.RefreshIfOlderThan(TimeSpan.Zero);
            resolver.Wait(TimeSpan.FromSeconds(60));
        }

        Assert.Contains("PacketsResent: resent.events, udp://resent.test:9, 1, 0", events.All);
        Assert.Contains("PacketsKept: kept.events, udp://kept.test:9, 1, 5, 0", events.All);
        Assert.Contains("AddressChanged: changed.test, 127.0.0.2, 127.0.0.3, 0", events.All);
    }

    private static (string Instrument, long Value)[] Observed(string exporter)
    {
        var values = new List<(string, long)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == MeterName && instrument.IsObservable)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags.Length == 1 && tags[0].Key == "exporter" && (string?)tags[0].Value == exporter)
            {
                values.Add((instrument.Name.Replace("statsd.exporter.", string.Empty, StringComparison.Ordinal), value));
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        values.Sort();
        return [.. values];
    }

    private static MeterProvider ProviderOver(ITransport transport, string name, Meter meter, string endpoint = "udp://127.0.0.1:9")
    {
        var settings = new StatsdExporterOptions { Endpoint = endpoint }.ToSettings();
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

    private sealed class Events : EventListener
    {
        private readonly ConcurrentQueue<string> all = new();

        public IEnumerable<string> All => all;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-Statsd")
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            var payload = string.Join(", ", eventData.Payload!.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
            all?.Enqueue($"{eventData.EventName}: {payload}");
        }
    }
}
