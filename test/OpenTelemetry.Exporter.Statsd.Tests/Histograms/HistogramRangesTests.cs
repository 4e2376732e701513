using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

public sealed class HistogramRangesTests
{
    private const double Inf = double.PositiveInfinity;

    [Fact]
    public void Ranges_are_the_buckets_of_the_SDK_between_the_smallest_and_the_largest_value() => Prop.ForAll(HistogramCase.Any.ToArbitrary(), input =>
    {
        var recorded = input.Record();
        var known = KnownRange.Of(recorded);
        var ranges = recorded.Ranges.Ranges.ToArray();
        Assert.Equal(known.Sum(range => range.Count), recorded.Ranges.Count);
        Assert.Equal(recorded.Ranges.Count, ranges.Sum(range => range.Count));
        Assert.Equal(recorded.Scale is not null, recorded.Ranges.IsExponential);
        Assert.Equal(recorded.Sum, recorded.Ranges.Sum);
        Assert.Equal(recorded.MinMax is { } ends && double.IsFinite(ends.Min) && double.IsFinite(ends.Max), recorded.Ranges.HasMinMax);

        // Buckets that are clipped to the same point come as one range.
        var next = 0;
        foreach (var range in ranges)
        {
            Assert.True(double.IsFinite(range.Lower) && double.IsFinite(range.Upper) && range.Lower <= range.Upper && range.Count > 0, range.ToString());
            Assert.True(known[next].Holds(range.Lower) && known[next].Holds(range.Upper), $"{range} is not {known[next]}.");
            Assert.True(new KnownRange(range.Lower, range.Upper, 0).Holds(known[next].Lower), $"{range} is not {known[next]}.");
            Assert.True(new KnownRange(range.Lower, range.Upper, 0).Holds(known[next].Upper), $"{range} is not {known[next]}.");
            var count = 0L;
            while (count < range.Count)
            {
                count += known[next++].Count;
            }

            Assert.Equal(range.Count, count);
        }

        Assert.Equal(known.Count, next);
        Assert.Equal(ranges.OrderBy(range => range.Lower).ThenBy(range => range.Upper), ranges);
    }).Check(RandomCases.Of(1000));

    [Theory]
    [InlineData(-11, -1, double.Epsilon, 1)]
    [InlineData(-11, 0, 1, double.MaxValue)]
    [InlineData(-10, -2, double.Epsilon, 5.562684646268003e-309)]
    [InlineData(-10, 0, 1, double.MaxValue)]
    [InlineData(-1, 1, 4, 16)]
    [InlineData(0, 10, 1024, 2048)]
    [InlineData(0, 1023, 8.98846567431158e307, double.MaxValue)]
    [InlineData(1, -2149, double.Epsilon, double.Epsilon)]
    [InlineData(1, 0, 1, 1.4142135623730951)]
    [InlineData(1, 1, 1.4142135623730951, 2)]
    [InlineData(3, -1, 0.9170040432046712, 1)]
    [InlineData(20, 1073741823, 1.7976919e308, double.MaxValue)]
    public void Bounds_of_any_scale_are_finite_and_above_zero(int scale, int index, double lower, double upper)
    {
        var bounds = new ExponentialBounds(scale, index);
        Assert.Equal(1, bounds.Current / lower, 1e-6);
        bounds.MoveNext();
        Assert.Equal(1, bounds.Current / upper, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public void Values_without_a_place_in_a_bucket_leave_the_rest_in_order(double[]? bounds, double[] values, string expected, bool hasMinMax)
    {
        HistogramConfiguration view = bounds is null ? RecordedHistogram.Exponential(maxScale: 0) : RecordedHistogram.Explicit(bounds);
        var ranges = RecordedHistogram.Record(view, values).Ranges;
        Assert.Equal(expected, Text(ranges));
        Assert.Equal(ranges.Ranges.ToArray().Sum(range => range.Count), ranges.Count);
        Assert.Equal(hasMinMax, ranges.HasMinMax);
    }

    public static TheoryData<double[]?, double[], string, bool> Odd => new()
    {
        // Exponential: negative values are not recorded; what is not finite is counted, but in no bucket.
        { null, [-1, 3], "1 in 3 to 3", true },
        { null, [double.NaN, 3], "1 in 2 to 4", false },
        { null, [double.NaN], "", false },
        { null, [Inf, 3], "1 in 3 to 4", false },
        { null, [-Inf, 3], "1 in 3 to 3", true },
        { null, [0, -0.0, 3], "2 in 0 to 0, 1 in 2 to 3", true },
        { null, [0], "1 in 0 to 0", true },

        // Explicit: every value is in a bucket.
        { [-3, 0, 5], [-1, -2, 3], "2 in -2 to 0, 1 in 0 to 3", true },
        { [-3, 0, 5], [-7, 3], "1 in -7 to -3, 1 in 0 to 3", true },
        { [-3, 0, 5], [double.NaN, 3], "1 in 0 to 5, 1 in 5 to 5", false },
        { [-3, 0, 5], [Inf, 3], "1 in 3 to 5, 1 in 5 to 5", false },
        { [-3, 0, 5], [-Inf, 3], "1 in -3 to -3, 1 in 0 to 3", false },
        { [5], [-Inf, 3], "2 in 0 to 3", false },
        { [], [1, 2, 6], "3 in 1 to 6", true },
        { [], [Inf, 2], "2 in 2 to 2", false },
        { [], [-Inf, 2], "2 in 2 to 2", false },
        { [], [double.NaN, 2], "", false },
    };

    [Fact]
    public void Without_bounds_or_ends_the_mean_is_what_is_known()
    {
        var view = new ExplicitBucketHistogramConfiguration { Boundaries = [], RecordMinMax = false };
        Assert.Equal([new(3, 3, 3)], RecordedHistogram.Record(view, 1, 2, 6).Ranges.Ranges.ToArray());
    }

    [Fact]
    public void Without_ends_infinite_bounds_become_zero_or_their_neighbour()
    {
        var view = new ExplicitBucketHistogramConfiguration { Boundaries = [2, 4], RecordMinMax = false };
        var ranges = RecordedHistogram.Record(view, -1, 3, 10).Ranges;
        Assert.Equal("1 in 0 to 2, 1 in 2 to 4, 1 in 4 to 4", Text(ranges));
        Assert.Equal((0, 4), (ranges.Min, ranges.Max));
    }

    [Fact]
    public void Ranges_hold_nothing_of_the_point_before()
    {
        var recorded = RecordedHistogram.Record(RecordedHistogram.Explicit(1, 2, 3), 0.5, 1.5, 2.5, 3.5);
        recorded.Ranges.Begin(isExponential: true, sum: 7, min: 7, max: 7);
        recorded.Ranges.Add(4, 8, 1);
        Assert.Equal("1 in 7 to 7", Text(recorded.Ranges));
        Assert.Equal((1L, 7.0, true), (recorded.Ranges.Count, recorded.Ranges.Sum, recorded.Ranges.IsExponential));
    }

    private static string Text(HistogramRanges ranges) =>
        string.Join(", ", ranges.Ranges.ToArray().Select(range => FormattableString.Invariant($"{range.Count} in {range.Lower} to {range.Upper}")));
}
