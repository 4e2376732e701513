using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>Exporters as options make them, but without pacing.</summary>
/// <remarks>
/// By default no more than 16 packets go out at once over UDP and 1,000 in a second, so an export takes as long as that takes, most of
/// it asleep. Here it is as many as one call with segmentation offload takes, and 10,000,000, the highest rate.
/// </remarks>
internal static class Unpaced
{
    /// <summary>How many packets of 1,432 bytes one call takes.</summary>
    public const int PacketsPerCall = 45;

    /// <summary>How many packets a call takes unless options say otherwise.</summary>
    public const int DefaultPacketsPerBurst = 16;

    /// <summary>From this length on, no two packets fit one call, so offload is off from the start.</summary>
    private const int TooLongForOffload = 65_507;

    public static StatsdExporterSettings Settings(Endpoint endpoint, int packetsPerBurst = PacketsPerCall) => new StatsdExporterOptions
    {
        Endpoint = endpoint.ToString(),
        MaxPacketsPerBurst = packetsPerBurst,
        MaxPacketsPerSecond = 10_000_000,

        // The five lines that the naive exporter writes, too.
        HistogramForm = HistogramForm.Summary,
        SummaryQuantiles = [],
    }.ToSettings();

    /// <summary>The transport that the exporter chooses by itself.</summary>
    public static ITransport Transport(Endpoint endpoint) =>
        TransportFactory.Create(endpoint, endpoint.DefaultMaxPacketBytes, skipsEmptyLines: true);

    /// <summary>UDP where neither the kernel nor the network card knows segmentation offload: one call a packet.</summary>
    public static ITransport UdpWithoutOffload(Endpoint endpoint) =>
        new UdpTransport(endpoint, TooLongForOffload, asksWithEmptyLine: true);

    public static StatsdMetricExporter Exporter(string name, Endpoint endpoint, int packetsPerBurst = PacketsPerCall) =>
        new(name, Settings(endpoint, packetsPerBurst), Transport(endpoint));

    public static StatsdMetricExporter Exporter(string name, Endpoint endpoint, ITransport transport, TimeProvider? clock = null) =>
        new(name, Settings(endpoint), transport, clock);
}
