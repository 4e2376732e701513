using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>What an export has put on the wire, and what the exporter says of itself.</summary>
internal sealed record ActualExport(
    IReadOnlyList<byte[]> Datagrams, long PointsExported, IReadOnlyDictionary<string, long> PointsDropped, long PacketsSent);

/// <summary>Records into real instruments of a real provider, whose exporter sends to a socket on loopback.</summary>
internal sealed class ProviderRun : IDisposable
{
    private static readonly byte[] EndMark = "end of export"u8.ToArray();
    private static int runs;

    private readonly string id = $"run{Interlocked.Increment(ref runs)}";
    private readonly Recording recording;
    private readonly UdpReceiver receiver = new();
    private readonly Socket marker = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly MeterListener listener = new();
    private readonly Dictionary<(string Counter, string Reason), long> own = [];
    private readonly RecordedInstruments instruments;
    private readonly MeterProvider provider;

    public ProviderRun(Recording recording)
    {
        this.recording = recording;
        listener.InstrumentPublished = (instrument, target) =>
        {
            if (instrument.Meter.Name == "OpenTelemetry.Exporter.Statsd")
            {
                target.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(Listen);
        listener.Start();

        instruments = new RecordedInstruments(recording.Instruments, id, cardinalityLimit: 20);
        provider = instruments.AddTo(Sdk.CreateMeterProviderBuilder())
            .ConfigureResource(resource =>
            {
                resource.Clear();
                if (recording.ServiceName is not null)
                {
                    resource.AddAttributes([new("service.name", recording.ServiceName)]);
                }
            })
            .AddStatsdExporter(id, Configure)
            .Build();
        instruments.Create();
    }

    public string MeterName(Recorded instrument) => instruments.MeterName(instrument);

    public string InstrumentName(Recorded instrument) => instruments.InstrumentName(instrument);

    /// <summary>Records the values of the next export, and has it exported.</summary>
    public ActualExport Export()
    {
        own.Clear();
        var before = receiver.Datagrams.Count;
        instruments.Record();
        Assert.True(provider.ForceFlush());
        instruments.EndExport();
        var sent = own.GetValueOrDefault(("statsd.exporter.packets.sent", string.Empty));
        marker.SendTo(EndMark, new IPEndPoint(IPAddress.Loopback, receiver.Port));

        // What another processor has sent may come behind the mark; what nobody has counted comes before it.
        var datagrams = receiver.WaitFor(all => all.Count > before + sent && all.Skip(before).Any(IsEndMark));
        return new ActualExport(
            [.. datagrams.Skip(before).Where(datagram => !IsEndMark(datagram))],
            own.GetValueOrDefault(("statsd.exporter.points.exported", string.Empty)),
            own.Where(pair => pair.Key.Counter == "statsd.exporter.points.dropped").ToDictionary(pair => pair.Key.Reason, pair => pair.Value),
            sent);
    }

    public void Dispose()
    {
        provider.Dispose();
        instruments.Dispose();
        listener.Dispose();
        marker.Dispose();
        receiver.Dispose();
    }

    private static bool IsEndMark(byte[] datagram) => datagram.AsSpan().SequenceEqual(EndMark);

    private void Configure(StatsdExporterOptions options, MetricReaderOptions reader)
    {
        options.Endpoint = $"udp://127.0.0.1:{receiver.Port}";
        options.Profile = recording.Profile;
        options.MaxPacketBytes = recording.MaxPacketBytes;
        options.MaxPacketsPerSecond = 10_000_000;
        options.Prefix = recording.Prefix;
        options.IncludeScopeTags = recording.IncludeScopeTags;
        options.HistogramForm = recording.Histograms.Form;
        options.SummaryQuantiles = recording.Histograms.Quantiles;
        foreach (var (pattern, form) in recording.Histograms.Patterns)
        {
            options.HistogramForms.Add(pattern, form);
        }

        options.ExternalData = recording.ExternalData;
        options.Cardinality = recording.Cardinality;
        foreach (var (key, value) in recording.Tags)
        {
            options.Tags.Add(key, value);
        }

        // Only the test's own flushes export.
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
    }

    private void Listen(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        string? exporter = null;
        var reason = string.Empty;
        foreach (var (key, text) in tags)
        {
            exporter = key == "exporter" ? (string?)text : exporter;
            reason = key == "reason" ? (string)text! : reason;
        }

        if (exporter == id)
        {
            own[(instrument.Name, reason)] = own.GetValueOrDefault((instrument.Name, reason)) + value;
        }
    }
}
