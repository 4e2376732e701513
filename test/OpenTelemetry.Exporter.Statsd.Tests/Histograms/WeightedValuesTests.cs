using System.Diagnostics;
using System.Reflection;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

public sealed class WeightedValuesTests
{
    private static readonly bool IsUnoptimised =
        typeof(WeightedValues).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    private readonly WeightedValues weighted = new();

    [Theory]
    [InlineData(new[] { 7.3 }, "7.3*1")]
    [InlineData(new[] { 7.3, 0.1 }, "0.1*1 7.3*1")]
    [InlineData(new[] { 0.1, 0.3, 0.2 }, "0.1*1 0.2*1 0.3*1")]
    [InlineData(new[] { 5.0, 5, 5, 5 }, "5*1 5*2 5*1")]
    [InlineData(new[] { 0.0, 0, 0 }, "0*1 0*1 0*1")]
    [InlineData(new[] { 0.0, 0, 0, 0, 10 }, "0*1 0*3 10*1")]
    [InlineData(new double[0], "")]
    [InlineData(new[] { double.NaN }, "")]
    public void Few_values_and_equal_ones_are_themselves(double[] values, string expected)
    {
        // A histogram without any value is not exported, so zeros before it are.
        var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(), values);
        Assert.Equal(expected, Text(weighted.OfBuckets(recorded.Ranges)));
    }

    [Fact]
    public void A_part_of_a_bucket_is_in_the_middle_of_its_share_of_it_and_one_of_two_buckets_at_their_bound()
    {
        var factor = Math.Pow(2, 1.0 / 16);
        var values = weighted.PowersOfTwo(Forty(isExponential: true, factor, 13)).ToArray();
        Assert.Equal(Enumerable.Repeat(4L, 130), Weights(values));
        for (var i = 0; i < 130; i++)
        {
            var (first, last) = (4 * i / 13, ((4 * i) + 3) / 13);
            var expected = first == last ? ((4 * i) + 2) / 13.0 : last;
            Assert.Equal(expected, Math.Log(values[i].Value, factor), 0.5 / 13);
        }
    }

    [Fact]
    public void What_is_left_of_a_bucket_goes_with_the_next_if_they_touch()
    {
        // After two of 16 a rest of 3 is left, and a quarter of the next 60 is 15.
        var touching = Of(isExponential: true, double.NaN, new BucketRange(16, 17, 35), new BucketRange(17, 18, 60));
        var values = weighted.PowersOfTwo(touching, lineBytes: 0).ToArray();
        Assert.Equal([16], Weights([.. values.Where(value => Math.Abs(value.Value - 17) < 0.02)]));
        Assert.Equal(2 * 16, values.Where(value => value.Value < 16.98).Sum(value => value.Weight));

        var apart = Of(isExponential: true, double.NaN, new BucketRange(16, 17, 35), new BucketRange(17.1, 18, 60));
        values = weighted.PowersOfTwo(apart, lineBytes: 0).ToArray();
        Assert.Equal(35, values.Where(value => value.Value < 17).Sum(value => value.Weight));
    }

    [Fact]
    public void A_narrow_bucket_is_not_divided_and_a_wide_one_has_no_part_of_more_than_half()
    {
        Assert.Equal(40, weighted.PowersOfTwo(Forty(isExponential: true, 1.009, 8)).Length);
        Assert.Equal(80, weighted.PowersOfTwo(Forty(isExponential: true, 1.02, 8)).Length);
        Assert.InRange(weighted.PowersOfTwo(Forty(isExponential: false, 1.02, 511)).Length, 40 * 511 / 32, 40 * 17);
        Assert.Equal(40, weighted.EvenParts(Forty(isExponential: true, 1.009, 1000)).Length);
        Assert.Equal(40, weighted.EvenParts(Forty(isExponential: true, 1.02, 1000)).Length);
        Assert.Equal(80, weighted.EvenParts(Forty(isExponential: true, 1.04, 1000)).Length);
        Assert.Equal(40 * (16 + 1), weighted.EvenParts(Forty(isExponential: false, 1.02, 1000)).Length);
        Assert.Equal(40, weighted.OfBuckets(Forty(isExponential: true, 1.02, 1000)).Length);
        Assert.Equal(40 * 16, weighted.OfBuckets(Forty(isExponential: false, 1.02, 1000)).Length);
        Assert.Equal(40 * 5, weighted.OfBuckets(Forty(isExponential: false, 1.02, 5)).Length);
    }

    [Fact]
    public void A_power_that_is_not_worth_a_line_is_made_of_the_one_below()
    {
        // 19 = 16 + 2 + 1 in each of 40 ranges: with short lines as few values as can be, with longer ones fewer weights.
        var ranges = FortyApart(19);
        Assert.Equal([16, 2, 1], Weights(weighted.PowersOfTwo(ranges, lineBytes: 0)).Distinct());
        Assert.Equal([16, 1], Weights(weighted.PowersOfTwo(ranges, lineBytes: 300)).Distinct());
        Assert.Equal([1], Weights(weighted.PowersOfTwo(ranges, lineBytes: 10_000)).Distinct());
        foreach (var lineBytes in new[] { 0, 300, 10_000 })
        {
            Assert.Equal(40 * 19, Weights(weighted.PowersOfTwo(ranges, lineBytes)).Sum());
        }
    }

    [Fact]
    public void A_power_that_nothing_is_below_is_not_divided()
    {
        var one = Of(isExponential: true, double.NaN, new BucketRange(12, 12, 1 << 20));
        Assert.Equal([1 << 20], Weights(weighted.PowersOfTwo(one)));
        var far = Of(isExponential: true, double.NaN, new BucketRange(11, 11, 1), new BucketRange(12, 12, 1 << 20));
        Assert.Equal([1 << 20, 1], Weights(weighted.PowersOfTwo(far)));
    }

    [Fact]
    public void Few_buckets_that_hold_much_are_two_values_each_and_a_rest()
    {
        var ranges = Of(isExponential: true, double.NaN, new BucketRange(11, 11, 1), new BucketRange(12, 12.4, 999_999), new BucketRange(13, 13, 1));
        var values = weighted.Shortest(ranges, 100).ToArray();
        Assert.Equal([499_999, 499_999, 1, 1, 1], Weights(values));
        double[] expected = [12.1, 12.3, 11, 12.2, 13];
        Assert.All(values.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Value, 0.02));
        Assert.Equal([8, 4, 2, 1], Weights(weighted.Shortest(FortyApart(13, 14), 30)).Distinct());
    }

    /// <summary>A value that stands for the end of one bucket and the beginning of the next cannot move, so then none does.</summary>
    [Theory]
    [InlineData(1.999)]
    [InlineData(1.001)]
    public void A_sum_at_the_ends_of_all_buckets_is_met(double place)
    {
        BucketRange[] buckets = [.. Enumerable.Range(0, 10).Select(i => new BucketRange(Math.Pow(2, i), Math.Pow(2, i + 1), 1000 + (77 * i)))];
        var sum = buckets.Sum(bucket => bucket.Lower * place * bucket.Count);
        var values = weighted.PowersOfTwo(Of(isExponential: true, sum, buckets)).ToArray();
        Assert.Equal(1, values.Sum(value => value.Value * value.Weight) / sum, 1e-5);
        Assert.Equal(buckets.Sum(bucket => bucket.Count), values.Sum(value => value.Weight));
    }

    [Theory]
    [InlineData("lognormal")]
    [InlineData("bimodal")]
    [InlineData("uniform")]
    public void Fewer_lines_are_fewer_bytes(string distribution)
    {
        var ranges = RecordedHistogram.Record(RecordedHistogram.Exponential(), Distribution.Sample(distribution, 100_000)).Ranges;
        var all = DistributionLines.Packed(weighted.PowersOfTwo(ranges, lineBytes: 0));
        var fewer = DistributionLines.Packed(weighted.PowersOfTwo(ranges, lineBytes: 150));
        Assert.InRange(fewer.Count, 1, all.Count);
        Assert.InRange(DistributionLines.Bytes(fewer), 1, DistributionLines.Bytes(all));
    }

    [Fact]
    public void Values_take_few_bytes()
    {
        var ranges = RecordedHistogram.Record(RecordedHistogram.Exponential(), Distribution.Sample("lognormal", 100_000)).Ranges;
        var values = weighted.PowersOfTwo(ranges, lineBytes: 150);
        Assert.InRange(DistributionLines.Bytes(DistributionLines.Packed(values)) / values.Length, 1, 10);
        var texts = Text(values).Split(' ').Select(text => text.Split('*')[0].Length).ToArray();
        Assert.InRange(texts.Average(), 3, 5);
    }

    [Theory]
    [InlineData(1L << 27, 1)]
    [InlineData(1L << 31, 16)]
    [InlineData((1L << 33) - 1, 64)]
    [InlineData(1L << 35, 256)]
    [InlineData((1L << 62) + 12345, 256)]
    [InlineData(long.MaxValue, 256)]
    public void A_weight_is_no_larger_than_receivers_read_unless_values_would_be_many(long count, int mostLarge)
    {
        var ranges = Of(isExponential: true, 1.004 * count, new BucketRange(1, 1.009, count));
        var values = weighted.OfBuckets(ranges).ToArray();
        Assert.InRange(values.Length, 1, mostLarge);
        Assert.Equal(count, values.Sum(value => value.Weight));
        Assert.True(count > 1L << 35 || values.Max(value => value.Weight) <= 1 << 27);

        values = weighted.PowersOfTwo(ranges, lineBytes: 0).ToArray();
        Assert.Equal(count, values.Sum(value => value.Weight));
        Assert.InRange(values.Length, 1, 256 + 128);
        Assert.True(count > 1L << 35 || values.Max(value => value.Weight) <= 1 << 27);
    }

    [Fact]
    public void Values_too_small_for_a_sketch_keep_their_sum()
    {
        double[] data = [.. Distribution.Sample("lognormal", 1000).Select(value => value * 1e-12)];
        var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(), data);
        var sketch = DistributionLines.Receive(DistributionLines.Packed(weighted.PowersOfTwo(recorded.Ranges)));
        Assert.Equal(1000, sketch.Count);
        Assert.Equal(1, sketch.Sum / data.Sum(), 1e-3);
        Assert.Equal((data.Min(), data.Max()), (sketch.Min, sketch.Max));
        Assert.InRange(sketch.Quantile(0.5), 0, 1e-9);
    }

    [Fact]
    public void Without_the_smallest_and_the_largest_value_none_stands_for_itself()
    {
        var view = new Base2ExponentialBucketHistogramConfiguration { MaxScale = 0, RecordMinMax = false };
        Assert.Equal("2.5*1", Text(weighted.OfBuckets(RecordedHistogram.Record(view, 2.5).Ranges)));
        Assert.Equal("3*2", Text(weighted.OfBuckets(RecordedHistogram.Record(view, 2.5, 3.5).Ranges)));
    }

    [Fact]
    public void Values_of_like_weights_take_turns()
    {
        var ranges = Of(isExponential: false, double.NaN, new BucketRange(0, 100, 15));
        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2, 1, 2], Weights(weighted.Alike(ranges, 10)));
        Assert.Equal(Enumerable.Repeat(1L, 15), Weights(weighted.Alike(ranges, 15)));
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (i + 0.5) * 100 / 15), weighted.Alike(ranges, 100).ToArray().Select(value => value.Value), (a, b) => Math.Abs(a - b) < 1);
    }

    [Fact]
    public void Nothing_is_allocated_once_the_memory_is_there()
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        var ranges = RecordedHistogram.Record(RecordedHistogram.Exponential(), Distribution.Sample("lognormal", 10_000)).Ranges;
        BucketRange[] same = [.. ranges.Ranges];
        var (sum, min, max) = (ranges.Sum, ranges.Min, ranges.Max);
        var total = 0.0;
        var rounds = Allocated.ByRounds(() => Allocated.By(() =>
        {
            ranges.Begin(isExponential: true, sum, min, max);
            foreach (var range in same)
            {
                ranges.Add(range.Lower, range.Upper, range.Count);
            }

            total += weighted.PowersOfTwo(ranges).Length + weighted.EvenParts(ranges).Length + weighted.OfBuckets(ranges).Length + weighted.Alike(ranges, 100).Length + Quantile.Estimate(ranges, 0.99);
        }));
        Assert.True(Allocated.IsSteady(rounds), string.Join(" ", rounds));
        Assert.True(total > 0);
    }

    private static HistogramRanges Of(bool isExponential, double sum, params BucketRange[] all)
    {
        var ranges = new HistogramRanges();
        ranges.Begin(isExponential, sum);
        foreach (var (lower, upper, count) in all)
        {
            ranges.Add(lower, upper, count);
        }

        return ranges;
    }

    /// <summary>Narrow ranges of which no two touch.</summary>
    private static HistogramRanges FortyApart(params long[] counts) => Of(
        isExponential: true,
        double.NaN,
        [.. Enumerable.Range(0, 40).Select(i => new BucketRange(100 + i, 100.1 + i, counts[i % counts.Length]))]);

    /// <summary>So many values of each weight that each is worth a line.</summary>
    private static HistogramRanges Forty(bool isExponential, double factor, params long[] counts) => Of(
        isExponential,
        double.NaN,
        [.. Enumerable.Range(0, 40).Select(i => new BucketRange(Math.Pow(factor, i), Math.Pow(factor, i + 1), counts[i % counts.Length]))]);

    private static long[] Weights(ReadOnlySpan<WeightedValue> values) => [.. values.ToArray().Select(value => value.Weight)];

    private static string Text(ReadOnlySpan<WeightedValue> values) =>
        string.Join(' ', values.ToArray().Select(value => FormattableString.Invariant($"{value.Value}*{value.Weight}")));
}
