using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Prometheus.Collecting;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes the fields that make a histogram message a native one.</summary>
/// <remarks>
/// Stateless. Adds to <c>written</c> and returns <see langword="false"/> if <c>destination</c> is too short. See "Native histograms" of
/// the Prometheus documentation.
/// </remarks>
internal static class NativeHistogramFields
{
    /// <summary>Writes schema, zero bucket, spans and deltas.</summary>
    public static bool TryWrite(Span<byte> destination, in HistogramValue histogram, ref int written)
    {
        var buckets = new NativeBuckets(in histogram);
        return ProtobufField.TryWriteSigned(destination, PrometheusProto.Histogram.Schema, buckets.Schema, ref written)
            && ProtobufField.TryWriteDouble(destination, PrometheusProto.Histogram.ZeroThreshold, 0, ref written)
            && ProtobufField.TryWriteVarint(destination, PrometheusProto.Histogram.ZeroCount, (ulong)histogram.ZeroCount, ref written)
            && TryWriteSpans(destination, buckets, ref written)
            && TryWriteDeltas(destination, buckets, ref written);
    }

    /// <summary>Writes where there are buckets. Without any there is one empty span, which tells a native histogram from a classic one.</summary>
    private static bool TryWriteSpans(Span<byte> destination, NativeBuckets buckets, ref int written)
    {
        var offset = 0;
        var length = 0u;
        foreach (var bucket in buckets)
        {
            if (length > 0 && bucket.Gap == 1)
            {
                length++;
                continue;
            }

            if (length > 0 && !TryWriteSpan(destination, offset, length, ref written))
            {
                return false;
            }

            // Of the first span the index itself, of later ones the empty buckets before it.
            offset = length == 0 ? bucket.Gap : bucket.Gap - 1;
            length = 1;
        }

        return TryWriteSpan(destination, offset, length, ref written);
    }

    private static bool TryWriteDeltas(Span<byte> destination, NativeBuckets buckets, ref int written)
    {
        if (!ProtobufField.TryOpen(destination, PrometheusProto.Histogram.PositiveDelta, out var start, ref written))
        {
            return false;
        }

        long last = 0;
        foreach (var bucket in buckets)
        {
            if (!ProtobufField.TryWriteRaw(destination, Varint.ZigZag(bucket.Count - last), ref written))
            {
                return false;
            }

            last = bucket.Count;
        }

        return ProtobufField.TryClose(destination, start, ref written);
    }

    private static bool TryWriteSpan(Span<byte> destination, int offset, uint length, ref int written) =>
        ProtobufField.TryOpen(destination, PrometheusProto.Histogram.PositiveSpan, out var start, ref written)
            && ProtobufField.TryWriteSigned(destination, PrometheusProto.BucketSpan.Offset, offset, ref written)
            && ProtobufField.TryWriteVarint(destination, PrometheusProto.BucketSpan.Length, length, ref written)
            && ProtobufField.TryClose(destination, start, ref written);
}
