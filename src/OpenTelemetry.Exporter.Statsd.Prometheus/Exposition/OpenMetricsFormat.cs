using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>OpenMetrics text, versions 0.0.1 and 1.0.0, which differ in the names that they have room for.</summary>
/// <remarks>
/// OpenMetrics specification. Counters must end in <c>_total</c> there, so one without it, which options ask for, is of type
/// <c>unknown</c> rather than of another name than in other formats. Totals and sums are neither negative nor NaN there. So a counter
/// that has been that is of type <c>unknown</c>, too; and where bounds or sums are, sum and count have no place: the last bucket has the count.
/// </remarks>
/// <param name="settings">What the exporter's options say about buckets.</param>
/// <param name="escaping">What happens to names.</param>
/// <param name="keys">The same of the keys of exemplars; <see langword="null"/> for the rules of the OpenTelemetry specification.</param>
/// <param name="isVersion1">Whether it is version 1.0.0.</param>
internal sealed class OpenMetricsFormat(ExpositionSettings settings, EscapingScheme escaping, EscapingScheme? keys, bool isVersion1)
    : ExpositionFormat(settings, escaping)
{
    private const int MillisecondDigits = 3;

    private static readonly BoundTexts Bounds = new(CanonicalNumber.TryWrite);

    /// <inheritdoc/>
    public override string ContentType { get; } = isVersion1
        ? $"application/openmetrics-text; version=1.0.0; charset=utf-8; escaping={ContentTypes.NameOf(escaping)}"
        : "application/openmetrics-text; version=0.0.1; charset=utf-8";

    /// <inheritdoc/>
    public override ILabelEncoding Labels => TextLabels.Instance;

    /// <inheritdoc/>
    public override bool TryWriteTarget(Span<byte> destination, ReadOnlySpan<byte> labels, out int written)
    {
        written = 0;
        return TextLine.TryCopy("# TYPE target info\n# HELP target Target metadata\ntarget_info{"u8, destination, ref written)
            && TextLine.TryCopy(labels, destination, ref written)
            && TextLine.TryCopy("} 1\n"u8, destination, ref written);
    }

    /// <inheritdoc/>
    public override bool TryEnd(Span<byte> destination, out int written)
    {
        written = 0;
        return TextLine.TryCopy("# EOF\n"u8, destination, ref written);
    }

    /// <inheritdoc/>
    protected override bool TryWriteMetadata(Span<byte> destination, Family family, Snapshot snapshot, out int written)
    {
        var isCounter = IsCounter(family);
        var name = isCounter ? family.BaseName : family.Name;
        var type = family.Type switch
        {
            FamilyType.Counter => isCounter ? "counter"u8 : "unknown"u8,
            FamilyType.Histogram => "histogram"u8,
            _ => "gauge"u8,
        };
        written = 0;
        return TryWriteLine("TYPE"u8, type, destination, ref written)
            && (family.Unit.Length == 0
                || !name.AsSpan().EndsWith(family.Unit)
                || TryWriteLine("UNIT"u8, family.Unit, destination, ref written))
            && TryWriteLine("HELP"u8, family.Help, destination, ref written);

        bool TryWriteLine(ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> text, Span<byte> destination, ref int written) =>
            TextLine.TryWriteMetadata(destination, keyword, name, family.IsClassic, text, escapesQuotes: true, ref written);
    }

    /// <inheritdoc/>
    protected override bool TryWriteNumber(Span<byte> destination, in Sample sample, SampleValue value, out int written)
    {
        written = 0;
        var family = sample.Family;
        if (!TextLine.TryWriteSeries(destination, family, family.Name, default, sample.Labels, ref written)
            || !TextLine.TryWriteNumber(destination, value, ref written))
        {
            return false;
        }

        if (!IsCounter(family))
        {
            return TextLine.TryEnd(destination, ref written);
        }

        return (sample.Exemplars.IsEmpty
                ? TextLine.TryEnd(destination, ref written)
                : TryWriteExemplar(destination, Exemplars.Latest(sample.Exemplars, value.IsDouble), ref written))
            && TryWriteCreated(destination, in sample, ref written);
    }

    /// <inheritdoc/>
    protected override bool TryWriteHistogram(Span<byte> destination, in Sample sample, in HistogramValue histogram, out int written)
    {
        written = 0;
        if (!BucketLines.TryBegin(destination, in sample, out var head))
        {
            return false;
        }

        long cumulative = 0;
        var exemplars = new BucketExemplars(sample.Exemplars);
        var texts = Bounds.Of(sample.Stream);
        foreach (var bucket in new ClassicBuckets(in histogram, Settings.MaxExponentialBuckets))
        {
            cumulative += bucket.Count;
            if (!BucketLines.TryWrite(destination, head, Bounds.Get(texts, bucket), cumulative, ref written)
                || !TryWriteExemplar(destination, ref exemplars, bucket.UpperBound, ref written))
            {
                return false;
            }
        }

        return BucketLines.TryWrite(destination, head, "+Inf\"} "u8, histogram.Count, ref written)
            && TryWriteExemplar(destination, ref exemplars, double.PositiveInfinity, ref written)
            && (histogram.Bounds is [< 0, ..] || sample.IsIrregular
                || (TextLine.TryWriteSample(destination, in sample, "_sum"u8, SampleValue.Of(histogram.Sum), ref written)
                    && TextLine.TryWriteSample(destination, in sample, "_count"u8, SampleValue.Of(histogram.Count), ref written)))
            && TryWriteCreated(destination, in sample, ref written);
    }

    /// <summary>Whether a family is a counter to OpenMetrics, by its name and by its values.</summary>
    private static bool IsCounter(Family family) =>
        family.Type == FamilyType.Counter && !family.IsIrregular && family.BaseName.Length < family.Name.Length;

    private static bool TryWriteCreated(Span<byte> destination, in Sample sample, ref int written) =>
        TextLine.TryWriteSeries(destination, sample.Family, sample.Family.BaseName, "_created"u8, sample.Labels, ref written)
            && TryWriteSeconds(destination, sample.StartTicks, ref written)
            && TextLine.TryEnd(destination, ref written);

    /// <summary>Writes a time in seconds, with its milliseconds.</summary>
    private static bool TryWriteSeconds(Span<byte> destination, long unixTicks, ref int written)
    {
        var seconds = Math.DivRem(unixTicks / TimeSpan.TicksPerMillisecond, 1000, out var milliseconds);
        if (!TextLine.TryWriteNumber(destination, SampleValue.Of(seconds), ref written)
            || !TextLine.TryCopy("."u8, destination, ref written)
            || destination.Length - written < MillisecondDigits)
        {
            return false;
        }

        DecimalDigits.Write(ref destination[written], MillisecondDigits, (ulong)milliseconds);
        written += MillisecondDigits;
        return true;
    }

    /// <summary>Writes the exemplar of the next bucket, if there is one, and ends the line.</summary>
    private bool TryWriteExemplar(Span<byte> destination, ref BucketExemplars exemplars, double upperBound, ref int written) =>
        exemplars.IsEmpty
            ? TextLine.TryEnd(destination, ref written)
            : TryWriteExemplar(destination, exemplars.Next(upperBound), ref written);

    /// <summary>Writes an exemplar, if there is one, and ends the line.</summary>
    private bool TryWriteExemplar(Span<byte> destination, FoundExemplar found, ref int written)
    {
        if (!found.Exists)
        {
            return TextLine.TryEnd(destination, ref written);
        }

        if (!TextLine.TryCopy(" # {"u8, destination, ref written))
        {
            return false;
        }

        var labels = new ExemplarLabels(found.Exemplar, keys, stackalloc byte[ExemplarLabels.ScratchBytes]);
        for (var isFirst = true; labels.MoveNext(); isFirst = false)
        {
            if (!TextLine.TryWriteLabel(destination, labels.Name, labels.Value, isFirst, ref written))
            {
                return false;
            }
        }

        return TextLine.TryCopy("} "u8, destination, ref written)
            && TextLine.TryWriteNumber(destination, found.Value, ref written)
            && TextLine.TryCopy(" "u8, destination, ref written)
            && TryWriteSeconds(destination, found.Exemplar.UnixTicks, ref written)
            && TextLine.TryEnd(destination, ref written);
    }
}
