using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Tests.Outages;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>An application each of whose points is a document of its own, and which may have a StatsD exporter on the same reader.</summary>
internal sealed class EmfApplication : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    private static int number;

    private readonly string name = $"documents-{Interlocked.Increment(ref number)}";
    private readonly Meter meter;
    private readonly Counter<int> counter;
    private readonly SelfMetrics self;
    private int batch;

    /// <param name="endpoint">Where documents go.</param>
    /// <param name="configure">Sets further options.</param>
    /// <param name="statsd">Where the other exporter sends, if there is to be one.</param>
    public EmfApplication(string endpoint, Action<EmfExporterOptions>? configure = null, string? statsd = null)
    {
        meter = new Meter(name);
        counter = meter.CreateCounter<int>("c");
        self = new SelfMetrics(name);
        Neighbour = new SelfMetrics($"{name}.statsd");
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddView("c", new MetricStreamConfiguration { CardinalityLimit = 200_000 })
            .AddMeter(name)
            .AddEmfExporter(name, (options, reader) =>
            {
                options.Endpoint = endpoint;
                options.Namespace = "test";

                // Were it more, nobody would ask whether the receiver is behind.
                options.MaxPacketsPerSecond = 99_999;
                configure?.Invoke(options);
                OnlyOnDemand(reader);
            });
        if (statsd is not null)
        {
            builder.AddStatsdExporter($"{name}.statsd", (options, reader) =>
            {
                options.Endpoint = statsd;
                OnlyOnDemand(reader);
            });
        }

        Provider = builder.Build();
    }

    public MeterProvider Provider { get; }

    /// <summary>What the StatsD exporter says of itself.</summary>
    public SelfMetrics Neighbour { get; }

    public int Recorded { get; private set; }

    /// <summary>What the exporter has counted as lost, which outlives the provider.</summary>
    public double Dropped(string? reason = null) => reason is null ? self.All("statsd.exporter.points.dropped") : self["statsd.exporter.points.dropped", reason];

    /// <summary>Records points that nobody has recorded before.</summary>
    public void Record(int points)
    {
        batch++;
        Recorded += points;
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
    public void EndWithoutHaste()
    {
        Assert.True(Task.Run(() => Provider.Shutdown(30_000)).Wait(Soon), "Exporting did not come to an end.");
        Observed.Until(() => self["statsd.exporter.points.exported"] + Dropped() >= Recorded);
        End();
    }

    /// <summary>Ends the provider, within the time that the SDK grants.</summary>
    public void End()
    {
        Assert.True(Task.Run(Provider.Dispose).Wait(Soon), "The provider did not come to an end.");
        Observed.Until(() => self["statsd.exporter.points.exported"] + Dropped() >= Recorded);
    }

    /// <summary>Each point was received once, in a document without a fault, or counted as lost once.</summary>
    /// <returns>How many were received.</returns>
    public int AssertReceivedOrCounted(IReadOnlyList<byte[]> documents)
    {
        var received = Distinct(documents);
        Assert.Equal(Recorded, received + Dropped());
        Assert.Equal(received, self["statsd.exporter.points.exported"]);
        return received;
    }

    /// <summary>How many points were received; none of them twice or in part.</summary>
    public static int Distinct(IReadOnlyList<byte[]> documents)
    {
        Assert.All(documents, document => Assert.Empty(EmfValidator.Violations(document)));
        EmfRecord[] records = [.. documents.SelectMany(document => EmfDocument.Read(document).Records())];
        Assert.All(records, record => Assert.Equal(1, record.Target.Sum));
        Assert.Equal(records.Length, records.Select(record => string.Join(',', record.Dimensions)).Distinct().Count());
        return records.Length;
    }

    public void Dispose()
    {
        Provider.Dispose();
        meter.Dispose();
        self.Dispose();
        Neighbour.Dispose();
    }

    private static void OnlyOnDemand(MetricReaderOptions reader)
    {
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
        reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = 30_000;
    }
}
