using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

public sealed class QuantileTests
{
    [Fact]
    public void An_estimate_is_in_the_bucket_of_the_value_sought_or_of_its_neighbour()
    {
        var inputs =
            from input in HistogramCase.Finite
            from q in Gen.Frequency((4, Gen.Choose(0, 1000).Select(share => share / 1000.0)), (1, Gen.Elements(0, 1, 0.5)))
            select (input, q);
        Prop.ForAll(inputs.ToArbitrary(), pair =>
        {
            var recorded = pair.input.Record();
            if (recorded.Ranges.Count == 0)
            {
                return;
            }

            var estimate = Quantile.Estimate(recorded.Ranges, pair.q);
            var rank = pair.q * (recorded.Ranges.Count - 1);
            var known = KnownRange.Of(recorded);
            Assert.Contains([RangeAt(known, (long)Math.Floor(rank)), RangeAt(known, (long)Math.Ceiling(rank))], range => range.Holds(estimate));
            if (recorded.MinMax is var (min, max))
            {
                Assert.InRange(estimate, min, max);
                Assert.Equal((min, max), (Quantile.Estimate(recorded.Ranges, 0), Quantile.Estimate(recorded.Ranges, 1)));
            }
        }).Check(RandomCases.Of(500));
    }

    [Fact]
    public void Estimates_rise_with_the_share() => Prop.ForAll(HistogramCase.Any.ToArbitrary(), input =>
    {
        var recorded = input.Record();
        if (recorded.Ranges.Count > 0)
        {
            double[] estimates = [.. Enumerable.Range(0, 201).Select(share => Quantile.Estimate(recorded.Ranges, share / 200.0))];
            Assert.All(estimates, estimate => Assert.True(double.IsFinite(estimate)));
            Assert.Equal(estimates.Order(), estimates);
        }
    }).Check(RandomCases.Of(500));

    [Fact]
    public void Values_are_spread_evenly_by_difference_or_by_ratio()
    {
        var ranges = new HistogramRanges();
        ranges.Begin(isExponential: false, sum: double.NaN);
        ranges.Add(100, 200, 4);
        Assert.Equal(150, Quantile.Estimate(ranges, 0.5), 1e-9);
        ranges.Begin(isExponential: true, sum: double.NaN);
        ranges.Add(1, 2, 5);
        Assert.Equal(Math.Sqrt(2), Quantile.Estimate(ranges, 0.5), 1e-5);
        ranges.Begin(isExponential: true, sum: double.NaN);
        ranges.Add(1, 65536, 5);
        Assert.Equal(256, Quantile.Estimate(ranges, 0.5), 1e-9);
    }

    [Fact]
    public void Anywhere_in_a_bucket_the_parabola_is_near_to_the_power()
    {
        foreach (var scale in new[] { 0, 1, 4, 10 })
        {
            var factor = Math.Pow(2, Math.Pow(2, -scale));
            var curve = new RangeCurve(new BucketRange(3, 3 * factor, 1), isExponential: true);
            for (var share = 0.0; share <= 1; share += 1.0 / 64)
            {
                var power = 3 * Math.Pow(factor, share);
                Assert.Equal(1, curve.At(share) / power, 0.006);
            }
        }
    }

    [Theory]
    [InlineData("lognormal")]
    [InlineData("exponential")]
    [InlineData("bimodal")]
    [InlineData("pareto")]
    [InlineData("uniform")]
    public void Estimates_of_an_exponential_histogram_are_within_its_bucket_width(string distribution)
    {
        foreach (var count in new[] { 1001, 10_001, 100_001 })
        {
            var data = Distribution.Sample(distribution, count);
            var recorded = RecordedHistogram.Record(RecordedHistogram.Exponential(), data);
            Array.Sort(data);
            foreach (var q in new[] { 0.5, 0.9, 0.99, 0.999 })
            {
                var value = data[(int)Math.Round(q * (count - 1))];
                Assert.InRange(Quantile.Estimate(recorded.Ranges, q) / value, 1 / (1 + recorded.BucketWidth), 1 + recorded.BucketWidth);
            }
        }
    }

    private static KnownRange RangeAt(List<KnownRange> known, long rank) => known.First(range => (rank -= range.Count) < 0);
}
