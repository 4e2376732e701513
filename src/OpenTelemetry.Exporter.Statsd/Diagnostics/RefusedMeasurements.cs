namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Measurements that a stream did not take in.</summary>
/// <param name="Reason">Why, in the words of the tag <c>reason</c>.</param>
/// <param name="Priority">Of which priority, in the words of the tag <c>priority</c>.</param>
/// <param name="Count">How many.</param>
internal readonly record struct RefusedMeasurements(string Reason, string Priority, long Count);
