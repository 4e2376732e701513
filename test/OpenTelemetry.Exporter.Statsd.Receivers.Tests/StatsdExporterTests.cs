using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>One application, read back from a real StatsD daemon and a real Prometheus at once.</summary>
public sealed class StatsdExporterTests
{
    [Fact]
    public async Task The_daemon_and_Prometheus_hold_what_was_recorded()
    {
        var executable = Receiver.Require("prometheus");
        using var daemon = StatsdDaemon.StartOrSkip();
        await using var app = await StartAsync(daemon, StatsdProfile.StatsDGraphite);
        await using var server = PrometheusServer.Start(executable, app.Address);
        var recorded = new Recording(app.Meter, rounds: 500);
        recorded.Finish(daemon);

        // A scrape that has what was recorded last has the rest, too; the server may have made one before.
        Assert.Equal(1, await NumberAsync(server, "done_total"));

        foreach (var route in Recording.Routes)
        {
            Assert.Equal(recorded.Requests[route], daemon.CounterTotals[$"requests;route={route}"]);
            Assert.Equal(recorded.Requests[route], await NumberAsync(server, $"requests_total{{route=\"{route}\"}}"));
            Assert.Equal(recorded.Level[route], daemon.Gauges[$"queue;route={route}"]);
            Assert.Equal(recorded.Level[route], await NumberAsync(server, $"queue{{route=\"{route}\"}}"));
            Assert.Equal(recorded.Requests[route], daemon.CounterTotals[$"latency.count;route={route}"]);
            Assert.Equal(recorded.Requests[route], await NumberAsync(server, $"latency_seconds_count{{route=\"{route}\"}}"));
            Assert.Equal(recorded.Latency[route], daemon.CounterTotals[$"latency.sum;route={route}"], 9);
            Assert.Equal(recorded.Latency[route], await NumberAsync(server, $"latency_seconds_sum{{route=\"{route}\"}}"), 9);
        }

        Assert.Equal(recorded.Work, daemon.CounterTotals["work"], 9);
        Assert.Equal(recorded.Work, await NumberAsync(server, "work_total"), 9);
        Assert.Equal(-21.5, daemon.Gauges["temperature"]);
        Assert.Equal(-21.5, await NumberAsync(server, "temperature"));
        Assert.Equal(1e-9, daemon.Gauges["tiny"]);
        Assert.Equal(0, daemon.BadLinesSeen);
        Assert.Equal(("up", string.Empty), await server.TargetAsync());
    }

    [Fact]
    public async Task Without_tags_the_daemon_adds_the_series_of_a_counter_up()
    {
        using var daemon = StatsdDaemon.StartOrSkip();
        await using var app = await StartAsync(daemon, StatsdProfile.StatsD);
        var recorded = new Recording(app.Meter, rounds: 300);
        recorded.Finish(daemon);

        Assert.Equal(recorded.Requests.Values.Sum(), daemon.CounterTotals["requests"]);
        Assert.Equal(recorded.Requests.Values.Sum(), daemon.CounterTotals["latency.count"]);
        Assert.Equal(recorded.Latency.Values.Sum(), daemon.CounterTotals["latency.sum"], 9);
        Assert.Equal(recorded.Work, daemon.CounterTotals["work"], 9);
        Assert.Equal(-21.5, daemon.Gauges["temperature"]);
        Assert.Equal(0, daemon.BadLinesSeen);
    }

