using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>An application whose threads record all the time, and which knows what it has recorded.</summary>
internal sealed class BusyApplication : IDisposable
{
    private const int Threads = 2;
    private const int Series = 40;

    private static int number;

    private readonly Meter meter;
    private readonly Counter<long> hits;
    private readonly Histogram<double> took;
    private readonly Thread[] threads;
    private long hitsRecorded;
    private long tookRecorded;
    private volatile bool isStopped;

    /// <param name="endpoint">Where its exporter sends.</param>
    /// <param name="intervalMilliseconds">How often it exports by itself.</param>
    /// <param name="configure">Sets further options.</param>
    public BusyApplication(string endpoint, int intervalMilliseconds = 100, Action<StatsdExporterOptions>? configure = null)
    {
        Name = $"busy-{Interlocked.Increment(ref number)}";
        meter = new Meter(Name);
        hits = meter.CreateCounter<long>("hits");
        took = meter.CreateHistogram<double>("took");
        Self = new SelfMetrics(Name);
        Provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(Name)
            .AddStatsdExporter(Name, (statsd, reader) =>
            {
                statsd.Endpoint = endpoint;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = intervalMilliseconds;
                configure?.Invoke(statsd);
            })
            .Build();
        threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(Record) { IsBackground = true })];
        foreach (var thread in threads)
        {
            thread.Start();
        }
    }

    /// <summary>Names the meter, the options and the exporter.</summary>
    public string Name { get; }

    public MeterProvider Provider { get; }

    /// <summary>What the exporter says of itself.</summary>
    public SelfMetrics Self { get; }

    /// <summary>What the application's threads threw, which must be nothing.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>The sum of all that <c>hits</c> was increased by.</summary>
    public long Hits => Interlocked.Read(ref hitsRecorded);

    /// <summary>How many values <c>took</c> has.</summary>
    public long Took => Interlocked.Read(ref tookRecorded);

    /// <summary>Ends recording.</summary>
    public void Stop()
    {
        isStopped = true;
        foreach (var thread in threads)
        {
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "Recording does not end.");
        }
    }

    /// <summary>Ends recording, exports until everything is delivered, and ends the provider.</summary>
    public void StopAndDeliver()
    {
        Stop();
        Assert.True(SpinWait.SpinUntil(() => Provider.ForceFlush(), TimeSpan.FromSeconds(60)), "Not everything could be delivered.");

        // The SDK lets a flush join a collection that is under way, which may have begun before the end of recording.
        Assert.True(Provider.Shutdown(), "The last collection could not be delivered.");

        // Now it closes its connection, which a receiver that stops waits for.
        Provider.Dispose();
    }

    /// <summary>Compares what a receiver got with what was recorded.</summary>
    public void AssertAllReceived(IEnumerable<byte[]> payloads)
    {
        var (hitsReceived, tookReceived) = Read(payloads);
        Assert.Null(Thrown);
        Assert.Equal(0, Self.All("statsd.exporter.points.dropped"));
        Assert.Equal((Hits, Took), (hitsReceived, tookReceived));
    }

    /// <summary>The sum of <c>hits</c> and the count of <c>took</c>, as an independent decoder reads them; all lines have to be well-formed.</summary>
    public static (long Hits, long Took) Read(IEnumerable<byte[]> payloads)
    {
        var records = new StatsdDecoder(TagDialect.DogStatsd).DecodeAll(payloads);
        return (
            (long)records.Where(record => record.Name == "hits").Sum(record => record.Number),
            records.Where(record => record.Name == "took").Sum(record => record.Weight));
    }

    public void Dispose()
    {
        Stop();
        Provider.Dispose();
        meter.Dispose();
        Self.Dispose();
    }

    private void Record()
    {
        try
        {
            for (var i = 0; !isStopped; i++)
            {
                var tag = new KeyValuePair<string, object?>("series", i % Series);
                hits.Add(i % 7, tag);
                Interlocked.Add(ref hitsRecorded, i % 7);
                took.Record(i % 100, tag);
                Interlocked.Increment(ref tookRecorded);
                if (i % 200 == 0)
                {
                    // Busy, but not as busy as to leave nothing of the machine to anybody else.
                    Thread.Sleep(1);
                }
            }
        }
        catch (Exception exception)
        {
            Thrown = exception;
        }
    }
}
