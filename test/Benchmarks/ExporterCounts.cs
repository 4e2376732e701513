using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Benchmarks;

/// <summary>Applications with one exporter, with several that share a reader, and with several that have one each; nothing is ever exported.</summary>
internal sealed class ExporterCounts : IDisposable
{
    private const string Nowhere = "unix:///nobody/listens/here";

    private readonly List<IDisposable> owned = [];

    public BatchRow[] Rows(int series)
    {
        var tags = ThreeTags.Make(series);
        return
        [
            Row("one exporter", Statsd),
            Row("StatsD and EMF of one interval", Statsd, Emf),
            Row("three exporters of one interval", Statsd, Statsd, Statsd),
            Row("three exporters of three intervals", Statsd, WithInterval(10_001), WithInterval(10_002)),
        ];

        BatchRow Row(string name, params AddExporter[] exporters) => new(name, new HistogramSubject(Record(name, exporters), tags, () => { }));
    }

    public void Dispose() => owned.ForEach(one => one.Dispose());

    private static void Statsd(MeterProviderBuilder builder, string name) => builder.AddStatsdExporter(name, statsd => statsd.Endpoint = Nowhere);

    private static void Emf(MeterProviderBuilder builder, string name) => builder.AddEmfExporter(name, emf => emf.Endpoint = Nowhere);

    private static AddExporter WithInterval(int milliseconds) => (builder, name) => builder.AddStatsdExporter(name, (statsd, reader) =>
    {
        statsd.Endpoint = Nowhere;
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = milliseconds;
    });

    private Histogram<double> Record(string name, AddExporter[] exporters)
    {
        var meter = new Meter($"benchmark.{name}");
        var builder = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name);
        foreach (var (index, add) in exporters.Index())
        {
            add(builder, $"{name} {index}");
        }

        owned.Add(builder.Build());
        owned.Add(meter);
        return meter.CreateHistogram<double>("http.server.request.duration");
    }

    private delegate void AddExporter(MeterProviderBuilder builder, string name);
}
