namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>A metric as one collection has shown it.</summary>
/// <param name="Stream">The metric.</param>
/// <param name="Series">Its series, in the SDK's order; never written to.</param>
/// <param name="IsIrregular">Whether a total or a sum of it had been negative or NaN until then.</param>
/// <param name="IsLeaving">Whether its meter was disposed of, so that another metric may have come in its place.</param>
internal readonly record struct ShownStream(MetricStream Stream, Series[] Series, bool IsIrregular, bool IsLeaving);
