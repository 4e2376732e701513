namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>Which metrics and series a collection has shown, in the SDK's order.</summary>
/// <remarks>
/// Immutable. Collections that show the same share one instance, so that comparing references tells whether anything has to be
/// laid out anew.
/// </remarks>
/// <param name="streams">The metrics.</param>
internal sealed class Structure(ShownStream[] streams)
{
    public static readonly Structure Empty = new([]);

    public ShownStream[] Streams { get; } = streams;

    public long SeriesCount { get; } = streams.Sum(each => (long)each.Series.Length);
}
