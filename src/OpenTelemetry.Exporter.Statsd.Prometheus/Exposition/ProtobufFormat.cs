using System.Buffers;
using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Length-delimited messages of <c>io.prometheus.client.MetricFamily</c>, the one format with native histograms.</summary>
/// <remarks>
/// A message says its length before its content, which may be larger than memory should be used for. So a family is written twice:
/// point by point into a small buffer to add up their lengths, then for good.
/// </remarks>
/// <param name="settings">What the exporter's options say about buckets.</param>
/// <param name="escaping">What happens to names.</param>
/// <param name="keys">The same of the keys of exemplars; <see langword="null"/> for the rules of the OpenTelemetry specification.</param>
internal sealed class ProtobufFormat(ExpositionSettings settings, EscapingScheme escaping, EscapingScheme? keys) : ExpositionFormat(settings, escaping)
{
    private const int MeasuringBytes = 16 * 1024;

    /// <inheritdoc/>
    public override string ContentType { get; } =
        $"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping={ContentTypes.NameOf(escaping)}";

    /// <inheritdoc/>
    public override ILabelEncoding Labels => ProtobufLabels.Instance;

    /// <inheritdoc/>
    public override bool TryWriteTarget(Span<byte> destination, ReadOnlySpan<byte> labels, out int written)
    {
        written = 1;
        return destination.Length > 0
            && TryWriteHead(destination, "target_info"u8, "Target metadata"u8, PrometheusProto.MetricType.Gauge, default, ref written)
            && TryWriteGauge(destination, labels, 1, ref written)
            && ProtobufField.TryClose(destination, 1, ref written);
    }

    /// <inheritdoc/>
    public override bool TryEnd(Span<byte> destination, out int written)
    {
        written = 0;
        return true;
    }

    /// <inheritdoc/>
    protected override bool TryWriteMetadata(Span<byte> destination, Family family, Snapshot snapshot, out int written)
    {
        var type = family.Type switch
        {
            FamilyType.Counter => PrometheusProto.MetricType.Counter,
            FamilyType.Histogram => PrometheusProto.MetricType.Histogram,
            _ => PrometheusProto.MetricType.Gauge,
        };
        written = 0;
        if (!TryWriteHead(destination, family.Name, family.Help, type, family.Unit, ref written))
        {
            return false;
        }

        var length = (ulong)(written + Measure(family, snapshot));
        var size = Varint.Size(length);
        if (written + size > destination.Length)
        {
            return false;
        }

        destination[..written].CopyTo(destination[size..]);
        written += size;
        return Varint.TryWrite(destination, length, out _);
    }

    /// <inheritdoc/>
    protected override bool TryWriteNumber(Span<byte> destination, in Sample sample, SampleValue value, out int written)
    {
        written = 0;
        return sample.Family.Type != FamilyType.Counter
            ? TryWriteGauge(destination, sample.Labels, value.Double, ref written)
            : TryOpenMetric(destination, sample.Labels, out var start, ref written)
                && ProtobufField.TryOpen(destination, PrometheusProto.Metric.Counter, out var counter, ref written)
                && ProtobufField.TryWriteDouble(destination, PrometheusProto.Counter.Value, value.Double, ref written)
                && TryWriteExemplar(
                    destination, PrometheusProto.Counter.Exemplar, Exemplars.Latest(sample.Exemplars, value.IsDouble), ref written)
                && TryWriteTime(destination, PrometheusProto.Counter.CreatedTimestamp, sample.StartTicks, ref written)
                && ProtobufField.TryClose(destination, counter, ref written)
                && ProtobufField.TryClose(destination, start, ref written);
    }

    /// <inheritdoc/>
    protected override bool TryWriteHistogram(Span<byte> destination, in Sample sample, in HistogramValue histogram, out int written)
    {
        written = 0;
        var isNative = NativeBuckets.CanShow(in histogram);
        return TryOpenMetric(destination, sample.Labels, out var start, ref written)
            && ProtobufField.TryOpen(destination, PrometheusProto.Metric.Histogram, out var content, ref written)
            && ProtobufField.TryWriteVarint(destination, PrometheusProto.Histogram.SampleCount, (ulong)histogram.Count, ref written)
            && ProtobufField.TryWriteDouble(destination, PrometheusProto.Histogram.SampleSum, histogram.Sum, ref written)
            && ((isNative && !Settings.AddsClassicBuckets) || TryWriteClassic(destination, in sample, in histogram, ref written))
            && (!isNative
                || (NativeHistogramFields.TryWrite(destination, in histogram, ref written)
                    && TryWriteExemplars(destination, sample.Exemplars, ref written)))
            && TryWriteTime(destination, PrometheusProto.Histogram.CreatedTimestamp, sample.StartTicks, ref written)
            && ProtobufField.TryClose(destination, content, ref written)
            && ProtobufField.TryClose(destination, start, ref written);
    }

    private static bool TryWriteHead(
        Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help, int type, ReadOnlySpan<byte> unit, ref int written) =>
        ProtobufField.TryWriteBytes(destination, PrometheusProto.MetricFamily.Name, name, ref written)
            && ProtobufField.TryWriteBytes(destination, PrometheusProto.MetricFamily.Help, help, ref written)
            && ProtobufField.TryWriteVarint(destination, PrometheusProto.MetricFamily.Type, (ulong)type, ref written)
            && (unit.IsEmpty || ProtobufField.TryWriteBytes(destination, PrometheusProto.MetricFamily.Unit, unit, ref written));

