using System.Diagnostics.Metrics;
using System.Globalization;

namespace Benchmarks;

/// <summary>What the series of a <see cref="Workload"/> are recorded with.</summary>
public enum Shape
{
    /// <summary><c>Counter&lt;long&gt;</c>, whole numbers of up to six digits.</summary>
    Counters,

    /// <summary><c>Histogram&lt;double&gt;</c> with the SDK's default buckets, values of three decimals.</summary>
    Histograms,
}

/// <summary>A meter whose instruments have 1,000 series each, of three tags; no two series have a string object in common.</summary>
internal sealed class Workload : IDisposable
{
    private const int SeriesPerInstrument = 1_000;

    private readonly Random random = new(20100);
    private readonly Meter meter;
    private readonly List<Action> series = [];

    /// <param name="shape">What is recorded.</param>
    /// <param name="count">How many series.</param>
    /// <param name="sharesSeries">Whether all instruments have the same sets of tags.</param>
    public Workload(Shape shape, int count, bool sharesSeries = false)
    {
        meter = new Meter($"benchmark.{shape}.{count}.{sharesSeries}");
        for (var first = 0; first < count; first += SeriesPerInstrument)
        {
            var name = $"http.server.requests.{first / SeriesPerInstrument}";
            Func<KeyValuePair<string, object?>[], Action> record = shape == Shape.Counters
                ? Recorder(meter.CreateCounter<long>(name))
                : Recorder(meter.CreateHistogram<double>(name));
            for (var i = first; i < Math.Min(count, first + SeriesPerInstrument); i++)
            {
                var tags = sharesSeries ? i - first : i;
                series.Add(record(
                [
                    new("region", Text($"eu-west-{tags % 7}")),
                    new("service", Text($"checkout-{tags % 13}")),
                    new("endpoint", Text($"/api/items/{tags}")),
                ]));
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

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private Func<KeyValuePair<string, object?>[], Action> Recorder(Counter<long> counter) =>
        tags => () => counter.Add(random.Next(1, 1_000_000), tags);

    private Func<KeyValuePair<string, object?>[], Action> Recorder(Histogram<double> histogram) =>
        tags => () => histogram.Record(random.Next(1, 10_000_000) / 1e3, tags);
}
