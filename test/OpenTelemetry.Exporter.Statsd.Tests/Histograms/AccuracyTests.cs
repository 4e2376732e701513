using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

/// <summary>
/// How near a Datadog Agent's sketch comes to the values that were recorded. Counts are exact, and the sum is. A quantile is always in
/// the bucket of the value sought, or a little beside its bound, give or take the sketch's own 0.8 %. Within 2 % it is
/// from scale 5 on, and at scale 4 where that bucket holds more than 32 values: where a bucket 4.4 % wide holds a single
/// value, nothing tells where in it that is.
/// </summary>
public sealed class AccuracyTests(ITestOutputHelper output)
{
    private const double SketchError = 0.008;

    /// <summary>By which part of a bucket a value that stands at its bound may be beside it.</summary>
    private const double BoundError = 1.0 / 32;

    private const int LineBytes = 150;

    private static readonly int[] Counts = [10, 100, 1_000, 10_000, 100_000, 1_000_000];
    private static readonly double[] Quantiles = [0.5, 0.9, 0.95, 0.99, 0.999];

    private readonly WeightedValues weighted = new();

    public static TheoryData<string> Distributions => [.. Distribution.Names];

    /// <summary>A line for each weight has a price that few buckets with much in each do not pay.</summary>
    public static TheoryData<string, double[]> FewBuckets => new()
    {
        { "two values", [.. Many(i => i % 2 == 0 ? 12 : 250)] },
        { "all the same but for the ends", [11, .. Many(_ => 12), 13] },
        { "1 to 5", [.. Many(i => 1 + (i % 5))] },
        { "powers of 1.5, most of them large", [.. Many(i => Math.Pow(1.5, Math.Floor(Math.Sqrt(i) / 126)))] },
        { "twelve numbers", [.. Many(i => 1 + (i % 12))] },
        { "thirty numbers", [.. Many(i => 1 + (i % 30))] },
        { "a single value", [7] },
        { "three values", [7, 8, 9] },
    };

