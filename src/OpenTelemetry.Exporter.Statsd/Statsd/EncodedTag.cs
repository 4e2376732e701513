namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>A tag that all series of a stream share, sanitised once.</summary>
internal readonly record struct EncodedTag(byte[] Key, byte[] Value);
