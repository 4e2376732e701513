using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks.Emf;

/// <summary>What some documents are about: for each of a few series of three tags, ten metrics and their values.</summary>
/// <param name="areWhole">Whether values are whole numbers of up to six digits, or have three decimals.</param>
internal sealed class DocumentData(bool areWhole) : IDisposable
{
    /// <summary>How many documents there are.</summary>
    public const int Count = 64;

    public const string Namespace = "Benchmark/Orders";
    public const string LogGroup = "/benchmark/orders";
    public const string LogStream = "machine-1";

    private readonly Meter meter = new($"benchmark.emf.{areWhole}");
    private readonly Random random = new(20100);
    private readonly List<IDisposable> owned = [];

    /// <summary>Each metric's name, its unit at the instrument and the unit of CloudWatch's.</summary>
    public static (string Name, string Unit, string Written)[] Metrics { get; } =
    [
        ("http.server.requests", "{request}", "Count"), ("http.server.errors", "{error}", "Count"), ("http.server.sent", "By", "Bytes"),
        ("http.server.received", "By", "Bytes"), ("http.server.busy", "ms", "Milliseconds"), ("db.client.queries", "{query}", "Count"),
        ("db.client.busy", "ms", "Milliseconds"), ("cache.hits", "{hit}", "Count"), ("cache.misses", "{miss}", "Count"), ("orders.volume", "By", "Bytes"),
    ];

    public static ThreeTags[] Tags { get; } = ThreeTags.Make(Count);

    public bool AreWhole => areWhole;

    /// <summary>Of each document, the values of its metrics.</summary>
    public double[][] Values { get; } = new double[Count][];

    public static EmfExporterSettings Settings(string endpoint) => new EmfExporterOptions
    {
        Endpoint = endpoint,
        Namespace = Namespace,
        LogGroupName = LogGroup,
        LogStreamName = LogStream,
    }.ToSettings();

    /// <summary>Records all values, and hands what the SDK has collected of them to an exporter.</summary>
    public void CollectInto(BaseExporter<Metric> exporter)
    {
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
        owned.Add(provider);
        for (var document = 0; document < Count; document++)
        {
            Values[document] = [.. Metrics.Select(_ => areWhole ? random.Next(1, 1_000_000) : random.Next(1, 10_000_000) / 1e3)];
        }

        foreach (var (index, (name, unit, _)) in Metrics.Index())
        {
            var record = Recorder(name, unit);
            for (var document = 0; document < Count; document++)
            {
                record(Values[document][index], Tags[document]);
            }
        }

        provider.ForceFlush();
    }

    public void Dispose()
    {
        owned.ForEach(one => one.Dispose());
        meter.Dispose();
    }

    private Action<double, ThreeTags> Recorder(string name, string unit)
    {
        if (areWhole)
        {
            var whole = meter.CreateCounter<long>(name, unit);
            return (value, tags) => whole.Add((long)value, tags.Region, tags.Service, tags.Endpoint);
        }

        var counter = meter.CreateCounter<double>(name, unit);
        return (value, tags) => counter.Add(value, tags.Region, tags.Service, tags.Endpoint);
    }
}
