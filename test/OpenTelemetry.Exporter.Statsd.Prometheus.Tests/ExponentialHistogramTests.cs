using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>The classic buckets that exponential histograms are written with.</summary>
public sealed class ExponentialHistogramTests
{
    private static Gen<double> Values => Gen.OneOf(
        Gen.Choose(0, 1000).Select(value => (double)value),
        Gen.Choose(1, 1_000_000).Select(value => value / 997d),
        Gen.Choose(-1074, 1023).Select(exponent => Math.ScaleB(1, exponent)),
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => Math.Abs(value.Get)));

    private static Gen<Recorded> Recordings =>
        from size in Gen.OneOf(Gen.Constant(160), Gen.Choose(2, 40), Gen.Choose(161, 3000))
        from scale in Gen.Choose(-11, 20)
        from isNarrow in ArbMap.Default.GeneratorFor<bool>()
        from earlier in (isNarrow ? Gen.Choose(1, 4000).Select(value => value / 16d) : Values).NonEmptyListOf()
        from later in Values.ListOf()
        select new Recorded(size, scale, [.. earlier], [.. later]);

    [Fact]
    public async Task Value_between_others_adds_no_bound()
    {
        using var scrape = Create(size: 160, scale: 20);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        histogram.Record(1);
        histogram.Record(100);
        Assert.Equal(
            [(1, 1), (2, 1), (4, 1), (8, 1), (16, 1), (32, 1), (64, 1), (128, 2), (double.PositiveInfinity, 2)],
            Buckets(await scrape.FamiliesAsync()));

        histogram.Record(10);
        Assert.Equal(
            [(1, 1), (2, 1), (4, 1), (8, 1), (16, 2), (32, 2), (64, 2), (128, 3), (double.PositiveInfinity, 3)],
            Buckets(await scrape.FamiliesAsync()));
    }

    [Fact]
    public async Task Zeros_have_a_bucket_and_fill_nothing_up_to_the_others()
    {
        using var scrape = Create(size: 160, scale: 20);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        histogram.Record(0);
        Assert.Equal([(0, 1), (double.PositiveInfinity, 1)], Buckets(await scrape.FamiliesAsync()));

        histogram.Record(1e300);
        Assert.Equal([(0, 1), (Math.ScaleB(1, 997), 2), (double.PositiveInfinity, 2)], Buckets(await scrape.FamiliesAsync()));
    }

    [Theory]
    [InlineData(159, 1)]
    [InlineData(160, 2)]
    [InlineData(318, 2)]
    [InlineData(319, 4)]
    [InlineData(1023, 8)]
    public async Task Range_beyond_160_bounds_merges_them(int highest, int step)
    {
        // The SDK merges by itself what does not fit into the size that the view allows.
        using var scrape = Create(size: 4096, scale: 0);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        histogram.Record(0);
        histogram.Record(1);
        histogram.Record(Math.ScaleB(1, highest));

        var bounds = new List<(double, double)> { (0, 1), (1, 2) };
        for (var exponent = step; exponent < highest; exponent += step)
        {
            bounds.Add((Math.ScaleB(1, exponent), 2));
        }

        var last = (highest + step - 1) / step * step;
        if (last < 1024)
        {
            bounds.Add((Math.ScaleB(1, last), 3));
        }

        bounds.Add((double.PositiveInfinity, 3));
        Assert.Equal(bounds, Buckets(await scrape.FamiliesAsync()));
    }

    [Theory]
    [InlineData(160)]
    [InlineData(4096)]
    public async Task Values_as_far_apart_as_they_can_be_stay_within_160_bounds(int size)
    {
        using var scrape = Create(size, scale: 20);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        histogram.Record(double.Epsilon);
        histogram.Record(double.MaxValue);

        // 2^-1074 is above 2^-1088 and 2^1023 is below 2^1024, both of which are powers of 2^16; the last one is no finite number.
        var buckets = Buckets(await scrape.FamiliesAsync());
        Assert.Equal(Enumerable.Range(-67, 131).Select(power => Math.ScaleB(1, 16 * power)), buckets.SkipLast(1).Select(bucket => bucket.Bound));
        Assert.All(buckets.SkipLast(1), bucket => Assert.Equal(1, bucket.Count));
        Assert.Equal((double.PositiveInfinity, 2), buckets[^1]);
    }

    [Fact]
    public void Buckets_are_exact_and_without_gaps_and_stay_while_the_range_does() =>
        Check.One(RandomCases.Of(1000), Prop.ForAll(Recordings.ToArbitrary(), sample =>
        {
            using var scrape = Create(sample.Size, sample.Scale);
            var histogram = scrape.Meter().CreateHistogram<double>("h");
            Array.ForEach(sample.Earlier, value => histogram.Record(value));
            var before = Verify(sample.Earlier, TextParser.Parse(scrape.Bytes()));
            Array.ForEach(sample.Later, value => histogram.Record(value));
            var after = Verify([.. sample.Earlier, .. sample.Later], TextParser.Parse(scrape.Bytes()));

            var added = after.Except(before).Where(bound => bound > 0);
            Assert.DoesNotContain(added, bound => before.Count > 0 && bound > before[0] && bound < before[^1]);
        }));

    /// <summary>Compares with the values themselves, and gives the finite bounds above zero.</summary>
    private static List<double> Verify(double[] values, List<Family> families)
    {
        var buckets = Buckets(families);
        foreach (var (bound, count) in buckets)
        {
            Assert.Equal(values.Count(value => value <= bound), count);
        }

        Assert.Equal(values.Contains(0), buckets[0].Bound == 0);
        List<double> bounds = [.. buckets.Select(bucket => bucket.Bound).Where(bound => bound > 0 && double.IsFinite(bound))];
        Assert.InRange(bounds.Count, 0, 160);
        Assert.All(bounds, bound => Assert.Equal(Math.ScaleB(1, Math.ILogB(bound)), bound));
        var steps = bounds.Zip(bounds.Skip(1), (low, high) => Math.ILogB(high) - Math.ILogB(low)).Distinct().ToList();
        Assert.True(steps.Count <= 1, $"Steps of {string.Join(", ", steps)} powers.");
        if (bounds.Count > 0)
        {
            Assert.Contains(values, value => value > 0 && value <= bounds[0]);
            Assert.Contains(values, value => bounds.Count == 1 || value > bounds[^2]);
        }

        return bounds;
    }

    private static List<(double Bound, double Count)> Buckets(List<Family> families) =>
    [
        .. Assert.Single(families).Samples.Where(sample => sample.Name == "h_bucket").Select(sample => (
            sample.Labels["le"] == "+Inf" ? double.PositiveInfinity : double.Parse(sample.Labels["le"], CultureInfo.InvariantCulture),
            sample.Value)),
    ];

    private static Scrape Create(int size, int scale) => new(
        options => options.ScopeInfoEnabled = false,
        metrics => metrics.AddView("h", new Base2ExponentialBucketHistogramConfiguration { MaxSize = size, MaxScale = scale }));

    private sealed record Recorded(int Size, int Scale, double[] Earlier, double[] Later)
    {
        public override string ToString() =>
            $"size {Size}, scale {Scale}: {Text(Earlier)}, then {Text(Later)}";

        private static string Text(double[] values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
    }
}
