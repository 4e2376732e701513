using System.Diagnostics.Metrics;

namespace Benchmarks.Prometheus;

/// <summary>Instruments of the <see cref="ScrapeMix"/> in a meter.</summary>
internal sealed class ScrapeWorkload : IDisposable
{
    private static int meters;

    private readonly Random random = new(20100);
    private readonly Meter meter;
    private readonly List<Action> series = [];

    public ScrapeWorkload(IEnumerable<ScrapeInstrument> instruments)
    {
        meter = new Meter($"scrape.{Interlocked.Increment(ref meters)}");
        foreach (var instrument in instruments)
        {
            var record = Recorder(instrument);
            foreach (var labels in instrument.Labels)
            {
                series.Add(record([.. ScrapeMix.LabelNames.Zip(labels, (name, value) => new KeyValuePair<string, object?>(name, value))]));
            }
        }
    }

    public string MeterName => meter.Name;

    /// <summary>Records each series once, with another value each time.</summary>
    public void Record()
    {
        foreach (var record in series)
        {
            record();
        }
    }

    public void Dispose() => meter.Dispose();

    private Func<KeyValuePair<string, object?>[], Action> Recorder(ScrapeInstrument instrument)
    {
        switch (instrument.Kind)
        {
            case SeriesKind.Counter:
                var counter = meter.CreateCounter<long>(instrument.Name, unit: null, ScrapeMix.Description);
                return tags => () => counter.Add(random.Next(1, 1_000_000), tags);
            case SeriesKind.Gauge:
                var gauge = meter.CreateGauge<double>(instrument.Name, unit: null, ScrapeMix.Description);
                return tags => () => gauge.Record(random.Next(1, 10_000_000) / 1e3, tags);
            default:
                var histogram = meter.CreateHistogram<double>(instrument.Name, unit: null, ScrapeMix.Description);
                return tags => () => histogram.Record(random.Next(1, 10_000_000) / 1e3, tags);
        }
    }
}