    [Theory]
    [MemberData(nameof(Distributions))]
    public void A_sketch_of_an_exponential_histogram_is_near_to_what_was_recorded(string distribution)
    {
        output.WriteLine($"| {distribution}: values | scale | buckets | packed: values | worst error | one a bucket: worst error |");
        foreach (var count in Counts)
        {
            var data = Distribution.Sample(distribution, count);
            var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(), data);
            Array.Sort(data);
            var packed = weighted.Shortest(recorded.Ranges, LineBytes).ToArray();
            var worst = AssertNear(recorded, data, DistributionLines.Receive(DistributionLines.Packed(packed)), isPacked: true);
            var worstOfSingle = AssertNear(recorded, data, DistributionLines.Receive(DistributionLines.Single(weighted.OfBuckets(recorded.Ranges))), isPacked: false);
            output.WriteLine(FormattableString.Invariant(
                $"| {count} | {recorded.Scale} | {recorded.Buckets.Count} | {packed.Length} | {worst:p2} | {worstOfSingle:p2} |"));
        }
    }

    /// <summary>From a provider through a real socket. With shorter names and tags a line for each bucket is not much to compare with.</summary>
    [Theory]
    [MemberData(nameof(Distributions))]
    public void Lines_take_at_most_half_the_bytes_of_one_for_each_bucket(string distribution)
    {
        foreach (var count in Counts)
        {
            var data = Distribution.Sample(distribution, count);
            foreach (var (lineBytes, most) in new[] { (LineBytes, 0.5), (60, 0.55), (30, 0.7) })
            {
                var (packed, single) = Bytes(data, lineBytes, $"{distribution}, {count}");
                Assert.InRange(packed, 1, most * single.Sum());
            }
        }
    }

    /// <summary>But for a line with the smallest and the largest value, and a second value in each.</summary>
    [Theory]
    [MemberData(nameof(FewBuckets), DisableDiscoveryEnumeration = true)]
    public void Lines_hardly_take_more_bytes_than_one_for_each_bucket(string what, double[] data)
    {
        foreach (var lineBytes in new[] { LineBytes, 60, 30 })
        {
            var (packed, single) = Bytes(data, lineBytes, what);
            Assert.InRange(packed, 1, 1.05 * (single.Sum() + single.Max()));
        }
    }

    /// <summary>Two peaks in a few buckets at scale 4, each with thousands of values.</summary>
    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void Few_buckets_that_hold_much_are_near_to_what_was_recorded(int count)
    {
        var data = Distribution.Sample("narrow bimodal", count);
        var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(), data);
        Assert.Equal(4, recorded.Scale);
        var packets = Send(data, "took", new("route", "orders"));
        Array.Sort(data);
        AssertNear(recorded, data, new SketchModel().Insert(Session.DecoderFor(StatsdProfile.DatadogAgent).DecodeAll(packets)), isPacked: true);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(-4)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_sketch_is_as_near_as_the_scale_allows(int scale)
    {
        foreach (var distribution in Distribution.Names)
        {
            var data = Distribution.Sample(distribution, 10_000, seed: scale + 100);
            var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(scale, maxSize: 2000), data);
            Assert.Equal(scale, recorded.Scale);
            Array.Sort(data);
            AssertNear(recorded, data, DistributionLines.Receive(DistributionLines.Packed(weighted.PowersOfTwo(recorded.Ranges))), isPacked: true);
            AssertNear(recorded, data, DistributionLines.Receive(DistributionLines.Single(weighted.OfBuckets(recorded.Ranges))), isPacked: false);
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(20)]
    public void A_sketch_of_values_close_together_is_near_at_any_scale(int scale)
    {
        var width = Math.Pow(2, Math.Pow(2, -scale) * 150);
        double[] data = [.. Distribution.Sample("uniform", 10_000).Select(value => 77 * Math.Pow(width, value / 100))];
        var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(scale), data);
        Assert.Equal(scale, recorded.Scale);
        Array.Sort(data);
        AssertNear(recorded, data, DistributionLines.Receive(DistributionLines.Packed(weighted.PowersOfTwo(recorded.Ranges))), isPacked: true);
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Sampled_values_that_are_read_without_their_rate_have_the_right_quantiles(string distribution)
    {
        foreach (var (count, maxValues) in new[] { (50, 100), (1000, 100), (150, 100), (100_000, 500) })
        {
            var data = Distribution.Sample(distribution, count);
            var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(), data);
            Array.Sort(data);
            var values = weighted.Alike(recorded.Ranges, maxValues).ToArray();
            var most = Math.Min(count, maxValues);
            Assert.InRange(values.Length, most - (most / 10), most);
            for (var i = 0; i < values.Length; i++)
            {
                // The i-th value is where it would be if each stood for as many.
                var rank = (i * (count - 1.0) / (values.Length - 1)) + 0.5;
                var step = count / values.Length;
                var lower = data[(int)Math.Max(rank - step - 1, 0)] / (1 + recorded.BucketWidth);
                var upper = data[(int)Math.Min(rank + step + 1, count - 1)] * (1 + recorded.BucketWidth);
                Assert.InRange(values[i].Value, lower, upper);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void A_sketch_of_an_explicit_histogram_has_its_count_and_its_sum(string distribution)
    {
        foreach (var count in new[] { 10, 1000, 100_000 })
        {
            var data = Distribution.Sample(distribution, count);
            var recorded = RecordedHistogram.Record(new ExplicitBucketHistogramConfiguration(), data);
            Array.Sort(data);
            AssertNear(recorded, data, DistributionLines.Receive(DistributionLines.Packed(weighted.PowersOfTwo(recorded.Ranges))), isPacked: true);
            AssertNear(recorded, data, DistributionLines.Receive(DistributionLines.Single(weighted.OfBuckets(recorded.Ranges))), isPacked: false);
        }
    }

    private static IEnumerable<double> Many(Func<int, double> value) => Enumerable.Range(0, 1_000_000).Select(value);

    /// <summary>What a provider sends to an Agent, of which a sketch has to be near, and what a line for each bucket would take.</summary>
    private (int Packed, IReadOnlyList<int> Single) Bytes(double[] data, int lineBytes, string what)
    {
        var name = new string('n', lineBytes / 3);
        var tag = new string('t', lineBytes - name.Length - "|#key:".Length);
        var packets = Send(data, name, new("key", tag));
        var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(), data);
        AssertNear(recorded, [.. data.Order()], new SketchModel().Insert(Session.DecoderFor(StatsdProfile.DatadogAgent).DecodeAll(packets)), isPacked: true);

        // Four digits each, and the shortest rate.
        int[] single = [.. recorded.Buckets.Select(bucket => FormattableString.Invariant(
            $"{name}:{(bucket.Lower + bucket.Upper) / 2:g4}|d{(bucket.Count > 1 ? $"|@{1.0 / bucket.Count:r}" : "")}|#key:{tag}\n").Length)];
        var packed = packets.Sum(packet => packet.Length + 1);
        output.WriteLine(FormattableString.Invariant(
            $"| {what} | {lineBytes} | {recorded.Scale} | {recorded.Buckets.Count} | {single.Sum()} | {packed} | {(double)packed / single.Sum():f2} |"));
        return (packed, single);
    }

    private static IReadOnlyList<byte[]> Send(double[] data, string name, KeyValuePair<string, object?> tag)
    {
        using var session = new Session(StatsdProfile.DatadogAgent, build: builder => builder.AddExponentialHistograms());
        var histogram = session.Meter.CreateHistogram<double>(name);
        foreach (var value in data)
        {
            histogram.Record(value, tag);
        }

        return session.FlushPackets();
    }

    private static double AssertNear(RecordedHistogram recorded, double[] sorted, SketchModel sketch, bool isPacked)
    {
        Assert.Equal(sorted.Length, sketch.Count);
        Assert.Equal(1, sketch.Sum / sorted.Sum(), 1e-3);
        Assert.Equal((sorted[0], sorted[^1]), (sketch.Min, sketch.Max));
        var ranges = KnownRange.Of(recorded);
        var worst = 0.0;
        foreach (var q in Quantiles)
        {
            var rank = SketchModel.Rank(q, sorted.Length);
            var (value, estimate) = (sorted[rank], sketch.Quantile(q));
            var range = ranges.First(range => (rank -= range.Count) < 0);
            var beside = recorded.Scale is null ? 0 : BoundError * (range.Upper - range.Lower);
            Assert.InRange(estimate, (range.Lower - beside) * (1 - SketchError), (range.Upper + beside) * (1 + SketchError));
            var error = Math.Abs((estimate / value) - 1);
            if (isPacked && (recorded.Scale >= 5 || (recorded.Scale == 4 && range.Count > 32)))
            {
                Assert.InRange(error, 0, 0.02);
            }

            worst = Math.Max(worst, error);
        }

        return worst;
    }
}
