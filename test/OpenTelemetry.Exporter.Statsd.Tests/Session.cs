using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A provider with our exporter, a meter to record with and a real socket that receives.</summary>
internal sealed class Session : IDisposable
{
    private static readonly byte[] Sentinel = "end of flush"u8.ToArray();
    private static int number;

    private readonly UdpReceiver receiver;
    private readonly Socket sentinelSender;
    private readonly MeterProvider provider;
    private readonly StatsdProfile profile;
    private int seen;
    private int flushes;

    public Session(
        StatsdProfile profile = StatsdProfile.DatadogAgent,
        Action<StatsdExporterOptions>? options = null,
        Action<MeterProviderBuilder>? build = null,
        AddressFamily family = AddressFamily.InterNetwork,
        Action<StatsdExporterOptions, string>? stream = null)
    {
        this.profile = profile;
        receiver = new UdpReceiver(family);
        sentinelSender = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        sentinelSender.Connect(receiver.EndPoint);
        Name = $"session-{Interlocked.Increment(ref number)}";
        Meter = new Meter(Name);
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(Name)
            .AddStatsdExporter(Name, (statsd, reader) =>
            {
                statsd.Endpoint = $"udp://{receiver.EndPoint}";
                statsd.Profile = profile;
                statsd.MaxPacketsPerSecond = 10_000_000;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
                options?.Invoke(statsd);
                stream?.Invoke(statsd, Name);
            });
        build?.Invoke(builder);
        provider = builder.Build();
    }

    /// <summary>Names the meter, the options and the exporter.</summary>
    public string Name { get; }

    public Meter Meter { get; }

    public MeterProvider Provider => provider;

    public IPEndPoint Receiver => receiver.EndPoint;

    /// <summary>Collects and exports; what arrives is exactly what this flush has sent.</summary>
    public IReadOnlyList<byte[]> FlushPackets()
    {
        Assert.True(provider.ForceFlush(), "The flush reported a failure.");

        // What another processor has sent may come behind the sentinel; what nobody has counted comes before it.
        var sent = provider.GetStatsdExporterStatistics(Name)!.PacketsSent;
        flushes++;
        sentinelSender.Send(Sentinel);
        var all = receiver.WaitFor(datagrams => datagrams.Count >= sent + flushes && datagrams.Skip(seen).Any(IsSentinel));
        byte[][] packets = [.. all.Skip(seen).Where(datagram => !IsSentinel(datagram))];
        seen = all.Count;
        return packets;

        static bool IsSentinel(byte[] datagram) => datagram.AsSpan().SequenceEqual(Sentinel);
    }

    /// <summary>Flushes; the lines as text, in the order of arrival.</summary>
    public string[] FlushLines() => [.. FlushPackets().SelectMany(packet => Encoding.UTF8.GetString(packet).Split('\n'))];

    /// <summary>Flushes; the lines as an independent decoder reads them.</summary>
    public IReadOnlyList<StatsdRecord> FlushRecords() => DecoderFor(profile).DecodeAll(FlushPackets());

    public static StatsdDecoder DecoderFor(StatsdProfile profile) => new(profile switch
    {
        StatsdProfile.StatsD => TagDialect.None,
        StatsdProfile.StatsDGraphite => TagDialect.Graphite,
        StatsdProfile.Telegraf => TagDialect.Influx,
        _ => TagDialect.DogStatsd,
    })
    {
        AllowDatadogFields = profile == StatsdProfile.DatadogAgent,
        AllowPacking = profile != StatsdProfile.OpenTelemetryCollector,
    };

    public void Dispose()
    {
        provider.Dispose();
        Meter.Dispose();
        sentinelSender.Dispose();
        receiver.Dispose();
    }
}
