using System.Diagnostics.Metrics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Boundaries are what a human would write, and what the SDK takes.</summary>
public sealed class BucketBoundariesTests
{
    [Fact]
    public void Linear_boundaries_are_as_a_human_would_write_them()
    {
        Assert.Equal<double>([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], BucketBoundaries.Linear(0.1, 0.1, 10));
        Assert.Equal<double>([-0.3, -0.2, -0.1, 0, 0.1], BucketBoundaries.Linear(-0.3, 0.1, 5));
        Assert.Equal<double>([0, 25, 50], BucketBoundaries.Linear(0, 25, 3));
        Assert.Equal<double>([1e-7, 3e-7, 5e-7], BucketBoundaries.Linear(1e-7, 2e-7, 3));
        Assert.Equal<double>([1e300, 1.5e300, 2e300], BucketBoundaries.Linear(1e300, 5e299, 3));
        Assert.Equal<double>([1.5], BucketBoundaries.Linear(1.5, 1, 1));
    }

    [Fact]
    public void Exponential_boundaries_are_as_a_human_would_write_them()
    {
        Assert.Equal<double>([0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000], BucketBoundaries.Exponential(0.001, 10, 8));
        Assert.Equal<double>([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8], BucketBoundaries.Exponential(0.1, 2, 8));
        Assert.Equal<double>([0.1, 0.11, 0.121, 0.1331, 0.14641], BucketBoundaries.Exponential(0.1, 1.1, 5));
        Assert.Equal<double>([1e-300, 1e-299, 1e-298], BucketBoundaries.Exponential(1e-300, 10, 3));
        Assert.Equal<double>([1, 1e100, 1e200, 1e300], BucketBoundaries.Exponential(1, 1e100, 4));
    }

    [Fact]
    public void Linear_boundaries_are_the_nearest_to_exact_decimals() => Prop.ForAll(Decimals, input =>
    {
        var (start, step, count) = input;
        var expected = Enumerable.Range(0, count).Select(i => Nearest(start + (i * step)));
        Assert.Equal(expected, BucketBoundaries.Linear(Nearest(start), Nearest(step), count));
    }).Check(RandomCases.Of(2000));

    [Fact]
    public void Exponential_boundaries_are_the_nearest_to_exact_decimals() => Prop.ForAll(Decimals, input =>
    {
        // Up to 7 decimals of the first and 2 more with each step, 28 in all: as many as decimal holds.
        var (start, count) = (Math.Abs(input.Start) + 0.5m, Math.Min(input.Count, 10));
        var factor = 1 + Math.Max(0.01m, Math.Round(Math.Min(input.Step, 3), 2));
        var expected = Enumerable.Range(0, count).Select(i => Nearest(Enumerable.Repeat(factor, i).Aggregate(start, (product, one) => product * one)));
        Assert.Equal(expected, BucketBoundaries.Exponential(Nearest(start), Nearest(factor), count));
    }).Check(RandomCases.Of(2000));

    [Fact]
    public void Many_boundaries_of_a_long_factor_stay_near()
    {
        const int Count = 20_000;
        var boundaries = BucketBoundaries.Exponential(1e-9, 1.0012345678901234, Count);
        Assert.Equal(Count, boundaries.Length);
        var expected = 1e-9 * Math.Pow(1.0012345678901234, Count - 1);
        Assert.InRange(boundaries[^1] / expected, 1 - 1e-9, 1 + 1e-9);
    }

    [Fact]
    public void Other_number_types_get_their_own()
    {
        Assert.Equal<long>([0, 100, 200], BucketBoundaries.Linear<long>(0, 100, 3));
        Assert.Equal<long>([1, 1000, 1_000_000], BucketBoundaries.Exponential<long>(1, 1000, 3));
        Assert.Equal<long>([long.MaxValue - 2, long.MaxValue - 1, long.MaxValue], BucketBoundaries.Linear<long>(long.MaxValue - 2, 1, 3));
        Assert.Equal<int>([-5, 0, 5], BucketBoundaries.Linear<int>(-5, 5, 3));
        Assert.Equal<byte>([250, 255], BucketBoundaries.Linear<byte>(250, 5, 2));
        Assert.Equal<float>([0.1f, 0.2f, 0.3f], BucketBoundaries.Linear<float>(0.1f, 0.1f, 3));
        Assert.Equal<decimal>([0.10m, 0.25m, 0.40m], BucketBoundaries.Linear(0.10m, 0.15m, 3));
    }

    [Fact]
    public void Known_ones_are_those_of_the_specifications()
    {
        Assert.Equal<double>([0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000], BucketBoundaries.Default());
        Assert.Equal<double>([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10], BucketBoundaries.Seconds());
        Assert.NotSame(BucketBoundaries.Default(), BucketBoundaries.Default());
        Assert.NotSame(BucketBoundaries.Seconds(), BucketBoundaries.Seconds());
    }

