namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Values of a histogram of which no more is known than where they lie.</summary>
/// <param name="Lower">None of them is smaller. Finite.</param>
/// <param name="Upper">None of them is larger. Finite, not below <paramref name="Lower"/>.</param>
/// <param name="Count">How many; above 0.</param>
internal readonly record struct BucketRange(double Lower, double Upper, long Count);
