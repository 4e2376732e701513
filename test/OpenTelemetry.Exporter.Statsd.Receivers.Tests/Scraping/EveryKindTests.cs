namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>What real servers store of a program with every kind of instrument, in each format that they ask for and each spelling.</summary>
[Collection(ScrapingServers.Name)]
public sealed class EveryKindTests(ScrapingServers servers)
{
    /// <summary>Versions, formats and translation strategies.</summary>
    public static TheoryData<ReceiverVersion, ScrapeFormat, PrometheusAspNetCoreTranslationStrategy> Scrapes => Choose(Enum.GetValues<ScrapeFormat>());

    /// <summary>Those in formats that have exemplars.</summary>
    public static TheoryData<ReceiverVersion, ScrapeFormat, PrometheusAspNetCoreTranslationStrategy> ScrapesWithExemplars =>
        Choose([ScrapeFormat.OpenMetrics0, ScrapeFormat.OpenMetrics1, ScrapeFormat.Protobuf]);

    [Theory]
    [MemberData(nameof(Scrapes))]
    public async Task Values_are_those_recorded(ReceiverVersion version, ScrapeFormat format, PrometheusAspNetCoreTranslationStrategy strategy)
    {
        var scraped = servers.Get(version, format, strategy);

        Assert.Equal(("up", string.Empty), await scraped.Server.TargetAsync(scraped.Job));
        var (numbers, histograms) = await scraped.SeriesAsync();
        Assert.Equal(
            Expected.Lines(Expected.Numbers(scraped.Spelling, hasClassic: format != ScrapeFormat.Protobuf)),
            Expected.Lines(numbers.Where(number => !IsCreated(number.Key))));
        Assert.Equal(
            format == ScrapeFormat.Protobuf ? NativeHistogramTests.Names(scraped.Spelling).Order() : [],
            histograms.Select(histogram => histogram.Labels["__name__"]).Order());
    }

    [Theory]
    [MemberData(nameof(Scrapes))]
    public async Task Types_help_texts_and_units_are_those_of_the_instruments(
        ReceiverVersion version, ScrapeFormat format, PrometheusAspNetCoreTranslationStrategy strategy)
    {
        var scraped = servers.Get(version, format, strategy);
        var hasUnits = format is ScrapeFormat.OpenMetrics0 or ScrapeFormat.OpenMetrics1
            || (format == ScrapeFormat.Protobuf && version == ReceiverVersion.Sid);

        var metadata = await scraped.Server.MetadataAsync(scraped.Job);

        Assert.Equal(
            Expected.Metadata(scraped.Spelling, format, hasUnits).OrderBy(family => family.Key, StringComparer.Ordinal),
            metadata.OrderBy(family => family.Key, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Scrapes))]
    public async Task Series_say_when_they_began(ReceiverVersion version, ScrapeFormat format, PrometheusAspNetCoreTranslationStrategy strategy)
    {
        var scraped = servers.Get(version, format, strategy);
        var isOpenMetrics = format is ScrapeFormat.OpenMetrics0 or ScrapeFormat.OpenMetrics1;

        var (numbers, _) = await scraped.SeriesAsync();

        var created = numbers.Where(number => IsCreated(number.Key)).ToArray();
        Assert.Equal(isOpenMetrics ? Expected.Created(scraped.Spelling).Order() : [], created.Select(each => each.Key).Order());
        Assert.All(created, each => scraped.AssertIsTimeOfRecording(each.Value));
    }

    [Theory]
    [MemberData(nameof(ScrapesWithExemplars))]
    public async Task Exemplars_are_the_traces_recorded_in(
        ReceiverVersion version, ScrapeFormat format, PrometheusAspNetCoreTranslationStrategy strategy)
    {
        var scraped = servers.Get(version, format, strategy);

        await scraped.SeriesAsync();
        var exemplars = await scraped.Server.ExemplarsAsync(scraped.Selector);

        // The oldest server takes those of native histograms from classic buckets, which are not there by default.
        var isProtobuf = format == ScrapeFormat.Protobuf;
        var expected = Expected.Exemplars(
            scraped.Program,
            scraped.Spelling,
            onCounters: isProtobuf || scraped.Spelling.HasSuffixes,
            onClassic: !isProtobuf,
            onNative: isProtobuf && version != ReceiverVersion.Installed ? int.MaxValue : 0);
        Assert.Equal(Expected.Lines(isProtobuf ? expected : expected.Select(AsWritten)), Expected.Lines(exemplars));
        Assert.All(exemplars, exemplar => scraped.AssertIsTimeOfRecording(exemplar.Timestamp));
    }

