namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>A value that stands for as many recorded ones as its weight says.</summary>
/// <param name="Value">Finite.</param>
/// <param name="Weight">1 or more.</param>
internal readonly record struct WeightedValue(double Value, long Weight);
