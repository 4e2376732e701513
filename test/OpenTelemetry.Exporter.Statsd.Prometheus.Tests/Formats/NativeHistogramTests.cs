using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>Exponential histograms as native ones, computed a second time from the values.</summary>
public sealed class NativeHistogramTests
{
    private static Gen<double> Values => Gen.OneOf(
        Gen.Constant(0d),
        Gen.Choose(1, 1_000_000).Select(value => value / 997d),
        Gen.Choose(-1022, 1023).Select(exponent => Math.ScaleB(1, exponent)),
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => Math.Abs(value.Get)));

    private static Gen<(int Size, int Scale, double[] Values)> Recordings =>
        from size in Gen.Choose(2, 200)
        from scale in Gen.Choose(-4, 20)
        from isNarrow in ArbMap.Default.GeneratorFor<bool>()
        from values in (isNarrow ? Gen.Choose(1000, 1100).Select(value => value / 997d) : Values).ListOf()
        select (size, scale, values.ToArray());

    [Fact]
    public void Values_are_in_the_buckets_that_they_belong_to() =>
        Check.One(RandomCases.Of(1000), Prop.ForAll(Recordings.ToArbitrary(), sample =>
        {
            var positive = sample.Values.Where(value => value > 0).ToList();
            var scale = ScaleOf(positive, sample.Size, sample.Scale);
            if (scale < -4)
            {
                // Has no schema; another test is about those.
                return;
            }

            using var scrape = Create(sample.Size, sample.Scale);
            var histogram = scrape.Meter().CreateHistogram<double>("h");
            Array.ForEach(sample.Values, value => histogram.Record(value));
            if (sample.Values.Length == 0)
            {
                Assert.Empty(scrape.Bytes(ExpositionSyntax.Protobuf));
                return;
            }

            var native = Native(scrape.Bytes(ExpositionSyntax.Protobuf));
            Assert.Equal(Math.Min(scale, 8), native.Schema);
            Assert.Equal((0, (ulong)sample.Values.Count(value => value == 0)), (native.ZeroThreshold, native.ZeroCount));
            Assert.Equal((ulong)sample.Values.Length, native.Count);
            Assert.Equal(sample.Values.Sum(), native.Sum, 1e-9 * sample.Values.Sum());
            var expected = positive.GroupBy(value => IndexOf(value, native.Schema)).OrderBy(bucket => bucket.Key).Select(bucket => (bucket.Key, (ulong)bucket.Count()));
            Assert.Equal(expected, native.Buckets.Where(bucket => bucket.Count > 0).Select(bucket => (IndexOf(bucket.Upper, native.Schema), bucket.Count)));
            Assert.All(native.Buckets, bucket => Assert.Equal((ulong)positive.Count(value => value > bucket.Lower && value <= bucket.Upper), bucket.Count));
        }));

    [Theory]
    [InlineData("0", "0+1", "1")]
    [InlineData("5", "5+1", "1")]
    [InlineData("-3", "-3+1", "1")]
    [InlineData("-3 -2 -1 -1", "-3+3", "1 0 1")]
    [InlineData("0 2", "0+3", "1 -1 1")]
    [InlineData("0 3 3", "0+4", "1 -1 0 2")]
    [InlineData("0 4", "0+1 3+1", "1 0")]
    [InlineData("-9 -9 -9 0 1 900", "-9+1 8+2 898+1", "3 -2 0 0")]
    [InlineData("-1022 1023", "-1022+1 2044+1", "1 0")]
    public async Task Gaps_of_up_to_two_buckets_are_part_of_a_span(string exponents, string spans, string deltas)
    {
        using var scrape = Create(size: 4096, scale: 0);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        foreach (var exponent in exponents.Split(' '))
        {
            histogram.Record(Math.ScaleB(1, int.Parse(exponent, System.Globalization.CultureInfo.InvariantCulture)));
        }

        Assert.Equal((spans, deltas), Encoded(await scrape.BytesAsync(ExpositionSyntax.Protobuf)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(double.NaN, 0)]
    public async Task One_empty_span_tells_a_native_histogram_without_buckets_from_a_classic_one(double value, ulong zeros)
    {
        using var scrape = Create(size: 160, scale: 20);
        scrape.Meter().CreateHistogram<double>("h").Record(value);

        var body = await scrape.BytesAsync(ExpositionSyntax.Protobuf);
        Assert.Equal(("0+0", string.Empty), Encoded(body));
        var native = Native(body);
        Assert.Equal((1ul, zeros, value), (native.Count, native.ZeroCount, native.Sum));
        Assert.Empty(native.Buckets);
    }

    [Fact]
    public async Task Infinity_is_behind_the_largest_number()
    {
        using var scrape = Create(size: 160, scale: 0);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        histogram.Record(double.MaxValue);
        histogram.Record(double.PositiveInfinity);
        histogram.Record(double.PositiveInfinity);

        var body = await scrape.BytesAsync(ExpositionSyntax.Protobuf);
        Assert.Equal(("1024+2", "1 1"), Encoded(body));
        Assert.Equal((3, double.PositiveInfinity), ((int)Native(body).Count, Native(body).Sum));
        Assert.Equal(
            ["h_bucket{le=\"+Inf\"} 3", "h_sum +Inf", "h_count 3"],
            (await scrape.TextAsync()).Split('\n').Skip(2).SkipLast(1));
    }

    [Theory]
    [InlineData(8, "262144+1")]
    [InlineData(20, "262144+1")]
    [InlineData(-4, "64+1")]
    public async Task Infinity_has_a_bucket_in_each_schema(int scale, string largest)
    {
        using var scrape = Create(size: 160, scale);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        histogram.Record(double.MaxValue);
        Assert.Equal((largest, "1"), Encoded(await scrape.BytesAsync(ExpositionSyntax.Protobuf)));

        histogram.Record(double.PositiveInfinity);
        var body = await scrape.BytesAsync(ExpositionSyntax.Protobuf);
        Assert.Equal((largest.Replace("+1", "+2", StringComparison.Ordinal), "1 0"), Encoded(body));
        Assert.Equal(new NativeBucket(double.MaxValue, double.PositiveInfinity, 1), Native(body).Buckets[^1]);
    }

    [Fact]
    public async Task What_is_no_number_is_in_no_bucket_and_spoils_the_sum()
    {
        using var scrape = Create(size: 160, scale: 0);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        Array.ForEach([1, double.NaN, double.PositiveInfinity, 0], value => histogram.Record(value));

        var native = Native(await scrape.BytesAsync(ExpositionSyntax.Protobuf));
        Assert.Equal((4, 1, double.NaN), ((int)native.Count, (int)native.ZeroCount, native.Sum));
        Assert.Equal([new NativeBucket(0.5, 1, 1)], native.Buckets);
    }

    [Fact]
    public async Task Scale_without_a_schema_has_classic_buckets()
    {
        using var scrape = Create(size: 160, scale: -5);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        Array.ForEach([0, 1, Math.ScaleB(1, 33)], value => histogram.Record(value));

        var family = Assert.Single(ProtobufParser.Parse(await scrape.BytesAsync(ExpositionSyntax.Protobuf)));
        Assert.Empty(family.NativeHistograms);
        Assert.Equal(
            [(0, 1), (1, 2), (Math.ScaleB(1, 32), 2), (Math.ScaleB(1, 64), 3), (double.PositiveInfinity, 3)],
            family.Samples.Where(sample => sample.Name == "h_bucket").Select(sample => (sample.UpperBound, sample.Value)));
    }

    [Fact]
    public async Task Classic_buckets_stand_beside_native_ones_where_asked_for()
    {
        using var scrape = Create(size: 160, scale: 20, options => options.NativeHistogramsWithClassicBuckets = true);
        var histogram = scrape.Meter().CreateHistogram<double>("h");
        Array.ForEach([0, 0.75, 1, 3, double.PositiveInfinity], value => histogram.Record(value));

        var family = Assert.Single(ProtobufParser.Parse(await scrape.BytesAsync(ExpositionSyntax.Protobuf)));
        Assert.Equal(5ul, Assert.Single(family.NativeHistograms).Count);
        Assert.Equal(
            [(0, 1), (1, 3), (2, 3), (4, 4), (double.PositiveInfinity, 5)],
            family.Samples.Where(sample => sample.Name == "h_bucket").Select(sample => (sample.UpperBound, sample.Value)));
    }

    [Fact]
    public async Task Explicit_histogram_stays_classic()
    {
        using var scrape = new Scrape();
        scrape.Meter().CreateHistogram<double>("h").Record(1);

        var family = Assert.Single(ProtobufParser.Parse(await scrape.BytesAsync(ExpositionSyntax.Protobuf)));
        Assert.Empty(family.NativeHistograms);
        Assert.Equal(18, family.Samples.Count);
    }

    /// <summary>The finest scale at which the values fit, as OpenTelemetry's SDK chooses it.</summary>
    private static int ScaleOf(List<double> positive, int size, int scale)
    {
        while (positive.Count > 0 && IndexOf(positive.Max(), scale) - IndexOf(positive.Min(), scale) >= size)
        {
            scale--;
        }

        return scale;
    }

    /// <summary>The bucket of a value: its upper bound is 2^(index / 2^schema).</summary>
    private static long IndexOf(double value, int schema) => (long)Math.Ceiling(Math.ScaleB(Math.Log2(value), schema) - 1e-9);

    private static NativeHistogram Native(byte[] body) => Assert.Single(Assert.Single(ProtobufParser.Parse(body)).NativeHistograms);

    /// <summary>Spans, each as offset and length, and deltas, as they are written.</summary>
    private static (string Spans, string Deltas) Encoded(byte[] body)
    {
        ReadOnlyMemory<byte> bytes = body;
        var family = new ProtobufMessage("MetricFamily", ProtobufMessage.ReadDelimited(ref bytes, "body"));
        var histogram = Assert.Single(family.Messages(4, "Metric")).Message(7, "Histogram")!;
        return (
            string.Join(' ', histogram.Messages(12, "BucketSpan").Select(span => $"{span.ZigZag(1)}+{span.Unsigned(2)}")),
            string.Join(' ', histogram.ZigZags(13)));
    }

    private static Scrape Create(int size, int scale, Action<PrometheusAspNetCoreOptions>? configure = null) => new(
        options =>
        {
            options.ScopeInfoEnabled = false;
            configure?.Invoke(options);
        },
        metrics => metrics.AddView("h", new Base2ExponentialBucketHistogramConfiguration { MaxSize = size, MaxScale = scale }));
}
