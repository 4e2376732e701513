using static OpenTelemetry.Exporter.Prometheus.Tests.Parsing.ExpositionRules;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>Reads <c>io.prometheus.client.Histogram</c>: classic buckets, native ones, or both.</summary>
internal static class ProtobufHistogram
{
    /// <summary>Adds a histogram to its family, as samples, as a native histogram, or as both.</summary>
    public static void Read(ProtobufMessage message, Dictionary<string, string> labels, Family family, bool allowUtf8)
    {
        Check(!labels.ContainsKey("le"), "le on a histogram", family.Name);
        var count = message.Unsigned(1);
        var sum = message.Double(2);
        message.Check(count is not null && sum is not null, "no count or no sum");
        var created = ProtobufParser.ReadTime(message, 15);
        var buckets = message.Messages(3, "Bucket");
        var native = ReadNative(message, labels, count.Value, sum.Value, allowUtf8);
        message.ExpectNothingElse();
        if (native is not null)
        {
            family.NativeHistograms.Add(native with { Created = created });
        }

        if (native is null || buckets.Count > 0)
        {
            var point = ReadClassic(buckets, labels, count.Value, sum.Value, family.Name, allowUtf8);
            CheckBuckets(point, family.Name);
            family.Samples.AddRange(point.Select(sample => sample with { Created = created }));
        }
    }

    /// <summary>The samples that a text format would have. A bucket +Inf may be left out, for that is the count.</summary>
    private static List<Sample> ReadClassic(
        List<ProtobufMessage> buckets, Dictionary<string, string> labels, ulong count, double sum, string family, bool allowUtf8)
    {
        var point = new List<Sample>();
        var last = double.NegativeInfinity;
        foreach (var bucket in buckets)
        {
            var cumulative = bucket.Unsigned(1) ?? 0;
            var bound = bucket.Double(2);
            var exemplar = bucket.Message(3, "Exemplar") is { } found ? ProtobufParser.ReadExemplar(found, allowUtf8) : null;
            bucket.ExpectNothingElse();
            bucket.Check(bound is not null, "no bound");
            bucket.Check(cumulative <= count, "more than the count");
            bucket.Check(exemplar is null || exemplar.Value <= bound, "an exemplar beyond its bucket");
            point.Add(BucketOf(bound.Value, cumulative) with { Exemplar = exemplar });
            last = bound.Value;
        }

        if (!double.IsPositiveInfinity(last))
        {
            point.Add(BucketOf(double.PositiveInfinity, count));
        }

        point.Add(new Sample(family + "_sum", labels, sum));
        point.Add(new Sample(family + "_count", labels, count));
        return point;

        Sample BucketOf(double bound, ulong cumulative) =>
            new(family + "_bucket", new Dictionary<string, string>(labels) { ["le"] = Number.Canonical(bound) }, cumulative);
    }

    /// <summary>The native part, or null if there is none.</summary>
    private static NativeHistogram? ReadNative(
        ProtobufMessage message, Dictionary<string, string> labels, ulong count, double sum, bool allowUtf8)
    {
        var schema = message.ZigZag(5);
        var zeroThreshold = message.Double(6);
        var zeroCount = message.Unsigned(7) ?? 0;
        var negativeSpans = message.Messages(9, "BucketSpan");
        var negativeDeltas = message.ZigZags(10);
        var positiveSpans = message.Messages(12, "BucketSpan");
        var positiveDeltas = message.ZigZags(13);
        List<Exemplar> exemplars = [.. message.Messages(16, "Exemplar").Select(exemplar => ProtobufParser.ReadExemplar(exemplar, allowUtf8))];

        // What tells scrapers that this is a native histogram.
        if (negativeSpans.Count == 0 && positiveSpans.Count == 0 && zeroThreshold is null or 0 && zeroCount == 0)
        {
            message.Check(
                schema is null && negativeDeltas.Count == 0 && positiveDeltas.Count == 0 && exemplars.Count == 0,
                "parts of a native histogram that cannot be told from a classic one");
            return null;
        }

        message.Check((schema ?? 0) is >= -4 and <= 8, "unknown schema");
        message.Check(zeroThreshold is null or >= 0 && !double.IsInfinity(zeroThreshold ?? 0), "illegal zero threshold");
        message.Check(exemplars.All(exemplar => exemplar.Timestamp is not null), "an exemplar without its time");
        var positive = ReadBuckets(message, positiveSpans, positiveDeltas, schema ?? 0);
        var negative = ReadBuckets(message, negativeSpans, negativeDeltas, schema ?? 0)
            .Select(bucket => new NativeBucket(-bucket.Upper, -bucket.Lower, bucket.Count));
        NativeBucket[] buckets = [.. negative.Reverse(), .. positive];
        message.Check(
            buckets.All(bucket => bucket.Count == 0 || Math.Max(bucket.Upper, -bucket.Lower) > (zeroThreshold ?? 0)),
            "values in a bucket within the zero bucket");

        // Values that are no numbers are counted, but in no bucket.
        var total = buckets.Aggregate(zeroCount, (total, bucket) => checked(total + bucket.Count));
        message.Check(total == count || (double.IsNaN(sum) && total < count), "buckets that do not add up to the count");
        return new NativeHistogram(labels, schema ?? 0, zeroThreshold ?? 0, zeroCount, count, sum, buckets) { Exemplars = exemplars };
    }

    private static List<NativeBucket> ReadBuckets(ProtobufMessage message, List<ProtobufMessage> spans, List<long> deltas, int schema)
    {
        var buckets = new List<NativeBucket>();
        var index = 0L;
        var count = 0L;
        for (var span = 0; span < spans.Count; span++)
        {
            var offset = spans[span].ZigZag(1) ?? 0;
            var length = spans[span].Unsigned(2) ?? 0;
            spans[span].ExpectNothingElse();
            message.Check(span == 0 || offset >= 0, "a span that goes back");
            message.Check(length > 0 || (offset == 0 && spans.Count == 1), "a span of no bucket");
            message.Check(buckets.Count + (long)length <= deltas.Count, "more buckets than deltas");
            index += offset;
            for (var bucket = 0UL; bucket < length; bucket++, index++)
            {
                count = checked(count + deltas[buckets.Count]);
                message.Check(count >= 0, "a negative count");
                var (lower, upper) = (Bound(index - 1, schema), Bound(index, schema));
                message.Check(upper > 0 && Bound(index - 2, schema) < double.MaxValue, "a bucket beyond all numbers");

                // Behind the bucket of the largest number there is one for infinity.
                buckets.Add(new NativeBucket(lower, lower == double.MaxValue ? double.PositiveInfinity : upper, (ulong)count));
            }
        }

        message.Check(buckets.Count == deltas.Count, "more deltas than buckets");
        return buckets;
    }

    /// <summary>2^(index / 2^schema), the largest number standing for what is beyond it.</summary>
    private static double Bound(long index, int schema)
    {
        if (schema <= 0)
        {
            return Finite(index << -schema, 1);
        }

        var perPowerOfTwo = 1 << schema;
        return Finite(index >> schema, Math.Pow(2, (double)(index & (perPowerOfTwo - 1)) / perPowerOfTwo));

        static double Finite(long exponent, double mantissa) =>
            Math.Min(Math.ScaleB(mantissa, (int)Math.Clamp(exponent, -2000, 2000)), double.MaxValue);
    }
}
