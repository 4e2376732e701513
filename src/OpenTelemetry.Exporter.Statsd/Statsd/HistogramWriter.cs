using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes a histogram point as the lines that its metric's form asks for; all of them are one entry.</summary>
/// <remarks>One owner at a time: the one of the packets.</remarks>
internal sealed class HistogramWriter(ReceiverProfile profile, byte[] fields, PacketBuilder packets, NumberLineWriter numbers)
{
    /// <summary>How many values a receiver gets that keeps each as one, whatever its weight: every percent of a point has its own.</summary>
    private const int EvenValues = 100;

    private readonly BucketTags bucketTags = new(profile, fields);
    private readonly ValueLineWriter lines = new(profile, packets);
    private readonly HistogramRanges ranges = new();
    private readonly HistogramRanges converted = new();
    private readonly WeightedValues weighted = new();
    private WeightedValue[] scratch = [];

    /// <param name="stream">Whose point it is.</param>
    /// <param name="tags">Of the series.</param>
    /// <param name="histogram">With one value or more.</param>
    public void Write(MetricStream stream, ReadOnlySpan<byte> tags, HistogramPoint histogram)
    {
        var form = stream.Lines!;
        if (form.ValueType != StatsdTypes.None)
        {
            ReadRanges(stream, histogram);
            WriteValues(stream, tags, histogram);
        }
        else
        {
            WriteNumbers(stream, tags, histogram);
            if (form.HasBuckets)
            {
                WriteBuckets(stream, tags, histogram);
            }

            if (form.Quantiles.Length > 0)
            {
                ReadRanges(stream, histogram);
                WriteQuantiles(stream, tags, form.Quantiles);
            }
        }

        packets.CompleteEntry();
    }

    private void ReadRanges(MetricStream stream, HistogramPoint histogram)
    {
        ranges.Read(histogram);
        if (!ranges.IsExponential && !stream.HasReportedApproximation)
        {
            stream.HasReportedApproximation = packets.Events.ApproximateQuantiles(stream.MetricName);
        }
    }

    private void WriteNumbers(MetricStream stream, ReadOnlySpan<byte> tags, HistogramPoint histogram)
    {
        var name = stream.MetricName;
        numbers.Write(name, Counter(stream, HistogramLine.Count, tags), histogram.Count, isCounter: true);
        numbers.Write(name, Counter(stream, HistogramLine.Sum, tags), histogram.Sum, isCounter: true);
        if (histogram.HasMinMax)
        {
            numbers.Write(name, Gauge(stream, (int)HistogramLine.Min, tags), histogram.Min, isCounter: false);
            numbers.Write(name, Gauge(stream, (int)HistogramLine.Max, tags), histogram.Max, isCounter: false);
        }

        numbers.Write(name, Gauge(stream, (int)HistogramLine.Average, tags), histogram.Sum / histogram.Count, isCounter: false);
    }

    private void WriteBuckets(MetricStream stream, ReadOnlySpan<byte> tags, HistogramPoint histogram)
    {
        foreach (var bucket in histogram.GetBuckets())
        {
            if (bucket.Count > 0)
            {
                var line = Counter(stream, HistogramLine.Other, bucketTags.With(tags, bucket.UpperBound));
                numbers.Write(stream.MetricName, line, bucket.Count, isCounter: true);
            }
        }
    }

    private void WriteQuantiles(MetricStream stream, ReadOnlySpan<byte> tags, double[] quantiles)
    {
        // Without ranges all values were none, which the sum has told already.
        for (var i = 0; i < quantiles.Length && ranges.Count > 0; i++)
        {
            numbers.Write(
                stream.MetricName, Gauge(stream, (int)HistogramLine.Other + i, tags), Quantile.Estimate(ranges, quantiles[i]), isCounter: false);
        }
    }

    private void WriteValues(MetricStream stream, ReadOnlySpan<byte> tags, HistogramPoint histogram)
    {
        // A value that is none is in the sum, and in no range or in one where it does not belong.
        if (!double.IsFinite(histogram.Sum) || ranges.Count != histogram.Count)
        {
            packets.FailEntry(DropReason.InvalidValue);
            packets.Events.InvalidValue(stream.MetricName);
        }

        var line = stream.HistogramLine(0, MetricStream.TypeOf(stream.Lines!.ValueType), tags);
        var source = stream.Scale == MillisecondScale.None ? ranges : Convert(stream);
        var values = profile.Packing switch
        {
            ValuePacking.Values => weighted.Shortest(source, line.Length),
            ValuePacking.TypedValues => weighted.Alike(source, EvenValues),
            _ => weighted.OfBuckets(source),
        };
        if (profile.RejectsNegativeValues && source.Min < 0)
        {
            values = WithoutNegative(stream, values);
        }

        if (!lines.TryWrite(line, values))
        {
            packets.FailEntry(DropReason.LineTooLong);
            packets.Events.LineTooLong(stream.MetricName, packets.MaxPacketBytes);
        }
    }

    /// <summary>The ranges in milliseconds. Values are made of these, not converted themselves, so that they have few digits.</summary>
    private HistogramRanges Convert(MetricStream stream)
    {
        var scale = stream.Scale;
        if (ranges.HasMinMax)
        {
            converted.Begin(ranges.IsExponential, scale.Apply(ranges.Sum), scale.Apply(ranges.Min), scale.Apply(ranges.Max));
        }
        else
        {
            converted.Begin(ranges.IsExponential, scale.Apply(ranges.Sum));
        }

        foreach (ref readonly var range in ranges.Ranges)
        {
            var (lower, upper) = (scale.Apply(range.Lower), scale.Apply(range.Upper));
            if (double.IsFinite(lower) && double.IsFinite(upper))
            {
                converted.Add(lower, upper, range.Count);
            }
            else
            {
                packets.FailEntry(DropReason.InvalidValue);
                packets.Events.InvalidValue(stream.MetricName);
            }
        }

        return converted;
    }

    private ReadOnlySpan<WeightedValue> WithoutNegative(MetricStream stream, ReadOnlySpan<WeightedValue> values)
    {
        if (scratch.Length < values.Length)
        {
            scratch = new WeightedValue[Math.Max(values.Length, 2 * scratch.Length)];
        }

        var count = 0;
        foreach (ref readonly var value in values)
        {
            if (value.Value < 0)
            {
                packets.FailEntry(DropReason.NegativeValue);
                packets.Events.NegativeValue(stream.MetricName);
            }
            else
            {
                scratch[count++] = value;
            }
        }

        return scratch.AsSpan(0, count);
    }

    private static LineParts Counter(MetricStream stream, HistogramLine line, ReadOnlySpan<byte> tags) =>
        stream.HistogramLine((int)line, MetricStream.TypeOf(MetricKind.Counter), tags);

    private static LineParts Gauge(MetricStream stream, int index, ReadOnlySpan<byte> tags) =>
        stream.HistogramLine(index, MetricStream.TypeOf(MetricKind.Gauge), tags);
}
