using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes the points of one metric as lines into packets; each point is counted once, as exported or as dropped.</summary>
/// <remarks>One owner at a time: the thread that exports.</remarks>
internal readonly ref struct PointWriter(
    MetricStream stream,
    ReceiverProfile profile,
    BucketTags? bucketTags,
    PacketBuilder packets,
    ref int visited) : IPointVisitor
{
    /// <summary>How many points were begun.</summary>
    private readonly ref int visited = ref visited;
    private readonly TagPosition tagPosition = profile.Tags?.Position ?? TagPosition.AfterName;

    public void VisitNumber(ref readonly MetricPoint point, long value)
    {
        visited++;
        var tags = stream.Series.Next(point.Tags);
        if (stream.Kind != MetricKind.Counter)
        {
            WriteGauge(stream.Names[0], tags, value, value < 0);
        }
        else if (value == 0)
        {
            return;
        }
        else
        {
            WriteCounter(stream.Names[0], tags, value, value < 0);
        }

        packets.CompleteEntry();
    }

    public void VisitNumber(ref readonly MetricPoint point, double value)
    {
        visited++;
        var tags = stream.Series.Next(point.Tags);
        if (stream.Kind != MetricKind.Counter)
        {
            WriteFiniteGauge(stream.Names[0], tags, value);
        }
        else if (value == 0)
        {
            return;
        }
        else
        {
            WriteFiniteCounter(stream.Names[0], tags, value);
        }

        packets.CompleteEntry();
    }

    public void VisitHistogram(ref readonly MetricPoint point, HistogramPoint histogram)
    {
        visited++;
        var tags = stream.Series.Next(point.Tags);
        if (histogram.Count == 0)
        {
            return;
        }

        WriteCounter(NameOf(HistogramLine.Count), tags, histogram.Count, isNegative: false);
        WriteFiniteCounter(NameOf(HistogramLine.Sum), tags, histogram.Sum);
        if (histogram.HasMinMax)
        {
            WriteFiniteGauge(NameOf(HistogramLine.Min), tags, histogram.Min);
            WriteFiniteGauge(NameOf(HistogramLine.Max), tags, histogram.Max);
        }

        WriteFiniteGauge(NameOf(HistogramLine.Average), tags, histogram.Sum / histogram.Count);
        if (bucketTags is not null)
        {
            foreach (var bucket in histogram.GetBuckets())
            {
                if (bucket.Count > 0)
                {
                    WriteCounter(NameOf(HistogramLine.Bucket), bucketTags.With(tags, bucket.UpperBound), bucket.Count, isNegative: false);
                }
            }
        }

        packets.CompleteEntry();
    }

    private byte[] NameOf(HistogramLine line) => stream.Names[(int)line];

    private void WriteFiniteCounter(byte[] name, ReadOnlySpan<byte> tags, double value)
    {
        if (IsFinite(value))
        {
            WriteCounter(name, tags, value, value < 0);
        }
    }

    private void WriteFiniteGauge(byte[] name, ReadOnlySpan<byte> tags, double value)
    {
        if (IsFinite(value))
        {
            WriteGauge(name, tags, value, value < 0);
        }
    }

    private bool IsFinite(double value)
    {
        if (double.IsFinite(value))
        {
            return true;
        }

        packets.FailEntry(DropReason.InvalidValue);
        StatsdEventSource.Log.OnInvalidValue(stream.MetricName);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteCounter<TNumber>(byte[] name, ReadOnlySpan<byte> tags, TNumber value, bool isNegative)
        where TNumber : struct
    {
        if (isNegative && profile.RejectsNegativeCounters)
        {
            packets.FailEntry(DropReason.NegativeCounter);
            StatsdEventSource.Log.OnNegativeCounter(stream.MetricName);
            return;
        }

        Append(new LineParts(name, "|c"u8, tags, tagPosition), value, afterReset: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteGauge<TNumber>(byte[] name, ReadOnlySpan<byte> tags, TNumber value, bool isNegative)
        where TNumber : struct =>
        Append(new LineParts(name, "|g"u8, tags, tagPosition), value, afterReset: isNegative && profile.SignedGaugeIsDelta);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append<TNumber>(in LineParts parts, TNumber value, bool afterReset)
        where TNumber : struct
    {
        if (!TryWrite(packets.Free, parts, value, afterReset, out var written))
        {
            packets.Flush();
            if (!TryWrite(packets.Free, parts, value, afterReset, out written))
            {
                packets.FailEntry(DropReason.LineTooLong);
                StatsdEventSource.Log.OnLineTooLong(stream.MetricName, packets.MaxPacketBytes);
                return;
            }
        }

        packets.Commit(written);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryWrite<TNumber>(Span<byte> destination, in LineParts parts, TNumber value, bool afterReset, out int written)
        where TNumber : struct => afterReset
            ? LineWriter.TryWriteAfterReset(destination, parts, value, profile.Numbers, out written)
            : LineWriter.TryWrite(destination, parts, value, profile.Numbers, out written);
}
