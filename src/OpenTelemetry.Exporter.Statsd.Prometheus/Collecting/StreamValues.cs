using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>The values of one metric in one collection, point after point, in few bytes.</summary>
/// <remarks>
/// <para>Written by one collection; read-only from its end until <see cref="Reset"/>, by any number of <see cref="PointReader"/>.</para>
/// <para>A number takes 8 bytes. A histogram is its length in 4 bytes, count, sum, smallest and largest value, and the counts of
/// its buckets as <see cref="Varint"/>. Exemplars stand apart, each with the number of its point, since few points have any: value,
/// ticks since 1970, trace and span, and what the view took from the point's attributes. Those of a histogram are in ascending order of
/// their values, NaN last.</para>
/// </remarks>
internal sealed class StreamValues
{
    private readonly ByteArena points = new();
    private readonly ByteArena exemplars = new();
    private readonly ByteArena text = new();
    private readonly List<Exemplar> sorted = [];

    /// <summary>When the metric began to be measured, in ticks since 1970.</summary>
    public long StartTicks { get; private set; }

    /// <summary>How many points there are.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<byte> Points => points.Written;

    public ReadOnlySpan<byte> Exemplars => exemplars.Written;

    /// <summary>Forgets everything, to hold another collection.</summary>
    public void Reset()
    {
        points.Reset();
        exemplars.Reset();
        Count = 0;
    }

    public void Add(ref readonly MetricPoint point, long value, AttributeFilter filter)
    {
        AppendInt64(points, value);
        End(in point, isDouble: false, isHistogram: false, filter);
    }

    public void Add(ref readonly MetricPoint point, double value, AttributeFilter filter)
    {
        AppendInt64(points, BitConverter.DoubleToInt64Bits(value));
        End(in point, isDouble: true, isHistogram: false, filter);
    }

    public void Add(ref readonly MetricPoint point, HistogramPoint histogram, AttributeFilter filter)
    {
        var start = points.Length;
        points.GetSpan(sizeof(int));
        points.Advance(sizeof(int));
        AppendVarint(points, (ulong)histogram.Count);
        AppendDouble(histogram.Sum);

        // An exponential histogram leaves negative values out, and may be left with none.
        var hasMinMax = histogram.HasMinMax && histogram.Count > 0;
        AppendDouble(hasMinMax ? histogram.Min : double.NaN);
        AppendDouble(hasMinMax ? histogram.Max : double.NaN);

        if (histogram.IsExponential)
        {
            AppendBuckets(histogram.ExponentialData);
        }
        else
        {
            AppendBuckets(histogram.ExplicitBuckets);
        }

        BinaryPrimitives.WriteInt32LittleEndian(points.At(start), points.Length - start);
        End(in point, isDouble: true, isHistogram: true, filter);
    }

    private static long UnixTicks(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    /// <summary>Ends a point: its exemplars, and the time at which it began, which all points of a metric have in common.</summary>
    private void End(ref readonly MetricPoint point, bool isDouble, bool isHistogram, AttributeFilter filter)
    {
        if (Count == 0)
        {
            StartTicks = UnixTicks(point.StartTime);
        }

        if (point.TryGetExemplars(out var recorded))
        {
            if (isHistogram && !IsAscending(recorded))
            {
                AppendSorted(recorded, filter);
            }
            else
            {
                foreach (ref readonly var exemplar in recorded)
                {
                    AppendExemplar(in exemplar, isDouble, filter);
                }
            }
        }

        Count++;
    }

    /// <summary>Whether exemplars are in order, as those of explicit buckets are, of which the SDK keeps one for each.</summary>
    private static bool IsAscending(ReadOnlyExemplarCollection recorded)
    {
        var last = double.NegativeInfinity;
        foreach (ref readonly var exemplar in recorded)
        {
            var value = exemplar.DoubleValue;
            if (!(last <= value))
            {
                return false;
            }

            last = value;
        }

        return true;
    }

    private void AppendSorted(ReadOnlyExemplarCollection recorded, AttributeFilter filter)
    {
        try
        {
            foreach (ref readonly var exemplar in recorded)
            {
                sorted.Add(exemplar);
            }

            // The comparison of numbers has NaN first; signs turn it round.
            sorted.Sort(static (left, right) => (-right.DoubleValue).CompareTo(-left.DoubleValue));
            foreach (ref readonly var exemplar in CollectionsMarshal.AsSpan(sorted))
            {
                AppendExemplar(in exemplar, isDouble: true, filter);
            }
        }
        finally
        {
            sorted.Clear();
        }
    }

    private void AppendBuckets(ExponentialHistogramData data)
    {
        AppendVarint(points, Varint.ZigZag(data.Scale));
        AppendVarint(points, (ulong)data.ZeroCount);
        AppendVarint(points, Varint.ZigZag(data.PositiveBuckets.Offset));
        foreach (var count in data.PositiveBuckets)
        {
            AppendVarint(points, (ulong)count);
        }
    }

    private void AppendBuckets(HistogramBuckets buckets)
    {
        foreach (var bucket in buckets)
        {
            if (bucket.ExplicitBound < double.PositiveInfinity)
            {
                AppendVarint(points, (ulong)bucket.BucketCount);
            }
        }
    }

    private void AppendDouble(double value) => AppendInt64(points, BitConverter.DoubleToInt64Bits(value));

    private void AppendExemplar(ref readonly Exemplar exemplar, bool isDouble, AttributeFilter filter)
    {
        AppendVarint(exemplars, (ulong)Count);
        AppendInt64(exemplars, isDouble ? BitConverter.DoubleToInt64Bits(exemplar.DoubleValue) : exemplar.LongValue);
        AppendInt64(exemplars, UnixTicks(exemplar.Timestamp));
        var trace = exemplars.GetSpan(ExemplarValue.TraceBytes);
        exemplar.TraceId.CopyTo(trace[..ExemplarValue.TraceIdBytes]);
        exemplar.SpanId.CopyTo(trace[ExemplarValue.TraceIdBytes..ExemplarValue.TraceBytes]);
        exemplars.Advance(ExemplarValue.TraceBytes);

        // The SDK lets a key be null here, and in no other place.
        foreach (var tag in exemplar.FilteredTags)
        {
            var key = AttributeText.Of(tag.Key);
            if (filter.ShowsAttribute(key))
            {
                AppendVarint(exemplars, (ulong)Encoding.UTF8.GetByteCount(key) + 1);
                exemplars.AppendUtf8(key);
                AppendText(tag.Value, filter);
            }
        }

        AppendVarint(exemplars, 0);
    }

    private void AppendText(object? value, AttributeFilter filter)
    {
        text.Reset();
        LabelText.Append(text, value, filter);
        if (text.Written.Contains((byte)0))
        {
            // Unlike in a label of a series, Prometheus takes it for the end of the exposition here.
            var readable = Encoding.UTF8.GetString(text.Written).Replace('\0', '\ufffd');
            text.Reset();
            text.AppendUtf8(readable);
        }

        AppendVarint(exemplars, (ulong)text.Length);
        exemplars.Append(text.Written);
    }

    private static void AppendInt64(ByteArena arena, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(arena.GetSpan(sizeof(long)), value);
        arena.Advance(sizeof(long));
    }

    private static void AppendVarint(ByteArena arena, ulong value)
    {
        Varint.TryWrite(arena.GetSpan(Varint.MaxBytes), value, out var written);
        arena.Advance(written);
    }
}
