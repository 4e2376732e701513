using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>A way to write families. Neither collection nor HTTP knows more of a format than this.</summary>
/// <remarks>
/// Immutable, hence thread-safe. Each <c>TryWrite</c> returns <see langword="false"/> if its destination is too short, whose
/// content is undefined then.
/// </remarks>
/// <param name="settings">What the exporter's options say about buckets.</param>
/// <param name="escaping">What happens to names.</param>
internal abstract class ExpositionFormat(ExpositionSettings settings, EscapingScheme escaping)
{
    /// <summary>The number and <c>_created</c>.</summary>
    private const int LinesOfCounter = 2;

    /// <summary>The buckets of zero and <c>+Inf</c>, <c>_sum</c>, <c>_count</c> and <c>_created</c>.</summary>
    private const int LinesBesideBuckets = 5;

    /// <summary>The media type to answer with.</summary>
    public abstract string ContentType { get; }

    /// <summary>How it writes labels.</summary>
    public abstract ILabelEncoding Labels { get; }

    public EscapingScheme Escaping { get; } = escaping;

    protected ExpositionSettings Settings { get; } = settings;

    /// <summary>Writes the resource as the metric <c>target_info</c>.</summary>
    public abstract bool TryWriteTarget(Span<byte> destination, ReadOnlySpan<byte> labels, out int written);

    /// <summary>How many times the labels of a point are written at most: once a line in OpenMetrics, which has the most lines.</summary>
    public int MaxRepeats(Family family, in FamilyMember member) => family.Type switch
    {
        FamilyType.Histogram => LinesBesideBuckets + (member.Stream.IsExponential
            ? Math.Min(Settings.MaxExponentialBuckets, ClassicBuckets.ExponentialPositions)
            : member.Stream.Bounds.Length),
        FamilyType.Counter => LinesOfCounter,
        _ => 1,
    };

    /// <summary>Writes what is said about a family once, before its points; nothing for smallest or largest values of which there are none.</summary>
    public bool TryBeginFamily(Span<byte> destination, Family family, Snapshot snapshot, out int written)
    {
        written = 0;
        return IsWithoutPoints(family, snapshot) || TryWriteMetadata(destination, family, snapshot, out written);
    }

    /// <summary>Writes what stands for one point, all samples of a histogram included; nothing for a histogram without a smallest value where that is asked for.</summary>
    public bool TryWritePoint(Span<byte> destination, Family family, in FamilyMember member, ref readonly PointReader point, out int written)
    {
        var sample = new Sample(family, member.Stream, member.IsIrregular, member.Labels[point.Index], point.StartTicks, point.Exemplars);
        switch (family.Type)
        {
            case FamilyType.Histogram:
                return TryWriteHistogram(destination, in sample, point.Histogram, out written);
            case FamilyType.Minimum:
            case FamilyType.Maximum:
                return TryWriteExtreme(destination, in sample, ExtremeOf(family, in point), out written);
            default:
                return TryWriteNumber(destination, in sample, SampleValue.Of(point.Bits, member.Stream.IsDouble), out written);
        }
    }

    /// <summary>Writes the end of an exposition.</summary>
    public abstract bool TryEnd(Span<byte> destination, out int written);

    /// <summary>Writes what is said about a family once.</summary>
    protected abstract bool TryWriteMetadata(Span<byte> destination, Family family, Snapshot snapshot, out int written);

    /// <summary>Writes a counter or gauge.</summary>
    protected abstract bool TryWriteNumber(Span<byte> destination, in Sample sample, SampleValue value, out int written);

    /// <summary>Writes a histogram.</summary>
    protected abstract bool TryWriteHistogram(Span<byte> destination, in Sample sample, in HistogramValue histogram, out int written);

    /// <summary>Whether no histogram of the family has what it is about.</summary>
    private static bool IsWithoutPoints(Family family, Snapshot snapshot)
    {
        if (family.Type is not (FamilyType.Minimum or FamilyType.Maximum))
        {
            return false;
        }

        foreach (ref readonly var member in family.Members.AsSpan())
        {
            var points = new PointReader(member.Stream, snapshot[member.Index]);
            while (points.MoveNext())
            {
                if (!double.IsNaN(ExtremeOf(family, in points)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The smallest or largest value of a histogram; NaN if it has none.</summary>
    private static double ExtremeOf(Family family, ref readonly PointReader point) =>
        family.Type == FamilyType.Minimum ? point.Histogram.Min : point.Histogram.Max;

    private bool TryWriteExtreme(Span<byte> destination, in Sample sample, double value, out int written)
    {
        if (double.IsNaN(value))
        {
            written = 0;
            return true;
        }

        return TryWriteNumber(destination, sample.WithoutExemplars(), SampleValue.Of(value), out written);
    }
}