    private static bool TryOpenMetric(Span<byte> destination, ReadOnlySpan<byte> labels, out int start, ref int written) =>
        ProtobufField.TryOpen(destination, PrometheusProto.MetricFamily.Metric, out start, ref written)
            && TextLine.TryCopy(labels, destination, ref written);

    private static bool TryWriteGauge(Span<byte> destination, ReadOnlySpan<byte> labels, double value, ref int written) =>
        TryOpenMetric(destination, labels, out var start, ref written)
            && ProtobufField.TryOpen(destination, PrometheusProto.Metric.Gauge, out var gauge, ref written)
            && ProtobufField.TryWriteDouble(destination, PrometheusProto.Gauge.Value, value, ref written)
            && ProtobufField.TryClose(destination, gauge, ref written)
            && ProtobufField.TryClose(destination, start, ref written);

    private static bool TryWriteTime(Span<byte> destination, int field, long unixTicks, ref int written)
    {
        var seconds = Math.DivRem(unixTicks, TimeSpan.TicksPerSecond, out var ticks);
        return ProtobufField.TryOpen(destination, field, out var start, ref written)
            && ProtobufField.TryWriteVarint(destination, PrometheusProto.Timestamp.Seconds, (ulong)seconds, ref written)
            && ProtobufField.TryWriteVarint(
                destination, PrometheusProto.Timestamp.Nanos, (ulong)(ticks * TimeSpan.NanosecondsPerTick), ref written)
            && ProtobufField.TryClose(destination, start, ref written);
    }

    /// <summary>The bytes of all points of a family.</summary>
    private long Measure(Family family, Snapshot snapshot)
    {
        using var buffer = new PooledBuffer(ArrayPool<byte>.Shared, MeasuringBytes);
        long length = 0;
        foreach (ref readonly var member in family.Members.AsSpan())
        {
            var values = snapshot[member.Index];
            var points = new PointReader(member.Stream, values);
            while (points.MoveNext())
            {
                int written;
                while (!TryWritePoint(buffer.Bytes, family, in member, ref points, out written))
                {
                    buffer.Double();
                }

                length += written;
                if (family.Type is FamilyType.Counter or FamilyType.Gauge && values.Exemplars.IsEmpty)
                {
                    length += MeasureOthers(in member, written);
                    break;
                }
            }
        }

        return length;
    }

    /// <summary>The bytes of all points but the first, from which they differ in nothing but their labels.</summary>
    private static long MeasureOthers(in FamilyMember member, int first)
    {
        // A tag, a length and the content.
        var content = first - 2;
        while (1 + Varint.Size((ulong)content) + content > first)
        {
            content--;
        }

        var rest = content - member.Labels[0].Length;
        long length = 0;
        foreach (var labels in member.Labels.AsSpan(1))
        {
            content = rest + labels.Length;
            length += 1 + Varint.Size((ulong)content) + content;
        }

        return length;
    }

    private bool TryWriteClassic(Span<byte> destination, in Sample sample, in HistogramValue histogram, ref int written)
    {
        long cumulative = 0;
        var exemplars = new BucketExemplars(sample.Exemplars);
        foreach (var bucket in new ClassicBuckets(in histogram, Settings.MaxExponentialBuckets))
        {
            cumulative += bucket.Count;
            if (!TryWriteBucket(destination, ref exemplars, bucket.UpperBound, cumulative, ref written))
            {
                return false;
            }
        }

        return TryWriteBucket(destination, ref exemplars, double.PositiveInfinity, histogram.Count, ref written);
    }

    private bool TryWriteBucket(Span<byte> destination, ref BucketExemplars exemplars, double upperBound, long count, ref int written) =>
        ProtobufField.TryOpen(destination, PrometheusProto.Histogram.Bucket, out var start, ref written)
            && ProtobufField.TryWriteVarint(destination, PrometheusProto.Bucket.CumulativeCount, (ulong)count, ref written)
            && ProtobufField.TryWriteDouble(destination, PrometheusProto.Bucket.UpperBound, upperBound, ref written)
            && (exemplars.IsEmpty || TryWriteExemplar(destination, PrometheusProto.Bucket.Exemplar, exemplars.Next(upperBound), ref written))
            && ProtobufField.TryClose(destination, start, ref written);

    private bool TryWriteExemplars(Span<byte> destination, PointReader.ExemplarEnumerator exemplars, ref int written)
    {
        foreach (var exemplar in exemplars)
        {
            var found = new FoundExemplar(exemplar, SampleValue.Of(exemplar.Bits, isDouble: true));
            if (!TryWriteExemplar(destination, PrometheusProto.Histogram.Exemplars, found, ref written))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes an exemplar, if there is one.</summary>
    private bool TryWriteExemplar(Span<byte> destination, int field, FoundExemplar found, ref int written)
    {
        if (!found.Exists)
        {
            return true;
        }

        if (!ProtobufField.TryOpen(destination, field, out var start, ref written))
        {
            return false;
        }

        var labels = new ExemplarLabels(found.Exemplar, keys, stackalloc byte[ExemplarLabels.ScratchBytes]);
        while (labels.MoveNext())
        {
            if (!ProtobufLabels.TryWrite(destination, PrometheusProto.Exemplar.Label, labels.Name, labels.Value, ref written))
            {
                return false;
            }
        }

        return ProtobufField.TryWriteDouble(destination, PrometheusProto.Exemplar.Value, found.Value.Double, ref written)
            && TryWriteTime(destination, PrometheusProto.Exemplar.Timestamp, found.Exemplar.UnixTicks, ref written)
            && ProtobufField.TryClose(destination, start, ref written);
    }
}
