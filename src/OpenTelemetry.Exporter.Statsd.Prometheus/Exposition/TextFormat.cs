using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The Prometheus text format, versions 0.0.4 and 1.0.0, which differ in the names that they have room for.</summary>
/// <remarks>
/// It has classic histograms only, so exponential ones are written with the powers of two as bounds. It has no place for
/// exemplars, units or the time at which a series began.
/// </remarks>
internal sealed class TextFormat(ExpositionSettings settings, EscapingScheme escaping, bool isVersion1) : ExpositionFormat(settings, escaping)
{
    private static readonly BoundTexts Bounds = new(
        (Span<byte> destination, double bound, ref int written) => TextLine.TryWriteNumber(destination, SampleValue.Of(bound), ref written));

    /// <inheritdoc/>
    public override string ContentType { get; } = isVersion1
        ? $"text/plain; version=1.0.0; charset=utf-8; escaping={ContentTypes.NameOf(escaping)}"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <inheritdoc/>
    public override ILabelEncoding Labels => TextLabels.Instance;

    /// <inheritdoc/>
    public override bool TryWriteTarget(Span<byte> destination, ReadOnlySpan<byte> labels, out int written)
    {
        written = 0;
        return TextLine.TryCopy("# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info{"u8, destination, ref written)
            && TextLine.TryCopy(labels, destination, ref written)
            && TextLine.TryCopy("} 1\n"u8, destination, ref written);
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
            FamilyType.Counter => "counter"u8,
            FamilyType.Histogram => "histogram"u8,
            _ => "gauge"u8,
        };
        written = 0;
        return TextLine.TryWriteMetadata(destination, "HELP"u8, family.Name, family.IsClassic, family.Help, false, ref written)
            && TextLine.TryWriteMetadata(destination, "TYPE"u8, family.Name, family.IsClassic, type, false, ref written);
    }

    /// <inheritdoc/>
    protected override bool TryWriteNumber(Span<byte> destination, in Sample sample, SampleValue value, out int written)
    {
        written = 0;
        return TextLine.TryWriteSample(destination, in sample, default, value, ref written);
    }

    /// <inheritdoc/>
    protected override bool TryWriteHistogram(Span<byte> destination, in Sample sample, in HistogramValue histogram, out int written)
    {
        written = 0;
        if (!BucketLines.TryBegin(destination, in sample, out var head))
        {
            return false;
        }

        // Empty buckets too: a bound that first appeared with a value would have no earlier sample to rise from.
        long cumulative = 0;
        var texts = Bounds.Of(sample.Stream);
        foreach (var bucket in new ClassicBuckets(in histogram, Settings.MaxExponentialBuckets))
        {
            cumulative += bucket.Count;
            if (!BucketLines.TryWrite(destination, head, Bounds.Get(texts, bucket), cumulative, ref written)
                || !TextLine.TryEnd(destination, ref written))
            {
                return false;
            }
        }

        return BucketLines.TryWrite(destination, head, "+Inf\"} "u8, histogram.Count, ref written)
            && TextLine.TryEnd(destination, ref written)
            && TextLine.TryWriteSample(destination, in sample, "_sum"u8, SampleValue.Of(histogram.Sum), ref written)
            && TextLine.TryWriteSample(destination, in sample, "_count"u8, SampleValue.Of(histogram.Count), ref written);
    }
}
