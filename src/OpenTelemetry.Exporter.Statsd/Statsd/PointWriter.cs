using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes the points of one metric as lines into packets; each point is counted once, as exported or as dropped.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. A counter that did not change, and a histogram without a value, have
/// nothing to say and count as neither.
/// </remarks>
internal readonly ref struct PointWriter(
    MetricStream stream,
    ReceiverProfile profile,
    PacketBuilder packets,
    NumberLineWriter numbers,
    HistogramWriter histograms,
    ref int finished) : IPointVisitor
{
    /// <summary>How many points have been seen to, written or not.</summary>
    private readonly ref int finished = ref finished;

    // Copies, which each point reads without a detour.
    private readonly SeriesCache series = stream.Series;
    private readonly ReadOnlySpan<byte> common = stream.Common;
    private readonly bool tagsFollowType = stream.TagsFollowType;
    private readonly bool isCounter = stream.Kind == MetricKind.Counter;

    public void VisitNumber(ref readonly MetricPoint point, long value)
    {
        var fragment = series.Next(point.Tags);
        var hasNothingToSay = value == 0 && isCounter;
        if (!hasNothingToSay && (value < 0 || !TryWritePositive(fragment, value)))
        {
            WriteUnusual(fragment, value);
        }

        finished++;
    }

    public void VisitNumber(ref readonly MetricPoint point, double value)
    {
        var fragment = series.Next(point.Tags);
        var hasNothingToSay = value == 0 && isCounter;
        if (!hasNothingToSay && (!(value is >= 0 and <= double.MaxValue) || !TryWritePositive(fragment, value)))
        {
            WriteUnusual(fragment, value);
        }

        finished++;
    }

    public void VisitHistogram(ref readonly MetricPoint point, HistogramPoint histogram)
    {
        var tags = series.Next(point.Tags);
        if (histogram.Count > 0)
        {
            histograms.Write(stream, tags, histogram);
        }

        finished++;
    }

    /// <summary>The usual case on the shortest way: no sign to mind, and room in the packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryWritePositive<TNumber>(ReadOnlySpan<byte> fragment, TNumber value)
        where TNumber : struct
    {
        var isWritten = tagsFollowType
            ? LineWriter.TryWrite(packets.Free, common, value, fragment, profile.Numbers, out var written)
            : LineWriter.TryWrite(packets.Free, fragment, value, common, profile.Numbers, out written);
        if (isWritten)
        {
            packets.CommitEntry(written);
        }

        return isWritten;
    }

    /// <summary>Any other case, which would weigh down the loop that the usual one runs in.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteUnusual(ReadOnlySpan<byte> fragment, long value)
    {
        numbers.Write(stream.MetricName, stream.NumberLine(fragment), value, isCounter);
        packets.CompleteEntry();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteUnusual(ReadOnlySpan<byte> fragment, double value)
    {
        numbers.Write(stream.MetricName, stream.NumberLine(fragment), value, isCounter);
        packets.CompleteEntry();
    }
}
