using System.Diagnostics.Metrics;
using System.Text.Json;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>A provider with an EMF exporter, a meter to record with and a real socket that receives.</summary>
internal sealed class DocumentSession : IDisposable
{
    private static int number;

    /// <summary>Of the meter, the options and the exporter.</summary>
    private readonly string name = $"shared-documents-{Interlocked.Increment(ref number)}";
    private readonly Receiver receiver;
    private readonly MeterProvider provider;
    private int seen;

    /// <param name="receiver">Disposed of with the session; of datagrams unless given.</param>
    /// <param name="build">Adds to the provider.</param>
    public DocumentSession(Receiver? receiver = null, Action<MeterProviderBuilder>? build = null)
    {
        this.receiver = receiver ??= new UdpReceiver();
        Meter = new Meter(name);
        Self = new SelfMetrics(name);
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(name)
            .AddEmfExporter(name, (emf, reader) =>
            {
                emf.Endpoint = receiver.Address;
                emf.MaxPacketsPerSecond = 10_000_000;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = 300_000;
            });
        build?.Invoke(builder);
        provider = builder.Build();
    }

    public Meter Meter { get; }

    /// <summary>What the exporter says of itself.</summary>
    public SelfMetrics Self { get; }

    public EmfExporterStatistics Statistics => provider.GetEmfExporterStatistics(name)!;

    /// <summary>Collects and exports; the documents of this flush, each a datagram.</summary>
    public JsonElement[] Flush()
    {
        Assert.True(provider.ForceFlush(), "The flush reported a failure.");
        var sent = (int)Statistics.PacketsSent;
        JsonElement[] documents = [.. receiver.WaitFor(sent).Skip(seen).Select(Parse)];
        seen = sent;
        return documents;
    }

    /// <summary>Ends the provider and the receiver; all documents.</summary>
    public JsonElement[] End()
    {
        // To be disposed of is to be granted a few seconds, of which a busy machine needs more.
        Assert.True(provider.Shutdown(), "The shutdown reported a failure.");
        provider.Dispose();
        receiver.StopGracefully();
        return [.. receiver.Payloads.Select(Parse)];
    }

    /// <summary>The only directive of a document.</summary>
    public static JsonElement Directive(JsonElement document) =>
        Assert.Single(document.GetProperty("_aws").GetProperty("CloudWatchMetrics").EnumerateArray());

    /// <summary>The sets of dimensions, as they are written.</summary>
    public static string Dimensions(JsonElement document) => Directive(document).GetProperty("Dimensions").GetRawText();

    /// <summary>The names of the metrics that a document declares.</summary>
    public static string[] Metrics(JsonElement document) =>
        [.. Directive(document).GetProperty("Metrics").EnumerateArray().Select(metric => metric.GetProperty("Name").GetString()!)];

    public void Dispose()
    {
        provider.Dispose();
        Meter.Dispose();
        Self.Dispose();
        receiver.Dispose();
    }

    private static JsonElement Parse(byte[] payload) => JsonSerializer.Deserialize<JsonElement>(payload);
}
