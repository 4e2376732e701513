using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
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
    BucketTags? bucketTags,
    PacketBuilder packets,
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
            WriteHistogram(tags, histogram);
        }

        finished++;
    }

    private void WriteHistogram(ReadOnlySpan<byte> tags, HistogramPoint histogram)
    {
        Write(Counter(HistogramLine.Count, tags), histogram.Count, isCounter: true, isNegative: false);
        WriteFinite(Counter(HistogramLine.Sum, tags), histogram.Sum, isCounter: true);
        if (histogram.HasMinMax)
        {
            WriteFinite(Gauge(HistogramLine.Min, tags), histogram.Min, isCounter: false);
            WriteFinite(Gauge(HistogramLine.Max, tags), histogram.Max, isCounter: false);
        }

        WriteFinite(Gauge(HistogramLine.Average, tags), histogram.Sum / histogram.Count, isCounter: false);
        if (bucketTags is not null)
        {
            foreach (var bucket in histogram.GetBuckets())
            {
                if (bucket.Count > 0)
                {
                    var line = Counter(HistogramLine.Bucket, bucketTags.With(tags, bucket.UpperBound));
                    Write(line, bucket.Count, isCounter: true, isNegative: false);
                }
            }
        }

        packets.CompleteEntry();
    }

    private LineParts Counter(HistogramLine line, ReadOnlySpan<byte> tags) => stream.HistogramLine(line, "|c"u8, tags);

    private LineParts Gauge(HistogramLine line, ReadOnlySpan<byte> tags) => stream.HistogramLine(line, "|g"u8, tags);

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
        Write(stream.NumberLine(fragment), value, isCounter, value < 0);
        packets.CompleteEntry();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteUnusual(ReadOnlySpan<byte> fragment, double value)
    {
        WriteFinite(stream.NumberLine(fragment), value, isCounter);
        packets.CompleteEntry();
    }

    private void WriteFinite(in LineParts line, double value, bool isCounter)
    {
        if (double.IsFinite(value))
        {
            Write(line, value, isCounter, value < 0);
        }
        else
        {
            packets.FailEntry(DropReason.InvalidValue);
            StatsdEventSource.Log.OnInvalidValue(stream.MetricName);
        }
    }

    private void Write<TNumber>(in LineParts line, TNumber value, bool isCounter, bool isNegative)
        where TNumber : struct
    {
        if (isNegative && isCounter && profile.RejectsNegativeCounters)
        {
            packets.FailEntry(DropReason.NegativeCounter);
            StatsdEventSource.Log.OnNegativeCounter(stream.MetricName);
            return;
        }

        var isDelta = isNegative && !isCounter && profile.SignedGaugeIsDelta;
        if (!TryWrite(packets.Free, line, value, isDelta, out var written))
        {
            packets.Flush();
            if (!TryWrite(packets.Free, line, value, isDelta, out written))
            {
                packets.FailEntry(DropReason.LineTooLong);
                StatsdEventSource.Log.OnLineTooLong(stream.MetricName, packets.MaxPacketBytes);
                return;
            }
        }

        packets.Commit(written);
    }

    private bool TryWrite<TNumber>(Span<byte> destination, in LineParts line, TNumber value, bool isDelta, out int written)
        where TNumber : struct => isDelta
            ? LineWriter.TryWriteAfterReset(destination, line, value, profile.Numbers, out written)
            : LineWriter.TryWrite(destination, line, value, profile.Numbers, out written);
}
