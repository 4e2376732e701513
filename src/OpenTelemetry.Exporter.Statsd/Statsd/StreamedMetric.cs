using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What is encoded once for an instrument whose measurements are streamed.</summary>
/// <remarks>One owner at a time: the thread that sends the stream.</remarks>
internal sealed class StreamedMetric(
    StreamIdentity identity, byte[] name, byte[] type, bool tagsFollowType, TagEncoder encoder, EncodedTag[] constants, byte[] suffix)
{
    /// <summary>As the instrument calls it; for events.</summary>
    public string MetricName => identity.Name;

    public MetricKind Kind => identity.Kind;

    /// <summary>What each value has to be converted by.</summary>
    public MillisecondScale Scale { get; } =
        identity.ValueType == StatsdTypes.Timing ? MillisecondScale.Of(identity.Unit) : MillisecondScale.None;

    /// <summary>Encodes what all lines of a series share.</summary>
    public byte[] EncodeTags(ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        Span<byte> buffer = new byte[encoder.MaxBytes(attributes.Length, constants)];
        return [.. buffer[..encoder.Write(buffer, attributes, constants)], .. suffix];
    }

    /// <summary>What surrounds a value.</summary>
    /// <param name="tags">What <see cref="EncodeTags"/> made of the series' tags.</param>
    public LineParts Line(ReadOnlySpan<byte> tags) => tagsFollowType
        ? new LineParts { Head = name, Tail = type, TailEnd = tags }
        : new LineParts { Head = name, HeadEnd = tags, Tail = type };
}
