namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>A histogram, or a part of one.</summary>
/// <param name="Count">How many values; above 0.</param>
/// <param name="Sum">Of all values.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The largest value.</param>
internal readonly record struct HistogramValue(long Count, double Sum, double Min, double Max)
{
    /// <summary>Where its values are in the <see cref="PointStore"/>.</summary>
    public int Start { get; init; }

    /// <summary>How many there are.</summary>
    public int Length { get; init; }
}
