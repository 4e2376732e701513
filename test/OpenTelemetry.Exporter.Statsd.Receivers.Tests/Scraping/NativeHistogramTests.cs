namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>What real servers store of exponential histograms that they scrape in protobuf.</summary>
[Collection(ScrapingServers.Name)]
public sealed class NativeHistogramTests(ScrapingServers servers)
{
    private const double Tolerance = 1e-12;

    /// <summary>The scale of the view's configuration; that which the SDK has to lower it to; and the finest of Prometheus.</summary>
    public static TheoryData<ReceiverVersion, PrometheusAspNetCoreTranslationStrategy, string, int> Histograms
    {
        get
        {
            var data = new TheoryData<ReceiverVersion, PrometheusAspNetCoreTranslationStrategy, string, int>();
            foreach (var version in Enum.GetValues<ReceiverVersion>())
            {
                foreach (var strategy in ScrapingServers.Strategies)
                {
                    data.Add(version, strategy, "shop.sizes", 3);
                    data.Add(version, strategy, "shop.waits", -1);
                    data.Add(version, strategy, "shop.fine", 8);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Histograms))]
    public async Task Buckets_hold_the_values_recorded(
        ReceiverVersion version, PrometheusAspNetCoreTranslationStrategy strategy, string instrument, int schema)
    {
        var scraped = servers.Get(version, ScrapeFormat.Protobuf, strategy);
        Assert.Equal(("up", string.Empty), await scraped.Server.TargetAsync(scraped.Job));

        var histogram = await HistogramAsync(scraped.Server, scraped.Job, scraped.Spelling.Metric(instrument));

        AssertHolds(Values(instrument), schema, histogram);
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Quantiles_are_within_the_width_of_a_bucket(ReceiverVersion version)
    {
        var scraped = servers.Get(version, ScrapeFormat.Protobuf, PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes);
        var width = Math.Pow(2, Math.Pow(2, -3));
        var sorted = Values("shop.sizes").Order().ToArray();

        foreach (var quantile in (double[])[0.1, 0.25, 0.5, 0.9, 0.99])
        {
            var (numbers, _) = await scraped.Server.SeriesAsync(
                FormattableString.Invariant($"histogram_quantile({quantile}, shop_sizes_bytes{scraped.Selector})"));

            var exact = sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];
            Assert.InRange(Assert.Single(numbers).Value, exact / width, exact * width);
        }
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Classic_buckets_and_extremes_are_there_beside_native_ones(ReceiverVersion version)
    {
        // The oldest server knows no way to store the classic ones as well.
        var hasClassic = version != ReceiverVersion.Installed;
        var scraped = servers.GetBoth(version, hasNative: true);

        var (numbers, histograms) = await scraped.SeriesAsync();

        Assert.Equal(
            Expected.Lines(Expected.Numbers(scraped.Spelling, hasClassic, hasMinMax: true)), Expected.Lines(numbers));
        Assert.Equal(Names(scraped.Spelling).Order(), histograms.Select(histogram => histogram.Labels["__name__"]).Order());
        AssertHolds(Values("shop.sizes"), 3, await HistogramAsync(scraped.Server, scraped.Job, "shop_sizes_bytes"));

        // And of exemplars on buckets it takes the first for the native histogram.
        var exemplars = Expected.Exemplars(
            scraped.Program, scraped.Spelling, onCounters: true, onClassic: hasClassic, onNative: hasClassic ? int.MaxValue : 1);
        Assert.Equal(Expected.Lines(exemplars), Expected.Lines(await scraped.Server.ExemplarsAsync(scraped.Selector)));
    }

    [Theory]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Classic_buckets_are_there_where_protobuf_is_read_without_native_ones(ReceiverVersion version)
    {
        var server = servers.Get(version, hasNative: false);

        var (numbers, histograms) = await Scraped.SeriesAsync(server, ScrapingServers.ClassicJob);

        // An older server makes something up for each native one.
        var spelling = new Spelling(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, IsUtf8: false);
        var madeUp = version == ReceiverVersion.Sid ? [] : Names(spelling).Select(name => Spelling.Series(name)).ToArray();
        Assert.Equal(
            Expected.Lines(Expected.Numbers(spelling, hasClassic: true, hasMinMax: true)), Expected.Lines(numbers.ExceptBy(madeUp, number => number.Key)));
        Assert.Empty(histograms);
    }

    [Theory]
    [InlineData(ReceiverVersion.Installed)]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Extremes_are_there_in_text(ReceiverVersion version)
    {
        var scraped = servers.GetBoth(version, hasNative: false);

        var (numbers, _) = await scraped.SeriesAsync();

        Assert.Equal(
            Expected.Lines(Expected.Numbers(scraped.Spelling, hasClassic: true, hasMinMax: true)),
            Expected.Lines(numbers.Where(number => !number.Key.Contains("_created{", StringComparison.Ordinal))));
    }

    /// <summary>The names of the histograms that are native ones in protobuf.</summary>
    internal static IEnumerable<string> Names(Spelling spelling) => Expected.Instruments
        .Select(each => each.Instrument)
        .Where(Expected.IsExponential)
        .Select(spelling.Metric);

    private static double[] Values(string instrument) => instrument switch
    {
        "shop.sizes" => EveryKind.Sizes,
        "shop.waits" => [.. EveryKind.Waits],
        _ => EveryKind.Fines,
    };

    private static async Task<StoredHistogram> HistogramAsync(PrometheusServer server, string job, string name) =>
        Assert.Single(await server.HistogramsAsync($"{{__name__=\"{name}\",job=\"{job}\"}}"));

    /// <summary>The bucket of index <c>i</c> has the values in (2^((i - 1) / 2^schema), 2^(i / 2^schema)].</summary>
    private static void AssertHolds(double[] values, int schema, StoredHistogram histogram)
    {
        Assert.Equal((values.Length, values.Sum()), (histogram.Count, histogram.Sum));
        var zeros = values.Count(value => value == 0);
        if (zeros > 0)
        {
            Assert.Equal((0, 0, zeros), histogram.Buckets[0]);
        }

        double Bound(int index) => Math.Pow(2, index * Math.Pow(2, -schema));
        var first = 0;
        while (Bound(first) > values.Where(value => value > 0).Min())
        {
            first--;
        }

        var expected = new List<(double Lower, double Upper, double Count)>();
        for (var index = first - 1; Bound(index) < values.Max(); index++)
        {
            var (lower, upper) = (Bound(index), Bound(index + 1));
            if (values.Count(value => value > lower && value <= upper) is > 0 and var count)
            {
                expected.Add((lower, upper, count));
            }
        }

        var actual = histogram.Buckets.Skip(zeros > 0 ? 1 : 0).ToArray();
        Assert.Equal(expected.Select(bucket => bucket.Count), actual.Select(bucket => bucket.Count));
        Assert.All(actual.Zip(expected), pair =>
        {
            Assert.Equal(pair.Second.Lower, pair.First.Lower, pair.Second.Lower * Tolerance);
            Assert.Equal(pair.Second.Upper, pair.First.Upper, pair.Second.Upper * Tolerance);
        });
    }
}
