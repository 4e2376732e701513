using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using OpenTelemetry.Exporter.Statsd.Tests.Properties;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Records into real instruments of a real provider, whose exporter sends to an agent on loopback.</summary>
internal sealed class EmfRun : IDisposable
{
    private static int runs;

    private readonly string id = $"emf{Interlocked.Increment(ref runs)}";
    private readonly EmfCase given;
    private readonly EmfPoints points = new();
    private readonly EventLog events;
    private readonly RecordedInstruments instruments;
    private readonly MeterProvider provider;
    private int received;

    public EmfRun(EmfCase given)
    {
        this.given = given;
        events = new EventLog(id);
        var agent = new ReceiverOptions { ReadsAsCloudWatchAgent = true };
        Receiver = given.IsUdp ? new UdpReceiver(options: agent) : new TcpReceiver(options: agent);
        instruments = new RecordedInstruments(given.Instruments, id, cardinalityLimit: 20);
#pragma warning disable CA2000 // The provider disposes of the reader.
        provider = instruments.AddTo(Sdk.CreateMeterProviderBuilder())
            .ConfigureResource(resource => resource.Clear().AddAttributes([new("service.namespace", "shop"), new("service.name", "till")]))
            .AddReader(new BaseExportingMetricReader(points) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .AddEmfExporter(id, Configure)
            .Build();
#pragma warning restore CA2000
        instruments.Create();
    }

    public Receiver Receiver { get; }

    public EmfExporterStatistics Statistics => provider.GetEmfExporterStatistics(id)!;

    /// <summary>What the exporter has said.</summary>
    public IEnumerable<string> Events => events.Texts;

    /// <summary>Records the values of the next export, and has it exported.</summary>
    /// <returns>What the SDK made of them, and the documents that came out.</returns>
    public (IReadOnlyList<EmfPoint> Points, IReadOnlyList<byte[]> Documents) Export()
    {
        instruments.Record();
        Assert.True(provider.ForceFlush());
        instruments.EndExport();
        var statistics = Statistics;
        var payloads = Receiver.WaitFor(payloads => given.IsUdp
            ? payloads.Count >= statistics.PacketsSent
            : payloads.Sum(payload => payload.Length + 1L) >= statistics.BytesSent);
        byte[][] documents = [.. payloads.Skip(received)];
        received = payloads.Count;
        return ([.. points.Last], documents);
    }

    public void Dispose()
    {
        provider.Dispose();
        instruments.Dispose();
        Receiver.Dispose();
        events.Dispose();
    }

    private void Configure(EmfExporterOptions options, MetricReaderOptions reader)
    {
        options.Endpoint = Receiver.Address;
        options.MaxPacketBytes = given.MaxPacketBytes;
        options.MaxBufferBytes = 16 << 20;

        // Were it more, nobody would ask whether the receiver is behind.
        options.MaxPacketsPerSecond = 99_999;
        options.MaxPacketsPerBurst = 1024;
        options.HistogramForm = given.Form;
        options.LogStreamName = "stream";
        options.ExcludedDimensions.Add($"{EmfCase.NoDimension}*");
        options.HighResolutionMetrics.Add($"{EmfCase.HighResolution}*");
        options.UseDimensionSets($"{EmfCase.InSets}*", [EmfCase.Id, "a"], [EmfCase.Id], []);

        // Only the test's own flushes export.
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
    }

    private sealed class EventLog(string exporter) : EventListener
    {
        public ConcurrentQueue<string> Texts { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-Statsd")
            {
                EnableEvents(eventSource, EventLevel.Error);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (Equals(eventData.Payload?[0], exporter))
            {
                Texts.Enqueue($"{eventData.EventName}: {string.Join(' ', eventData.Payload!)}");
            }
        }
    }
}
