using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Prometheus.Collecting;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>The names that metrics have got under one way to escape them, and the numbers of series that are equal otherwise.</summary>
/// <remarks>
/// Not thread-safe. Shared by the layouts of all encodings, so that a series is the same in every format, whichever of two scrapers
/// saw it first. Forgets a metric or a series when that is gone, whether or not anything is laid out again.
/// </remarks>
internal sealed class GivenNames
{
    private readonly ConditionalWeakTable<MetricStream, Given> names = [];
    private readonly ConditionalWeakTable<Series, object> numbers = [];
    private long generation;

    /// <summary>Changes whenever a number does, so that what an encoding has made of others is looked at again.</summary>
    public int Version { get; private set; }

    /// <summary>The name of the family of a metric, or <see langword="null"/> before it has one.</summary>
    public string? NameOf(MetricStream stream) => names.TryGetValue(stream, out var given) ? given.Name : null;

    public void SetName(MetricStream stream, string name) => GivenTo(stream).Name = name;

    /// <summary>
    /// Who comes first where several want the same: a metric that was shown the last time, then one that was once, then others. One that leaves
    /// comes last, lest one that has come in its place be called otherwise for good.
    /// </summary>
    public int RankOf(in ShownStream metric)
    {
        if (metric.IsLeaving)
        {
            return 3;
        }

        return !names.TryGetValue(metric.Stream, out var given) ? 2 : given.LastGeneration == generation ? 0 : 1;
    }

    /// <summary>Remembers which metrics are shown, all of which have names: a new generation.</summary>
    public void Show(IEnumerable<ShownStream> metrics)
    {
        generation++;
        foreach (var metric in metrics)
        {
            GivenTo(metric.Stream).LastGeneration = generation;
        }
    }

    /// <summary>The number that tells a series from others that are equal; <see langword="null"/> if it has none.</summary>
    public int? NumberOf(Series series) => numbers.TryGetValue(series, out var number) ? (int)number : null;

    public void SetNumber(Series series, int number)
    {
        numbers.AddOrUpdate(series, number);
        Version++;
    }

    private Given GivenTo(MetricStream stream) => names.GetValue(stream, static _ => new Given());

    private sealed class Given
    {
        public string? Name { get; set; }

        /// <summary>The last generation that the metric was in.</summary>
        public long LastGeneration { get; set; }
    }
}