    /// <summary>A server that drops a series, because there was one of that name, shows fewer than it scraped.</summary>
    [Theory]
    [MemberData(nameof(Scrapes))]
    public async Task Each_sample_is_a_series(ReceiverVersion version, ScrapeFormat format, PrometheusAspNetCoreTranslationStrategy strategy)
    {
        var scraped = servers.Get(version, format, strategy);

        var (numbers, histograms) = await scraped.SeriesAsync();

        // 0 for a scrape that took too long.
        var (_, samples) = Assert.Single((await scraped.Server.SeriesAsync($"scrape_samples_scraped{scraped.Selector} > 0")).Numbers);
        Assert.Equal(samples, numbers.Count + histograms.Count);
    }

    [Fact]
    public async Task Names_with_dots_can_be_asked_for()
    {
        var scraped = servers.Get(ReceiverVersion.Sid, ScrapeFormat.OpenMetrics1, PrometheusAspNetCoreTranslationStrategy.NoTranslation);

        var stored = await scraped.Server.QueryAsync(
            $"{{\"shop.requests\",\"http.route\"=\"/x\",job=\"{scraped.Job}\"}}");

        Assert.Equal("5", Assert.Single(stored).Value);
    }

    /// <summary>To these servers, in protobuf, a counter begins with a zero at its start, so that its first increase counts.</summary>
    [Theory]
    [InlineData(ReceiverVersion.Trixie)]
    [InlineData(ReceiverVersion.Sid)]
    public async Task Counters_begin_with_zero_where_the_server_wants_it(ReceiverVersion version)
    {
        var scraped = servers.Get(version, ScrapeFormat.Protobuf, PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes);

        var first = await scraped.Server.FirstSamplesAsync($"shop_work_seconds_total{scraped.Selector}[1h]");

        var (_, time, value) = Assert.Single(first);
        Assert.Equal(0, value);
        scraped.AssertIsTimeOfRecording(time);
    }

    /// <summary>
    /// The oldest version cannot be told which format to ask for, beyond what features make it do, and the newest alone knows text 1.0.0.
    /// </summary>
    private static TheoryData<ReceiverVersion, ScrapeFormat, PrometheusAspNetCoreTranslationStrategy> Choose(ScrapeFormat[] formats)
    {
        var data = new TheoryData<ReceiverVersion, ScrapeFormat, PrometheusAspNetCoreTranslationStrategy>();
        foreach (var strategy in ScrapingServers.Strategies)
        {
            data.Add(ReceiverVersion.Installed, ScrapeFormat.OpenMetrics1, strategy);
            data.Add(ReceiverVersion.Installed, ScrapeFormat.Protobuf, strategy);
            foreach (var format in formats)
            {
                if (format != ScrapeFormat.Text1)
                {
                    data.Add(ReceiverVersion.Trixie, format, strategy);
                }

                data.Add(ReceiverVersion.Sid, format, strategy);
            }
        }

        return data;
    }

    /// <summary>What servers store of an exemplar in OpenMetrics: they do not undo the escaping of its values.</summary>
    private static (string Series, double Value, List<KeyValuePair<string, string>> Labels) AsWritten(
        (string Series, double Value, List<KeyValuePair<string, string>> Labels) exemplar) => exemplar with
        {
            Labels = [.. exemplar.Labels.Select(label => KeyValuePair.Create(
                label.Key,
                label.Value
                    .Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("\n", "\\n", StringComparison.Ordinal)))],
        };

    private static bool IsCreated(string series) => series.Contains("_created{", StringComparison.Ordinal);
}
