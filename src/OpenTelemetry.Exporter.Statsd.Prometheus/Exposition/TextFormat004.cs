using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The Prometheus text format, version 0.0.4, which every scraper reads.</summary>
/// <remarks>
/// It has classic histograms only, so exponential ones are written with the powers of two as bounds. It has no place for
/// exemplars, units or the time at which a series began.
/// </remarks>
internal sealed class TextFormat004 : ExpositionFormat
{
    public static readonly TextFormat004 Instance = new();

    /// <summary>As many buckets as the SDK keeps by default, so that only those of a view with a larger size are merged further.</summary>
    private const int MaxExponentialBuckets = 160;

    /// <inheritdoc/>
    public override string ContentType => "text/plain; version=0.0.4; charset=utf-8";

    /// <inheritdoc/>
    public override bool TryWriteTargetInfo(LabelSet labels, ExpositionBuffer output)
    {
        var block = output.Scratch;
        WriteLabels(labels, block);
        return TryWriteMetadata("target_info"u8, "Target metadata"u8, "gauge"u8, output)
            && TextLine.TryWriteSample(
                output.GetSpan(block.Length + TextLine.MaxOverhead), "target_info"u8, default, block[..], 1, out var written)
            && output.TryAdvance(written);
    }

    /// <inheritdoc/>
    public override bool TryWriteFamily(MetricStream family, SeriesLabels labels, ExpositionBuffer output)
    {
        var type = family.Type switch
        {
            FamilyType.Counter => "counter"u8,
            FamilyType.Gauge => "gauge"u8,
            _ => "histogram"u8,
        };
        if (!TryWriteMetadata(family.NameUtf8, family.Help, type, output))
        {
            return false;
        }

        labels.BeginFamily(family);
        var points = new PointWriter(family.NameUtf8, labels, output);
        for (var stream = family; stream is not null; stream = stream.Next)
        {
            labels.BeginStream(stream);
            MetricWalker.Walk(stream.Metric, ref points);
        }

        return points.Fits;
    }

    private static bool TryWriteMetadata(
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> help,
        ReadOnlySpan<byte> type,
        ExpositionBuffer output)
    {
        return TextLine.TryWriteHelp(output.GetSpan(name.Length + (2 * help.Length) + TextLine.MaxOverhead), name, help, out var written)
            && output.TryAdvance(written)
            && TextLine.TryWriteType(output.GetSpan(name.Length + TextLine.MaxOverhead), name, type, out written)
            && output.TryAdvance(written);
    }

    private static void WriteLabels(LabelSet labels, ByteArena block)
    {
        block.Truncate(0);
        for (var index = 0; index < labels.Count; index++)
        {
            var name = labels.NameAt(index);
            var value = labels.ValueAt(index);
            var space = block.GetSpan(name.Length + (2 * value.Length) + 4);
            var fits = TextLine.TryWriteLabel(space, name, value, isFirst: index == 0, out var written);
            Debug.Assert(fits, "A label is longer than its name, its value escaped throughout, and four signs.");
            block.Advance(written);
        }
    }

    /// <summary>Writes the samples of each point it is shown, until the output is full.</summary>
    private struct PointWriter(byte[] name, SeriesLabels labels, ExpositionBuffer output) : IPointVisitor
    {
        private readonly ByteArena block = output.Scratch;

        public bool Fits { get; private set; } = true;

        public void VisitNumber(ref readonly MetricPoint point, long value)
        {
            if (Fits)
            {
                BeginPoint(in point);
                Fits = TextLine.TryWriteSample(GetLine(), name, default, block[..], value, out var written) && output.TryAdvance(written);
            }
        }

        public void VisitNumber(ref readonly MetricPoint point, double value)
        {
            if (Fits)
            {
                BeginPoint(in point);
                Fits = TryWriteSample(default, value);
            }
        }

        public void VisitHistogram(ref readonly MetricPoint point, HistogramPoint histogram)
        {
            if (!Fits)
            {
                return;
            }

            BeginPoint(in point);

            // Empty buckets too: a bound that first appeared with a value would have no earlier sample to rise from.
            long cumulative = 0;
            foreach (var bucket in histogram.GetContiguousBuckets(MaxExponentialBuckets))
            {
                cumulative += bucket.Count;
                if (bucket.UpperBound < double.PositiveInfinity && !TryWriteBucket(bucket.UpperBound, cumulative))
                {
                    Fits = false;
                    return;
                }
            }

            Fits = TryWriteBucket(double.PositiveInfinity, histogram.Count)
                && TryWriteSample("_sum"u8, histogram.Sum)
                && TextLine.TryWriteSample(GetLine(), name, "_count"u8, block[..], histogram.Count, out var written)
                && output.TryAdvance(written);
        }

        private readonly void BeginPoint(ref readonly MetricPoint point) => WriteLabels(labels.Encode(in point), block);

        private readonly Span<byte> GetLine() => output.GetSpan(name.Length + block.Length + TextLine.MaxOverhead);

        private readonly bool TryWriteSample(ReadOnlySpan<byte> suffix, double value) =>
            TextLine.TryWriteSample(GetLine(), name, suffix, block[..], value, out var written) && output.TryAdvance(written);

        private readonly bool TryWriteBucket(double upperBound, long count) =>
            TextLine.TryWriteBucket(GetLine(), name, block[..], upperBound, count, out var written) && output.TryAdvance(written);
    }
}
