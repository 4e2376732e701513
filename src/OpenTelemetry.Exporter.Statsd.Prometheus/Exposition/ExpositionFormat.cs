namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>A way to write families. Neither collection nor HTTP knows more of a format than this.</summary>
/// <remarks>Stateless, hence thread-safe.</remarks>
internal abstract class ExpositionFormat
{
    /// <summary>The media type to answer with.</summary>
    public abstract string ContentType { get; }

    /// <summary>Writes the resource as the metric <c>target_info</c>.</summary>
    /// <returns><see langword="false"/> if <paramref name="output"/> is full.</returns>
    public abstract bool TryWriteTargetInfo(LabelSet labels, ExpositionBuffer output);

    /// <summary>Writes a family: what is to be said about it once, and all of its samples.</summary>
    /// <param name="family">The first stream; the others follow by <see cref="MetricStream.Next"/>.</param>
    /// <param name="labels">Gives each point its labels.</param>
    /// <param name="output">Where to write.</param>
    /// <returns><see langword="false"/> if <paramref name="output"/> is full.</returns>
    public abstract bool TryWriteFamily(MetricStream family, SeriesLabels labels, ExpositionBuffer output);
}
