using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>What is said of single measurements, to the letter.</summary>
public sealed partial class ExemplarTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Counter_has_the_trace_and_what_the_view_took_away()
    {
        using var scrape = Create("c", []);
        var counter = scrape.Meter().CreateCounter<double>("c", null, "C.");
        var spanId = Trace(() => counter.Add(0.5, new("user.id", "u\"1"), new("empty", ""), new("none", null), new("n", 7)));

        Assert.Equal(
            $$"""
            # TYPE c counter
            # HELP c C.
            c_total 0.5 # {trace_id="{{TraceId}}",span_id="{{spanId}}",user_id="u\"1",n="7"} 0.5 <time>
            c_created <time>
            # EOF

            """,
            await TextAsync(scrape));
    }

    [Fact]
    public async Task Each_bucket_has_its_own()
    {
        using var scrape = Create("h", null, new ExplicitBucketHistogramConfiguration { Boundaries = [0, 1, 10], TagKeys = [] });
        var histogram = scrape.Meter().CreateHistogram<double>("h", null, "H.");
        histogram.Record(double.NegativeInfinity, new KeyValuePair<string, object?>("k", "least"));
        histogram.Record(1, new KeyValuePair<string, object?>("k", "low"));
        histogram.Record(1e300, new KeyValuePair<string, object?>("k", "high"));
        histogram.Record(double.PositiveInfinity, new KeyValuePair<string, object?>("k", "most"));

        Assert.Equal(
            """
            # TYPE h histogram
            # HELP h H.
            h_bucket{le="0.0"} 1 # {k="least"} -Inf <time>
            h_bucket{le="1.0"} 2 # {k="low"} 1 <time>
            h_bucket{le="10.0"} 2
            h_bucket{le="+Inf"} 4 # {k="most"} +Inf <time>
            h_created <time>
            # EOF

            """,
            await TextAsync(scrape));
    }

    /// <summary>OpenMetrics demands that an exemplar be within its bucket, which NaN is in none. The SDK keeps these in the order of recording.</summary>
    [Fact]
    public async Task Each_bucket_of_an_exponential_histogram_has_the_latest_within_it_and_none_is_NaN()
    {
        using var scrape = Create("h", null, new Base2ExponentialBucketHistogramConfiguration { TagKeys = [] });
        var histogram = scrape.Meter().CreateHistogram<double>("h", null, "H.");
        RecordApart(histogram, 20, 17, 8, double.NaN, 3, 3.5, 0.5);

        Assert.Equal(
            """
            # TYPE h histogram
            # HELP h H.
            h_bucket{le="0.5"} 1 # {k="0.5"} 0.5 <time>
            h_bucket{le="1.0"} 1
            h_bucket{le="2.0"} 1
            h_bucket{le="4.0"} 3 # {k="3.5"} 3.5 <time>
            h_bucket{le="8.0"} 4 # {k="8"} 8 <time>
            h_bucket{le="16.0"} 4
            h_bucket{le="32.0"} 6 # {k="17"} 17 <time>
            h_bucket{le="+Inf"} 7
            h_created <time>
            # EOF

            """,
            await TextAsync(scrape));
        var family = Assert.Single(ProtobufParser.Parse(await scrape.BytesAsync(ExpositionSyntax.Protobuf)));
        Assert.Equal(
            [(0.5, 0.5), (4, 3.5), (8, 8), (32, 17)],
            from sample in family.Samples where sample.Exemplar is not null select (sample.UpperBound, sample.Exemplar!.Value));
        Assert.Equal(
            [0.5, 3, 3.5, 8, 17, 20, double.NaN],
            Assert.Single(family.NativeHistograms).Exemplars.Select(exemplar => exemplar.Value));
    }

    [Fact]
    public async Task NaN_is_in_no_explicit_bucket_either()
    {
        using var scrape = Create("h", null, new ExplicitBucketHistogramConfiguration { Boundaries = [1], TagKeys = [] });
        var histogram = scrape.Meter().CreateHistogram<double>("h", null, "H.");
        RecordApart(histogram, 0.5, double.NaN);

        var text = await TextAsync(scrape);
        Assert.Contains("h_bucket{le=\"1.0\"} 1 # {k=\"0.5\"} 0.5 <time>\n", text, StringComparison.Ordinal);
        Assert.Contains("h_bucket{le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measurement_without_trace_and_attributes_has_no_label()
    {
        using var scrape = Create("c", null);
        scrape.Meter().CreateCounter<long>("c", null, "C.").Add(3);

        Assert.Contains("c_total 3 # {} 3 <time>\n", await TextAsync(scrape), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public async Task Labels_have_128_characters_at_most(int length, bool fits)
    {
        // Names and ids of trace and span have 8 + 32 + 7 + 16, and the key one more. Characters are not bytes.
        using var scrape = Create("c", []);
        var counter = scrape.Meter().CreateCounter<long>("c", null, "C.");
        var value = string.Concat(Enumerable.Repeat("ü", length - 1)) + "😀";
        var spanId = Trace(() => counter.Add(1, new("k", value), new("z", "")));

        Assert.Contains(
            $"c_total 1 # {{trace_id=\"{TraceId}\",span_id=\"{spanId}\"{(fits ? $",k=\"{value}\"" : string.Empty)}}} 1 <time>\n",
            await TextAsync(scrape),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attribute_that_does_not_fit_leaves_room_for_later_ones()
    {
        using var scrape = Create("c", []);
        scrape.Meter().CreateCounter<long>("c", null, "C.").Add(1, new("a", new string('a', 100)), new("b", new string('b', 27)), new("c", "c"));

        Assert.Contains($"# {{a=\"{new string('a', 100)}\",c=\"c\"}} 1", await TextAsync(scrape), StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_attribute_of_a_name_wins_and_the_trace_over_all()
    {
        using var scrape = Create("c", []);
        var counter = scrape.Meter().CreateCounter<long>("c", null, "C.");
        var spanId = Trace(() => counter.Add(1, new("trace_id", "mine"), new("span.id", "mine"), new("a.b", "1"), new("a_b", "2")));

        Assert.Contains($"# {{trace_id=\"{TraceId}\",span_id=\"{spanId}\",a_b=\"1\"}} 1", await TextAsync(scrape), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(EscapingScheme.AllowUtf8), "\"a.b\"=\"1\",_name__=\"2\",_=\"3\",\"é\"=\"4\"")]
    [InlineData(nameof(EscapingScheme.Underscores), "a_b=\"1\",_name__=\"2\",_=\"3\"")]
    [InlineData(nameof(EscapingScheme.Dots), "a_dot_b=\"1\",_name____=\"2\",_=\"3\"")]
    [InlineData(nameof(EscapingScheme.Values), "U__a_2e_b=\"1\",_name__=\"2\",_=\"3\",U___e9_=\"4\"")]
    public async Task Keys_are_spelled_as_those_of_series(string escaping, string labels)
    {
        using var scrape = Create("c", [], strategy: PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes);
        var counter = scrape.Meter().CreateCounter<long>("c", null, "C.");
        var spanId = Trace(() => counter.Add(1, new("a.b", "1"), new("__name__", "2"), new("", "3"), new("é", "4")));

        Assert.Contains(
            $" 1 # {{trace_id=\"{TraceId}\",span_id=\"{spanId}\",{labels}}} 1 <time>\n",
            await TextAsync(scrape, Enum.Parse<EscapingScheme>(escaping)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_key_is_left_out()
    {
        using var scrape = Create("c", []);
        scrape.Meter().CreateCounter<long>("c", null, "C.").Add(1, new(new string('k', 10_000), "v"), new("k", "v"));

        Assert.Contains("# {k=\"v\"} 1", await TextAsync(scrape), StringComparison.Ordinal);
        var sample = Assert.Single(Assert.Single(ProtobufParser.Parse(await scrape.BytesAsync(ExpositionSyntax.Protobuf))).Samples);
        Assert.Equal([new("k", "v")], sample.Exemplar!.Labels);
    }

    [Fact]
    public async Task Nul_is_a_replacement_character()
    {
        using var scrape = Create("c", [], strategy: PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes);
        scrape.Meter().CreateCounter<long>("c", null, "C.").Add(1, new("url.path", "/a\0b"), new("k\0", "v"));

        Assert.Contains("# {\"url.path\"=\"/a\ufffdb\",\"k\ufffd\"=\"v\"} 1", await TextAsync(scrape, EscapingScheme.AllowUtf8), StringComparison.Ordinal);
        Assert.Contains("# {url_path=\"/a\ufffdb\",k_=\"v\"} 1", await TextAsync(scrape), StringComparison.Ordinal);
        var sample = Assert.Single(Assert.Single(ProtobufParser.Parse(await scrape.BytesAsync(ExpositionSyntax.Protobuf))).Samples);
        Assert.Equal("/a\ufffdb", sample.Exemplar!.Labels["url_path"]);
    }

    [Fact]
    public async Task Whole_numbers_stay_whole()
    {
        using var scrape = Create("c", null);
        scrape.Meter().CreateCounter<long>("c", null, "C.").Add(long.MaxValue);

        Assert.Contains("c_total 9223372036854775807 # {} 9223372036854775807 <time>\n", await TextAsync(scrape), StringComparison.Ordinal);
    }

    private static Scrape Create(
        string name,
        string[]? tagKeys,
        MetricStreamConfiguration? view = null,
        PrometheusAspNetCoreTranslationStrategy strategy = PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes) => new(
        options =>
        {
            options.ScopeInfoEnabled = false;
            options.NativeHistogramsWithClassicBuckets = true;
            options.TranslationStrategy = strategy;
        },
        metrics => metrics
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
            .AddView(name, view ?? new MetricStreamConfiguration { TagKeys = tagKeys }));

    /// <summary>Records each value, as its tag has it too, at a time of its own.</summary>
    private static void RecordApart(Histogram<double> histogram, params double[] values) => Array.ForEach(values, value =>
    {
        histogram.Record(value, new KeyValuePair<string, object?>("k", value));
        var now = DateTimeOffset.UtcNow;
        SpinWait.SpinUntil(() => DateTimeOffset.UtcNow > now);
    });

    /// <summary>Runs within a span of a known trace; returns the span's id.</summary>
    private static string Trace(Action record)
    {
        using var activity = new Activity("op").SetParentId(ActivityTraceId.CreateFromString(TraceId), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        activity.Start();
        record();
        return activity.SpanId.ToHexString();
    }

    private static async Task<string> TextAsync(Scrape scrape, EscapingScheme escaping = EscapingScheme.Underscores)
    {
        OpenMetricsParser.Parse(await scrape.BytesAsync(ExpositionSyntax.OpenMetrics100, escaping), escaping == EscapingScheme.AllowUtf8);
        return Time().Replace(await scrape.TextAsync(ExpositionSyntax.OpenMetrics100, escaping), "<time>");
    }

    [GeneratedRegex(@"(?<= )[0-9]{10}\.[0-9]{3}$", RegexOptions.Multiline)]
    private static partial Regex Time();
}
