using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Exporter.Prometheus.Tests.Streaming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>Nothing keeps an application from giving attributes <see langword="null"/> for a key, and that must cost nobody a scrape.</summary>
/// <remarks>
/// The SDK drops measurements and meters that have one, but for measurements from which a view takes that attribute: these have it in their
/// exemplars. There it is as an empty key, which is spelled <c>_</c>.
/// </remarks>
public sealed class NullKeyTests
{
    private static readonly KeyValuePair<string, object?> Keyless = new(null!, "x");

    public static TheoryData<object, PrometheusAspNetCoreTranslationStrategy> FormatsAndStrategies => new(
        from syntax in Exposed.Syntaxes
        from strategy in new[] { PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, PrometheusAspNetCoreTranslationStrategy.NoTranslation }
        select ((object)syntax, strategy));

    [Theory]
    [MemberData(nameof(FormatsAndStrategies))]
    public Task Attribute_shows_in_exemplars(object syntax, PrometheusAspNetCoreTranslationStrategy strategy) =>
        AssertAsync((ExpositionSyntax)syntax, strategy, exemplar: "_=x", allowed: null, excluded: null);

    [Theory]
    [MemberData(nameof(FormatsAndStrategies))]
    public Task Attribute_begins_with_nothing_that_is_excluded(object syntax, PrometheusAspNetCoreTranslationStrategy strategy) =>
        AssertAsync((ExpositionSyntax)syntax, strategy, exemplar: "_=x", allowed: null, excluded: ["secret*"]);

    [Theory]
    [MemberData(nameof(FormatsAndStrategies))]
    public Task Attribute_begins_with_nothing_that_is_allowed(object syntax, PrometheusAspNetCoreTranslationStrategy strategy) =>
        AssertAsync((ExpositionSyntax)syntax, strategy, exemplar: string.Empty, allowed: ["a*"], excluded: null);

    private static async Task AssertAsync(
        ExpositionSyntax syntax, PrometheusAspNetCoreTranslationStrategy strategy, string exemplar, string[]? allowed, string[]? excluded)
    {
        using var scrape = new Scrape(
            options =>
            {
                options.ScopeInfoEnabled = false;
                options.TranslationStrategy = strategy;
                options.AllowedAttributes = allowed;
                options.ExcludedAttributes = excluded;
            },
            metrics => metrics
                .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
                .AddView("viewed", new Base2ExponentialBucketHistogramConfiguration { TagKeys = ["a"] }));
        var meter = scrape.Meter();
        meter.CreateGauge<long>("refused").Record(1, new("a", "b"), Keyless);
        var gauge = meter.CreateGauge<long>("gauge");
        gauge.Record(2, new("a", "b"), Keyless);
        gauge.Record(1, new KeyValuePair<string, object?>("a", "b"));
        scrape.Meter("tagged", tags: [Keyless]).CreateGauge<long>("untold").Record(1);

        // In descending order, so that the exemplars have to be sorted.
        var histogram = meter.CreateHistogram<double>("viewed");
        histogram.Record(8, new("a", "b"), Keyless);
        histogram.Record(2, new("a", "b"), Keyless);

        var allowsUtf8 = strategy == PrometheusAspNetCoreTranslationStrategy.NoTranslation;
        for (var time = 0; time < 2; time++)
        {
            var body = await scrape.BytesAsync(syntax, allowsUtf8 ? EscapingScheme.AllowUtf8 : EscapingScheme.Underscores);
            var families = Exposed.Parse(syntax, body, allowsUtf8);
            Assert.Equal([("gauge", "a=b"), ("viewed", "a=b")], families.Select(family => (family.Name, Labels(LabelsOf(family)))));
            Assert.Equal(1, Assert.Single(families[0].Samples).Value);
            var hasExemplars = syntax is not (ExpositionSyntax.Text004 or ExpositionSyntax.Text100);
            Assert.Equal(hasExemplars ? [(2, exemplar), (8, exemplar)] : [], ExemplarsOf(families[1]).Select(each => (each.Value, Labels(each.Labels))));
        }
    }

    private static IReadOnlyDictionary<string, string> LabelsOf(Family family) =>
        family.NativeHistograms.Count > 0 ? Assert.Single(family.NativeHistograms).Labels : family.Samples[0].Labels;

    private static IEnumerable<Parsing.Exemplar> ExemplarsOf(Family family) => family.Samples
        .Select(sample => sample.Exemplar)
        .OfType<Parsing.Exemplar>()
        .Concat(family.NativeHistograms.SelectMany(histogram => histogram.Exemplars));

    private static string Labels(IReadOnlyDictionary<string, string> labels) => string.Join(' ', labels
        .Where(label => label.Key != "le")
        .OrderBy(label => label.Key, StringComparer.Ordinal)
        .Select(label => $"{label.Key}={label.Value}"));
}
