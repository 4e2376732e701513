using System.Globalization;

namespace Benchmarks.Prometheus;

/// <summary>What the series of a <see cref="ScrapeInstrument"/> are.</summary>
internal enum SeriesKind
{
    /// <summary>Sums of whole numbers.</summary>
    Counter,

    /// <summary>Numbers of three decimals.</summary>
    Gauge,

    /// <summary>Fifteen bounds, the SDK's default ones: eighteen lines of text a series.</summary>
    Histogram,
}

/// <summary>A metric of the application that is scraped.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">A name with dots.</param>
/// <param name="Labels">For each series the values of <see cref="ScrapeMix.LabelNames"/>; no two have a string object in common.</param>
internal sealed record ScrapeInstrument(SeriesKind Kind, string Name, string[][] Labels);

/// <summary>The series of every program that is scraped here, whatever library it records them with.</summary>
/// <remarks>As a rule 70 % counters, 20 % gauges and 10 % histograms, at most 1,000 series an instrument, three labels a series.</remarks>
internal static class ScrapeMix
{
    public const string Description = "What the benchmark has recorded.";

    private const int SeriesPerInstrument = 1_000;

    public static readonly string[] LabelNames = ["region", "service", "endpoint"];

    /// <summary>The default of the SDK, for libraries with another one.</summary>
    public static readonly double[] HistogramBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    public static IEnumerable<ScrapeInstrument> Instruments(int series)
    {
        var gauges = series / 5;
        var histograms = series / 10;
        return Instruments(SeriesKind.Counter, series - gauges - histograms)
            .Concat(Instruments(SeriesKind.Gauge, gauges))
            .Concat(Instruments(SeriesKind.Histogram, histograms));
    }

    /// <summary>Of one kind alone.</summary>
    public static IEnumerable<ScrapeInstrument> Instruments(SeriesKind kind, int series)
    {
        var name = kind switch
        {
            SeriesKind.Counter => "http.server.requests",
            SeriesKind.Gauge => "http.server.connections",
            _ => "http.server.latency",
        };
        for (var first = 0; first < series; first += SeriesPerInstrument)
        {
            var ids = Enumerable.Range(first, Math.Min(SeriesPerInstrument, series - first));
            yield return new ScrapeInstrument(kind, Text($"{name}.{first / SeriesPerInstrument}"), [.. ids.Select(Labels)]);
        }
    }

    private static string[] Labels(int id) => [Text($"eu-west-{id % 7}"), Text($"checkout-{id % 13}"), Text($"/api/items/{id}")];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
