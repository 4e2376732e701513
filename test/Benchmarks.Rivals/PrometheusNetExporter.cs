using Benchmarks.Prometheus;
using Microsoft.AspNetCore.Builder;
using Prometheus;

namespace Benchmarks.Rivals;

/// <summary>prometheus-net with its own instruments, in a registry without the metrics that it adds of itself.</summary>
internal static class PrometheusNetExporter
{
    public static Action Mount(WebApplication app, int series)
    {
        var registry = Metrics.NewCustomRegistry();
        var factory = Metrics.WithCustomRegistry(registry);
        var random = new Random(20100);
        var records = new List<Action>();
        foreach (var instrument in ScrapeMix.Instruments(series))
        {
            var record = Recorder(factory, instrument, random);
            records.AddRange(instrument.Labels.Select(record));
        }

        app.MapMetrics(ScrapeServer.Path, registry);
        return () => records.ForEach(record => record());
    }

    private static Func<string[], Action> Recorder(MetricFactory factory, ScrapeInstrument instrument, Random random)
    {
        var name = instrument.Name.Replace('.', '_');
        switch (instrument.Kind)
        {
            case SeriesKind.Counter:
                var counter = factory.CreateCounter($"{name}_total", ScrapeMix.Description, ScrapeMix.LabelNames);
                return labels => Bind(counter.WithLabels(labels), series => series.Inc(random.Next(1, 1_000_000)));
            case SeriesKind.Gauge:
                var gauge = factory.CreateGauge(name, ScrapeMix.Description, ScrapeMix.LabelNames);
                return labels => Bind(gauge.WithLabels(labels), series => series.Set(random.Next(1, 10_000_000) / 1e3));
            default:
                var configuration = new HistogramConfiguration { Buckets = ScrapeMix.HistogramBounds };
                var histogram = factory.CreateHistogram(name, ScrapeMix.Description, ScrapeMix.LabelNames, configuration);
                return labels => Bind(histogram.WithLabels(labels), series => series.Observe(random.Next(1, 10_000_000) / 1e3));
        }
    }

    private static Action Bind<T>(T series, Action<T> record) => () => record(series);
}