    [Fact]
    public void The_default_is_what_the_SDK_uses_without_a_view()
    {
        using var run = new ViewedProvider(_ => { });
        run.Record("h");
        Assert.Equal(Assert.Single(run.Collect()).Bounds, BucketBoundaries.Default());
    }

    [Fact]
    public void Advice_and_views_take_them()
    {
        using var run = new ViewedProvider(builder => builder.AddView("viewed", new ExplicitBucketHistogramConfiguration
        {
            Boundaries = BucketBoundaries.Exponential(1, 10, 3),
        }));
        ViewedProvider.Record(run.Meter.CreateHistogram("advised", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = BucketBoundaries.Linear(0, 100, 3),
        }));
        run.Meter.CreateHistogram("whole", advice: new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = BucketBoundaries.Linear<long>(10, 10, 2),
        }).Record(1);
        run.Record("viewed");
        var series = run.Collect();
        Assert.Equal<double>([0, 100, 200], series[0].Bounds!);
        Assert.Equal<double>([10, 20], series[1].Bounds!);
        Assert.Equal<double>([1, 10, 100], series[2].Bounds!);
    }

    [Theory]
    [InlineData(double.NaN, 1, 1, "start", "a finite number")]
    [InlineData(double.NegativeInfinity, 1, 1, "start", "a finite number")]
    [InlineData(0, 0, 1, "width", "above 0")]
    [InlineData(0, -1, 1, "width", "above 0")]
    [InlineData(0, double.NaN, 1, "width", "above 0")]
    [InlineData(0, double.PositiveInfinity, 1, "width", "above 0")]
    [InlineData(0, 1, 0, "count", "1 to 10,000,000")]
    [InlineData(0, 1, -1, "count", "1 to 10,000,000")]
    [InlineData(0, 1, 10_000_001, "count", "1 to 10,000,000")]
    [InlineData(0, 1e308, 4, "count", "at most 2, or boundaries are beyond the range of Double")]
    [InlineData(1e17, 1, 3, "width", "larger than 1E+17")]
    public void Bad_linear_ones_are_refused(double start, double width, int count, string name, string valid) =>
        AssertRefused(() => BucketBoundaries.Linear(start, width, count), name, valid);

    [Theory]
    [InlineData(0, 2, 1, "start", "above 0")]
    [InlineData(-1, 2, 1, "start", "above 0")]
    [InlineData(double.PositiveInfinity, 2, 1, "start", "above 0")]
    [InlineData(double.NaN, 2, 1, "start", "above 0")]
    [InlineData(1, 1, 1, "factor", "above 1")]
    [InlineData(1, 0.5, 1, "factor", "above 1")]
    [InlineData(1, double.NaN, 1, "factor", "above 1")]
    [InlineData(1, double.PositiveInfinity, 1, "factor", "above 1")]
    [InlineData(1, 2, 0, "count", "1 to 10,000,000")]
    [InlineData(1, 10, 1000, "count", "at most 309, or boundaries are beyond the range of Double")]
    [InlineData(double.Epsilon, 1.1, 3, "factor", "larger than 5E-324")]
    public void Bad_exponential_ones_are_refused(double start, double factor, int count, string name, string valid) =>
        AssertRefused(() => BucketBoundaries.Exponential(start, factor, count), name, valid);

    [Fact]
    public void Whole_numbers_beyond_their_type_are_refused()
    {
        AssertRefused(() => BucketBoundaries.Linear<byte>(250, 5, 3), "count", "at most 2, or boundaries are beyond the range of Byte");
        AssertRefused(() => BucketBoundaries.Exponential<long>(1, 10, 20), "count", "at most 19, or boundaries are beyond the range of Int64");
        AssertRefused(() => BucketBoundaries.Exponential<int>(5, 1, 2), "factor", "above 1");
    }

    private static Arbitrary<(decimal Start, decimal Step, int Count)> Decimals { get; } = Arb.From(
        from start in Gen.Choose(-1_000_000, 1_000_000)
        from step in Gen.Choose(1, 100_000)
        from startScale in Gen.Choose(0, 7)
        from stepScale in Gen.Choose(0, 7)
        from count in Gen.Choose(1, 40)
        select (new decimal(start) / Power(startScale), new decimal(step) / Power(stepScale), count));

    private static decimal Power(int scale) => Enumerable.Repeat(10m, scale).Aggregate(1m, (product, ten) => product * ten);

    private static double Nearest(decimal value) =>
        double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static void AssertRefused(Action action, string name, string valid)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(name, action);
        Assert.NotNull(error.ActualValue);
        Assert.Contains(valid, error.Message, StringComparison.Ordinal);
    }
}
