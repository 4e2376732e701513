using System.Text.RegularExpressions;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>The exact text for names of any characters, in the versions that have room for them, and what becomes of them elsewhere.</summary>
public sealed partial class Utf8SnapshotTests
{
    [Fact]
    public async Task Names_stand_in_quotes_where_they_need_them()
    {
        using var scrape = Create();

        Assert.Equal(
            """
            # HELP "http.requests" R.
            # TYPE "http.requests" counter
            {"http.requests","k.x"="v",plain="w"} 1
            # HELP "a\"b\\c\nd" G.
            # TYPE "a\"b\\c\nd" gauge
            {"a\"b\\c\nd"} 2
            # HELP plain P.
            # TYPE plain gauge
            plain{"é"="€"} 3
            # HELP "h.ist" H.
            # TYPE "h.ist" histogram
            {"h.ist_bucket",le="1"} 0
            {"h.ist_bucket",le="+Inf"} 1
            {"h.ist_sum"} 4
            {"h.ist_count"} 1
            {"h.ist_bucket","k.x"="v",le="1"} 1
            {"h.ist_bucket","k.x"="v",le="+Inf"} 1
            {"h.ist_sum","k.x"="v"} 1
            {"h.ist_count","k.x"="v"} 1

            """,
            await scrape.TextAsync(ExpositionSyntax.Text100, EscapingScheme.AllowUtf8));
    }

    [Fact]
    public async Task Open_metrics_quotes_them_too()
    {
        using var scrape = Create(PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes);

        var text = await scrape.TextAsync(ExpositionSyntax.OpenMetrics100, EscapingScheme.AllowUtf8);
        Assert.Equal(
            """
            # TYPE "http.requests" counter
            # HELP "http.requests" R.
            {"http.requests_total","k.x"="v",plain="w"} 1
            {"http.requests_created","k.x"="v",plain="w"} <time>
            # TYPE "a\"b\\c\nd_seconds" gauge
            # UNIT "a\"b\\c\nd_seconds" seconds
            # HELP "a\"b\\c\nd_seconds" G.
            {"a\"b\\c\nd_seconds"} 2
            # TYPE plain gauge
            # HELP plain P.
            plain{"é"="€"} 3
            # TYPE "h.ist" histogram
            # HELP "h.ist" H.
            {"h.ist_bucket",le="1.0"} 0
            {"h.ist_bucket",le="+Inf"} 1
            {"h.ist_sum"} 4
            {"h.ist_count"} 1
            {"h.ist_created"} <time>
            {"h.ist_bucket","k.x"="v",le="1.0"} 1
            {"h.ist_bucket","k.x"="v",le="+Inf"} 1
            {"h.ist_sum","k.x"="v"} 1
            {"h.ist_count","k.x"="v"} 1
            {"h.ist_created","k.x"="v"} <time>
            # EOF

            """,
            Time().Replace(text, "<time>"));
    }

    [Theory]
    [InlineData(nameof(EscapingScheme.Underscores), "http_requests_total{k_x=\"v\",plain=\"w\"} 1\n")]
    [InlineData(nameof(EscapingScheme.Dots), "http_dot_requests__total{k_dot_x=\"v\",plain=\"w\"} 1\n")]
    [InlineData(nameof(EscapingScheme.Values), "U__http_2e_requests__total{U__k_2e_x=\"v\",plain=\"w\"} 1\n")]
    public async Task Other_schemes_spell_them_with_classic_characters(string scheme, string expected)
    {
        var escaping = Enum.Parse<EscapingScheme>(scheme);
        using var scrape = Create(PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes);

        Assert.Contains("\n" + expected, await scrape.TextAsync(ExpositionSyntax.Text100, escaping), StringComparison.Ordinal);
        Assert.Contains("\n" + expected, await scrape.TextAsync(ExpositionSyntax.OpenMetrics100, escaping), StringComparison.Ordinal);
    }

