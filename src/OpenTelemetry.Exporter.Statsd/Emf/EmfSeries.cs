namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>A series of a metric.</summary>
/// <param name="Group">Its attributes.</param>
/// <param name="Metric">What its metric is called beside them.</param>
internal readonly record struct EmfSeries(DocumentGroup Group, MetricText Metric);
