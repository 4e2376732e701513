using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>
/// Expositions written by hand, and servers of each version that scrape them, each from a target of its own: a server takes seconds until
/// it scrapes, all of them take no longer.
/// </summary>
public sealed class ExpositionServers : IAsyncLifetime
{
    /// <summary>A counter with an exemplar, in OpenMetrics.</summary>
    internal const string OpenMetricsJob = "openmetrics";

    /// <summary>OpenMetrics without its end, at another path and with a password.</summary>
    internal const string EndlessJob = "endless";

    /// <summary>A native histogram in protobuf.</summary>
    internal const string NativeJob = "native";

    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private static readonly byte[] Counter = Encoding.UTF8.GetBytes($$"""
        # TYPE work_seconds counter
        # UNIT work_seconds seconds
        # HELP work_seconds Time worked.
        work_seconds_total 4.25 # {trace_id="4bf92f"} 0.5 {{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}.125
        # EOF

        """);

    private static readonly byte[] Histogram = Convert.FromHexString(
        "33" // 51 bytes
        + "0a03685f73" + "120148" + "1804" + "2a0173" // name: h_s, help: H, type: HISTOGRAM, unit: s
        + "2224" + "3a22" // a metric with a histogram
        + "0806" + "110000000000002940" // count: 6, sum: 12.5
        + "2800" + "31000000000000f03f" + "3801" // schema: 0, zero threshold: 1, zero count: 1
        + "620408021002" + "6804" + "6802"); // from 1 on, 2 and 3 in each of two buckets

    private readonly List<PrometheusServer> servers = [];
    private readonly Dictionary<(ReceiverVersion Version, string Job), (PrometheusServer Server, ExpositionServer Target)> scrapes = [];

    public async ValueTask InitializeAsync()
    {
        foreach (var version in Enum.GetValues<ReceiverVersion>())
        {
            if (Receiver.Find("prometheus", version) is { } executable)
            {
                var counter = await ExpositionServer.StartAsync(OpenMetrics, Counter);
                var endless = await ExpositionServer.StartAsync(OpenMetrics, "# TYPE a gauge\na 1\n"u8.ToArray());
                var server = PrometheusServer.Start(executable, "exemplar-storage", [
                    new ScrapeJob(OpenMetricsJob, counter.Address),
                    new ScrapeJob(EndlessJob, endless.Address, "metrics_path: /other", "basic_auth: { username: user, password: pass }"),
                ]);
                scrapes.Add((version, OpenMetricsJob), (server, counter));
                scrapes.Add((version, EndlessJob), (server, endless));

                var histogram = await ExpositionServer.StartAsync(Protobuf, Histogram);
                var nativeServer = PrometheusServer.Start(executable, "native-histograms", [new ScrapeJob(NativeJob, histogram.Address)]);
                scrapes.Add((version, NativeJob), (nativeServer, histogram));
                servers.AddRange(server, nativeServer);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        foreach (var (_, target) in scrapes.Values)
        {
            await target.DisposeAsync();
        }
    }

    internal (PrometheusServer Server, ExpositionServer Target) Get(ReceiverVersion version, string job)
    {
        Receiver.Require("prometheus", version);
        return scrapes[(version, job)];
    }
}
