namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>What the options of an exporter say to its formats.</summary>
/// <param name="MaxExponentialBuckets">The most classic buckets of an exponential histogram.</param>
/// <param name="AddsClassicBuckets">Whether native histograms have classic buckets too.</param>
internal sealed record ExpositionSettings(int MaxExponentialBuckets, bool AddsClassicBuckets);