    [Theory]
    [InlineData(StatsdProfile.StatsD)]
    [InlineData(StatsdProfile.StatsDGraphite)]
    public async Task Hostile_names_and_tags_leave_no_bad_line(StatsdProfile profile)
    {
        string[] hostile =
        [
            "line\nfeed", "pi|pe", "co:lon", "ha#sh", "a@t", "com,ma", "e=q", "se;mi", "bl ank", "tab\t", "nul\0", "Küche", "日本", "\ud800",
            new string('x', 10_000), string.Empty, "_sc", "_e{1,1}:a|b", "host", "le", "__name__",
        ];
        using var daemon = StatsdDaemon.StartOrSkip();
        await using var app = await StartAsync(daemon, profile, metrics =>
        {
            for (var i = 0; i < hostile.Length; i++)
            {
                metrics.AddView($"renamed.{i}", hostile[i].Length == 0 ? " " : hostile[i]);
            }
        });
        var tagged = app.Meter.CreateCounter<long>("tagged");
        for (var i = 0; i < hostile.Length; i++)
        {
            app.Meter.CreateCounter<long>($"renamed.{i}").Add(1);
            tagged.Add(1, new KeyValuePair<string, object?>(hostile[i], i));
            tagged.Add(1, new("value", hostile[i]), new("n", i));
        }

        Recording.Finish(app.Meter, daemon);
        Assert.Equal(0, daemon.BadLinesSeen);
        Assert.Equal(2 * hostile.Length, daemon.CounterTotals.Where(total => Name(total.Key) == "tagged").Sum(total => total.Value));

        // Each renamed stream is there, under a name that only it has.
        string[] known = ["tagged", "done", "statsd.bad_lines_seen", "statsd.packets_received", "statsd.metrics_received"];
        var renamed = daemon.CounterTotals.Where(total => !known.Contains(Name(total.Key))).ToArray();
        Assert.Equal(hostile.Length, renamed.Length);
        Assert.All(renamed, total => Assert.Equal(1, total.Value));

        static string Name(string key) => key.Split(';')[0];
    }

    private static Task<PrometheusApp> StartAsync(StatsdDaemon daemon, StatsdProfile profile, Action<MeterProviderBuilder>? configure = null) =>
        PrometheusApp.StartAsync(metrics =>
        {
            metrics.SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty());
            metrics.AddStatsdExporter((statsd, reader) =>
            {
                statsd.Endpoint = $"udp://{daemon.EndPoint}";
                statsd.Profile = profile;
                statsd.HistogramForm = HistogramForm.Summary;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 50;
            });
            configure?.Invoke(metrics);
        });

    private static async Task<double> NumberAsync(PrometheusServer server, string query) => double.Parse(
        Assert.Single(await server.QueryAsync(query)).Value, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Records over many export intervals and remembers what.</summary>
    private sealed class Recording
    {
        public static readonly string[] Routes = ["orders", "users", "items"];

        private readonly Meter meter;

        public Recording(Meter meter, int rounds)
        {
            this.meter = meter;
            var random = new Random(11);
            var requests = meter.CreateCounter<long>("requests");
            var work = meter.CreateCounter<double>("work");
            var queue = meter.CreateUpDownCounter<long>("queue");
            var latency = meter.CreateHistogram<double>("latency", "s");
            meter.CreateObservableGauge("temperature", () => -21.5);
            meter.CreateObservableGauge("tiny", () => 1e-9);
            for (var round = 0; round < rounds; round++)
            {
                var route = Routes[round % Routes.Length];
                var tag = new KeyValuePair<string, object?>("route", route);
                var count = random.Next(1, 100);
                var change = random.Next(-50, 40);
                var seconds = random.NextDouble();
                requests.Add(count, tag);
                Requests[route] += count;
                work.Add(seconds);
                Work += seconds;
                queue.Add(change, tag);
                Level[route] += change;
                for (var i = 0; i < count; i++)
                {
                    latency.Record(seconds / 16, tag);
                    Latency[route] += seconds / 16;
                }
            }
        }

        public Dictionary<string, long> Requests { get; } = Routes.ToDictionary(route => route, _ => 0L);

        public Dictionary<string, long> Level { get; } = Routes.ToDictionary(route => route, _ => 0L);

        public Dictionary<string, double> Latency { get; } = Routes.ToDictionary(route => route, _ => 0.0);

        public double Work { get; private set; }

        public void Finish(StatsdDaemon daemon) => Finish(meter, daemon);

        /// <summary>Waits until everything recorded so far has gone through the daemon.</summary>
        public static void Finish(Meter meter, StatsdDaemon daemon)
        {
            // Recorded after all else and so exported with it or later; the daemon flushes a gauge after the counters before it.
            meter.CreateCounter<long>("done").Add(1);
            daemon.WaitFor(() => daemon.CounterTotals.ContainsKey("done"));
        }
    }
}
