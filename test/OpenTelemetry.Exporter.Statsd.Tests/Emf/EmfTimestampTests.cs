using System.Diagnostics.Metrics;
using System.Text.Json;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>CloudWatch is told when an interval ended, to the millisecond.</summary>
public sealed class EmfTimestampTests
{
    private const int Intervals = 3;

    [Fact]
    public void A_document_is_of_the_end_of_its_interval()
    {
        using var agent = new UdpReceiver();
        var settings = new EmfExporterOptions { Endpoint = agent.Address }.ToSettings();
        var transport = TransportFactory.Create(settings.Delivery.Endpoint, settings.Delivery.MaxPacketBytes, settings.Delivery.SkipsEmptyLines);
        using var meter = new Meter("emf.timestamps");
        using var observer = new Observer(new EmfMetricExporter("timestamps", settings, transport));
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddReader(new BaseExportingMetricReader(observer) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
        var counter = meter.CreateCounter<long>("c");
        for (var interval = 1; interval <= Intervals; interval++)
        {
            counter.Add(1);
            GoOn();
            var before = Now();
            Assert.True(provider.ForceFlush());
            var after = Now();

            var document = JsonSerializer.Deserialize<JsonElement>(agent.WaitFor(interval)[^1]);
            var timestamp = document.GetProperty("_aws").GetProperty("Timestamp").GetInt64();
            Assert.Equal(observer.End.ToUnixTimeMilliseconds(), timestamp);
            Assert.InRange(timestamp, before, after);
            Assert.True(observer.Start.ToUnixTimeMilliseconds() < before, "The beginning would do as well.");
        }
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>Lets an interval take some milliseconds.</summary>
    private static void GoOn()
    {
        var began = Now();
        Observed.Until(() => Now() > began + 2);
    }

    /// <summary>Notes what the SDK says of the points that another exporter gets.</summary>
    private sealed class Observer(BaseExporter<Metric> inner) : BaseExporter<Metric>
    {
        public DateTimeOffset Start { get; private set; }

        public DateTimeOffset End { get; private set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    (Start, End) = (point.StartTime, point.EndTime);
                }
            }

            return inner.Export(batch);
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
