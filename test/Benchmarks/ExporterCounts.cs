using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Benchmarks;

/// <summary>Applications with one exporter, with three that share a reader, and with three that have one each; nothing is ever exported.</summary>
internal sealed class ExporterCounts : IDisposable
{
    private readonly List<IDisposable> owned = [];

    public BatchRow[] Rows(int series)
    {
        var tags = ThreeTags.Make(series);
        return
        [
            Row("one exporter", 10_000),
            Row("three exporters of one interval", 10_000, 10_000, 10_000),
            Row("three exporters of three intervals", 10_000, 10_001, 10_002),
        ];

        BatchRow Row(string name, params int[] intervals) => new(name, new HistogramSubject(Record(name, intervals), tags, () => { }));
    }

    public void Dispose() => owned.ForEach(one => one.Dispose());

    private Histogram<double> Record(string name, int[] intervals)
    {
        var meter = new Meter($"benchmark.{name}");
        var builder = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name);
        foreach (var (index, interval) in intervals.Index())
        {
            builder.AddStatsdExporter($"{name} {index}", (statsd, reader) =>
            {
                statsd.Endpoint = "unix:///nobody/listens/here";
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = interval;
            });
        }

        owned.Add(builder.Build());
        owned.Add(meter);
        return meter.CreateHistogram<double>("http.server.request.duration");
    }
}
