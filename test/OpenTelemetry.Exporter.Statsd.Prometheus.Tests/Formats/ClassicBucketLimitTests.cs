using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>Exponential histograms where the format has classic buckets only, under any limit of those.</summary>
public sealed class ClassicBucketLimitTests
{
    private static Gen<double> Values => Gen.OneOf(
        Gen.Choose(0, 1000).Select(value => (double)value),
        Gen.Choose(1, 1_000_000).Select(value => value / 997d),
        Gen.Choose(-1074, 1023).Select(exponent => Math.ScaleB(1, exponent)),
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => Math.Abs(value.Get)));

    private static Gen<(int Limit, int Size, int Scale, double[] Values)> Recordings =>
        from limit in Gen.OneOf(Gen.Elements(2, 3, 10, 160), Gen.Choose(2, 300))
        from size in Gen.Elements(2, 20, 160, 3000)
        from scale in Gen.Choose(-11, 20)
        from values in Values.NonEmptyListOf()
        select (limit, size, scale, values.ToArray());

    [Fact]
    public void There_are_never_more_than_allowed_and_nothing_is_dropped() =>
        Check.One(RandomCases.Of(1000), Prop.ForAll(Recordings.ToArbitrary(), sample =>
        {
            using var scrape = Create(sample.Limit, sample.Size, sample.Scale);
            var histogram = scrape.Meter().CreateHistogram<double>("h");
            Array.ForEach(sample.Values, value => histogram.Record(value));
            var text = Buckets(TextParser.Parse(scrape.Bytes()));
            Assert.Equal(text, Buckets(OpenMetricsParser.Parse(scrape.Bytes(ExpositionSyntax.OpenMetrics100))));
            Assert.Equal(text, Buckets(ProtobufParser.Parse(scrape.Bytes(ExpositionSyntax.Protobuf))));

            Assert.All(text, bucket => Assert.Equal(sample.Values.Count(value => value <= bucket.Bound), bucket.Count));
            List<double> bounds = [.. text.Select(bucket => bucket.Bound).Where(bound => bound > 0 && double.IsFinite(bound))];
            Assert.InRange(bounds.Count, 0, sample.Limit);
            VerifyNested(bounds);
        }));

    [Theory]
    [InlineData(2, 0, 1, "1 2")]
    [InlineData(2, 0, 2, "1 4")]
    [InlineData(2, 0, 5, "1 256")]
    [InlineData(3, -1, 5, "1 16 256")]
    [InlineData(3, 0, 3, "1 4 16")]
    [InlineData(4, 0, 3, "1 2 4 8")]
    [InlineData(10, 0, 9, "1 2 4 8 16 32 64 128 256 512")]
    [InlineData(10, 0, 10, "1 4 16 64 256 1024")]
    public async Task Neighbours_are_merged_to_powers_of_four_or_sixteen_and_so_on(int limit, int lowest, int highest, string bounds)
    {
        using var scrape = Create(limit, size: 3000, scale: 3);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        histogram.Record(Math.ScaleB(1, lowest));
        histogram.Record(Math.ScaleB(1, highest));

        Assert.Equal(
            bounds,
            string.Join(' ', Buckets(TextParser.Parse(await scrape.BytesAsync())).SkipLast(1).Select(bucket => bucket.Bound)));
    }

    /// <summary>Bounds are all multiples of one power of two, as exponents of two, so that those of a wider spacing are among those of a closer one.</summary>
    private static void VerifyNested(List<double> bounds)
    {
        var exponents = bounds.ConvertAll(Math.ILogB);
        Assert.Equal(bounds, exponents.Select(exponent => Math.ScaleB(1, exponent)));
        var steps = exponents.Zip(exponents.Skip(1), (low, high) => high - low).Distinct().ToList();
        Assert.InRange(steps.Count, 0, 1);
        if (steps.Count == 1)
        {
            Assert.True(int.IsPow2(steps[0]));
            Assert.All(exponents, exponent => Assert.Equal(0, exponent % steps[0]));
        }
    }

    private static List<(double Bound, double Count)> Buckets(List<Family> families) =>
    [
        .. Assert.Single(families).Samples.Where(sample => sample.Name == "h_bucket").Select(sample => (sample.UpperBound, sample.Value)),
    ];

    private static Scrape Create(int limit, int size, int scale) => new(
        options =>
        {
            options.ScopeInfoEnabled = false;
            options.MaxExponentialHistogramBuckets = limit;
            options.NativeHistogramsWithClassicBuckets = true;
        },
        metrics => metrics.AddView("h", new Base2ExponentialBucketHistogramConfiguration { MaxSize = size, MaxScale = scale }));
}
