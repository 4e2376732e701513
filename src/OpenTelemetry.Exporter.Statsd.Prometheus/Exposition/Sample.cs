using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Families;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>What every format says about a point, but for its value.</summary>
internal readonly ref struct Sample(
    Family family,
    MetricStream stream,
    bool isIrregular,
    ReadOnlySpan<byte> labels,
    long startTicks,
    ReadOnlySpan<byte> exemplars)
{
    private readonly ReadOnlySpan<byte> exemplars = exemplars;

    public Family Family { get; } = family;

    public MetricStream Stream { get; } = stream;

    /// <summary>Whether a total or a sum of the metric had been negative or NaN, for which OpenMetrics has no place.</summary>
    public bool IsIrregular { get; } = isIrregular;

    /// <summary>As the format's own encoding wrote them.</summary>
    public ReadOnlySpan<byte> Labels { get; } = labels;

    /// <summary>When the metric began to be measured, in ticks since 1970.</summary>
    public long StartTicks { get; } = startTicks;

    public PointReader.ExemplarEnumerator Exemplars => new(exemplars);

    public Sample WithoutExemplars() => new(Family, Stream, IsIrregular, Labels, StartTicks, default);
}
