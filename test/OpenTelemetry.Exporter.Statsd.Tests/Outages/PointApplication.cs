using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>An application each of whose points can be told from all others, so that a receiver can be asked for every one.</summary>
internal sealed class PointApplication : IDisposable
{
    /// <summary>For an export, in milliseconds.</summary>
    private const int TimeLimit = 300_000;

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(10);

    /// <summary>What a machine may take with other things to do: much more than it should, and much less than <see cref="TimeLimit"/>.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromMinutes(2);

    private static int number;

    private readonly Meter meter;
    private readonly Counter<int> counter;
    private int recorded;
    private int batch;

    /// <param name="endpoint">Where its exporter sends.</param>
    /// <param name="configure">Sets further options.</param>
    /// <param name="intervalMilliseconds">How often it exports by itself; never unless given.</param>
    /// <param name="neighbour">Where another exporter of the same interval sends, if there is to be one.</param>
    /// <param name="sharesReader">Whether that one shares the reader.</param>
    public PointApplication(
        string endpoint,
        Action<StatsdExporterOptions>? configure = null,
        int intervalMilliseconds = Timeout.Infinite,
        string? neighbour = null,
        bool sharesReader = true)
        : this((name, builder) =>
        {
            Add(name, endpoint, TimeLimit, configure);
            if (neighbour is not null)
            {
                Add($"{name}.neighbour", neighbour, sharesReader ? TimeLimit : TimeLimit + 1, configure: null);
            }

            void Add(string exporter, string to, int timeLimit, Action<StatsdExporterOptions>? configure) =>
                builder.AddStatsdExporter(exporter, (statsd, reader) =>
                {
                    statsd.Endpoint = to;
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = intervalMilliseconds;
                    reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = timeLimit;
                    configure?.Invoke(statsd);
                });
        })
    {
    }

    private PointApplication(Action<string, MeterProviderBuilder> addExporter)
    {
        var name = Name = $"points-{Interlocked.Increment(ref number)}";
        meter = new Meter(name);
        counter = meter.CreateCounter<int>("c");
        Self = new SelfMetrics(name);
        Neighbour = new SelfMetrics($"{name}.neighbour");
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddView("c", new MetricStreamConfiguration { CardinalityLimit = 200_000 })
            .AddMeter(name);
        addExporter(name, builder);
        Provider = builder.Build();
    }

    /// <summary>Names the meter, the options and the exporter.</summary>
    public string Name { get; }

    public MeterProvider Provider { get; }

    /// <summary>What the exporter says of itself.</summary>
    public SelfMetrics Self { get; }

    /// <summary>What the other exporter says of itself.</summary>
    public SelfMetrics Neighbour { get; }

    /// <summary>How many points were recorded.</summary>
    public int Recorded => recorded;

    /// <summary>An application whose exporter sends through a transport of the test's own, and whose reader collects when told to.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="keepsCollecting">Whether the reader collects although the receiver is away, as one that serves others as well.</param>
    /// <param name="options">Options of the exporter.</param>
    /// <param name="clock">Measures pace and back-off, and goes on while the exporter waits.</param>
    public static PointApplication Over(
        ITransport transport, bool keepsCollecting, StatsdExporterOptions? options = null, ManualClock? clock = null) =>
        new((name, builder) =>
        {
            var settings = (options ?? new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:9" }).ToSettings();
            var exporter = new StatsdMetricExporter(name, settings, transport, clock, pause: clock is null ? null : clock.Pause);
            var reader = keepsCollecting
                ? new BaseExportingMetricReader(exporter)
                : new ReceiverAwareMetricReader<StatsdMetricExporter>(exporter, Timeout.Infinite, TimeLimit);
            reader.TemporalityPreference = MetricReaderTemporalityPreference.Delta;
            builder.AddReader(reader);
        });

    /// <summary>Records points that nobody has recorded before.</summary>
    public void Record(int points)
    {
        batch++;
        recorded += points;
        for (var i = 0; i < points; i++)
        {
            counter.Add(1, new("batch", batch), new("point", i));
        }
    }

    /// <summary>Exports, which must come to an end whatever the receiver does.</summary>
    public bool Flush()
    {
        var flush = Task.Run(() => Provider.ForceFlush());
        Assert.True(flush.Wait(Soon), "An export does not come to an end.");
        return flush.Result;
    }

    /// <summary>Exports until everything is delivered.</summary>
    public void Deliver() => Assert.True(SpinWait.SpinUntil(Flush, Soon), "Not everything could be delivered.");

    /// <summary>Ends exporting with more time than the SDK grants an end by itself, of which a busy machine may need more, and then the provider.</summary>
    /// <returns>Whether everything was delivered.</returns>
    public bool EndWithoutHaste()
    {
        var isDelivered = Shutdown(60_000);
        End();
        return isDelivered;
    }

    /// <summary>Ends exporting, in less time than it could take without a deadline, which is <see cref="TimeLimit"/>.</summary>
    /// <param name="deadline">In milliseconds.</param>
    public bool Shutdown(int deadline)
    {
        var shutdown = Task.Run(() => Provider.Shutdown(deadline));
        Assert.True(shutdown.Wait(InTime), "The provider did not come to an end.");
        AwaitCounts();
        return shutdown.Result;
    }

    /// <summary>Ends the provider, within the time that the SDK grants.</summary>
    public void End()
    {
        var end = Task.Run(Provider.Dispose);
        Assert.True(end.Wait(InTime), "The provider did not come to an end.");
        AwaitCounts();
    }

    /// <summary>Waits until each point is counted: a shutdown that runs out of time leaves that to the export that is under way.</summary>
    public void AwaitCounts() => Observed.Until(
        () => Self["statsd.exporter.points.exported"] + Self.All("statsd.exporter.points.dropped") >= recorded);

    /// <summary>Each point was received once or counted as lost once.</summary>
    /// <returns>How many were received.</returns>
    public int AssertReceivedOrCounted(params IEnumerable<byte[]>[] payloads)
    {
        var received = Distinct(payloads);
        Assert.Equal(recorded, received + Self.All("statsd.exporter.points.dropped"));
        Assert.Equal(received, Self["statsd.exporter.points.exported"]);
        return received;
    }

    /// <summary>How many points were received, each in a line, at no great cost.</summary>
    public static int Lines(IEnumerable<byte[]> payloads) => payloads.Sum(payload => payload.AsSpan().Count((byte)'\n') + 1);

    /// <summary>How many points were received; none of them twice or in part.</summary>
    public static int Distinct(params IEnumerable<byte[]>[] payloads)
    {
        var records = new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(payloads.SelectMany(some => some));
        Assert.All(records, record => Assert.Equal(1, record.Number));
        Assert.Equal(records.Count, records.Select(record => string.Join(',', record.Tags)).Distinct().Count());
        return records.Count;
    }

    public void Dispose()
    {
        Provider.Dispose();
        meter.Dispose();
        Self.Dispose();
        Neighbour.Dispose();
    }
}