    /// <summary>A counter cannot have one in OpenMetrics where underscores are doubled: its family's name is that of its samples less <c>_total</c>.</summary>
    [Theory]
    [InlineData(nameof(EscapingScheme.Underscores), "w_s_seconds seconds", "w_d_bytes_per_second bytes_per_second", "w_h_seconds seconds")]
    [InlineData(nameof(EscapingScheme.Dots), "w_dot_h__seconds seconds")]
    [InlineData(nameof(EscapingScheme.Values), "U__w_2e_h__seconds seconds")]
    [InlineData(nameof(EscapingScheme.AllowUtf8), "\"w.s_seconds\" seconds", "\"w.d_bytes_per_second\" bytes_per_second", "\"w.h_seconds\" seconds")]
    public async Task Units_survive_escaping_where_the_format_has_room_for_them(string scheme, params string[] openMetrics)
    {
        var escaping = Enum.Parse<EscapingScheme>(scheme);
        using var scrape = new Scrape(options => options.TranslationStrategy = PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes);
        var meter = scrape.Meter();
        meter.CreateCounter<long>("w.s", "s").Add(1);
        meter.CreateCounter<long>("w.other", "{thing}").Add(1);
        meter.CreateGauge<long>("w.d", "By/s").Record(1);
        meter.CreateHistogram<long>("w.h", "s").Record(1);

        var protobuf = ProtobufParser.Parse(await scrape.BytesAsync(ExpositionSyntax.Protobuf, escaping), allowUtf8: true);
        var text = await scrape.TextAsync(ExpositionSyntax.OpenMetrics100, escaping);

        Assert.Equal(["seconds", "", "bytes_per_second", "seconds"], protobuf.Select(family => family.Unit));
        Assert.Equal(openMetrics, text.Split('\n').Where(line => line.StartsWith("# UNIT ", StringComparison.Ordinal)).Select(line => line[7..]));
        OpenMetricsParser.Parse(await scrape.BytesAsync(ExpositionSyntax.OpenMetrics100, escaping), allowUtf8: true);
    }

    [Theory]
    [InlineData(nameof(ExpositionSyntax.Text004))]
    [InlineData(nameof(ExpositionSyntax.OpenMetrics001))]
    public async Task Versions_without_room_for_them_have_underscores_whatever_is_asked_for(string syntax)
    {
        using var scrape = Create();

        Assert.Contains("\nhttp_requests{k_x=\"v\",plain=\"w\"} 1\n", await scrape.TextAsync(Enum.Parse<ExpositionSyntax>(syntax), EscapingScheme.AllowUtf8), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strategy_that_escapes_leaves_nothing_to_quote()
    {
        using var scrape = Create(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes);

        Assert.Equal(
            await scrape.TextAsync(ExpositionSyntax.Text004),
            await scrape.TextAsync(ExpositionSyntax.Text100, EscapingScheme.AllowUtf8));
    }

    private static Scrape Create(PrometheusAspNetCoreTranslationStrategy strategy = PrometheusAspNetCoreTranslationStrategy.NoTranslation)
    {
        var scrape = new Scrape(
            options =>
            {
                options.ScopeInfoEnabled = false;
                options.TranslationStrategy = strategy;
            },
            metrics => metrics
                .AddView("hostile", "a\"b\\c\nd")
                .AddView("h.ist", new ExplicitBucketHistogramConfiguration { Boundaries = [1] }));
        var meter = scrape.Meter();
        meter.CreateCounter<long>("http.requests", null, "R.").Add(1, new("k.x", "v"), new("plain", "w"));
        meter.CreateGauge<long>("hostile", "s", "G.").Record(2);
        meter.CreateGauge<long>("plain", null, "P.").Record(3, new KeyValuePair<string, object?>("é", "€"));
        var histogram = meter.CreateHistogram<long>("h.ist", null, "H.");
        histogram.Record(1, new KeyValuePair<string, object?>("k.x", "v"));
        histogram.Record(4);
        return scrape;
    }

    [GeneratedRegex(@"(?<= )[0-9]{10}\.[0-9]{3}$", RegexOptions.Multiline)]
    private static partial Regex Time();
}
