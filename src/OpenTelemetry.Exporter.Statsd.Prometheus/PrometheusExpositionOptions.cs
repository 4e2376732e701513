using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter;

/// <summary>Options of what is exposed to Prometheus and under which names, however it gets there.</summary>
/// <remarks>
/// Read once, when the <see cref="OpenTelemetry.Metrics.MeterProvider"/> is built; a value out of range fails that build with
/// an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/>. Binds from configuration, except
/// <see cref="ResourceConstantLabels"/>, which is code.
/// </remarks>
public abstract class PrometheusExpositionOptions
{
    private protected PrometheusExpositionOptions()
    {
    }

    /// <summary>
    /// Gets or sets how names are translated. Default:
    /// <see cref="PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes"/>.
    /// </summary>
    public PrometheusAspNetCoreTranslationStrategy TranslationStrategy { get; set; }

    /// <summary>Gets or sets whether counters go without the <c>_total</c> suffix. Default: <see langword="false"/>.</summary>
    /// <value>A counter whose own name ends in <c>_total</c> keeps it either way.</value>
    public bool DisableTotalNameSuffixForCounters { get; set; }

    /// <summary>
    /// Gets or sets whether each sample names its meter in <c>otel_scope_name</c>, <c>otel_scope_version</c>,
    /// <c>otel_scope_schema_url</c> and <c>otel_scope_*</c> for the tags of the meter. Default: <see langword="true"/>.
    /// </summary>
    public bool ScopeInfoEnabled { get; set; } = true;

    /// <summary>
    /// Gets or sets whether the resource is exposed as labels of a <c>target_info</c> gauge. Default: <see langword="true"/>.
    /// </summary>
    public bool TargetInfoEnabled { get; set; } = true;

    /// <summary>Gets or sets which resource attributes become labels of every sample. Default: <see langword="null"/>, none.</summary>
    /// <value>
    /// Asked once per attribute key, at the first scrape or push. Attributes chosen here stay in <c>target_info</c> as well. If the
    /// predicate throws, scrapes fail with status 500 until it no longer does.
    /// </value>
    public Func<string, bool>? ResourceConstantLabels { get; set; }

    /// <summary>
    /// Gets or sets the only attributes to expose, of measurements, exemplars and meters. Default: <see langword="null"/>, all.
    /// </summary>
    /// <value>
    /// Keys as they were recorded, not label names; case counts. A <c>*</c> at the end of a key stands for any characters or none. An
    /// empty list exposes no attribute. An empty key, or a <c>*</c> elsewhere, is not valid. In configuration a list, or one text with
    /// commas between the keys.
    /// </value>
    /// <remarks>
    /// Attributes of the resource are not subject to it. Hiding an attribute adds nothing up: series that differed in it alone are
    /// still several, told apart like any others of one name. A view with <c>TagKeys</c> makes one of them. The SDK's own
    /// <c>otel.metric.overflow</c>, which marks the series of all that is beyond a cardinality limit, need not be allowed.
    /// </remarks>
    public IList<string>? AllowedAttributes { get; set; }

    /// <summary>
    /// Gets or sets the attributes to expose nowhere: neither of measurements, exemplars and meters nor of the resource. Default:
    /// <see langword="null"/>, none.
    /// </summary>
    /// <value>
    /// Keys of the same kind as in <see cref="AllowedAttributes"/>. This list wins over that one and over
    /// <see cref="ResourceConstantLabels"/>.
    /// </value>
    /// <remarks>
    /// They are left out of values that are dictionaries or lists of pairs, too, but not of what another object's own <c>ToString</c> says.
    /// </remarks>
    public IList<string>? ExcludedAttributes { get; set; }

    /// <summary>For configuration alone: what it has as <see cref="AllowedAttributes"/> that is no list with keys.</summary>
    /// <value>A section whose text has keys, with commas between, or none; they are added to the list. Always <see langword="null"/> when read.</value>
    /// <remarks>The binder passes over text and over an empty list where it is to bind a list, so nothing would be hidden.</remarks>
    [ConfigurationKeyName(nameof(AllowedAttributes))]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IConfigurationSection? AllowedAttributesSection
    {
        get => null;
        set => AllowedAttributes = AddText(AllowedAttributes, value);
    }

    /// <summary>For configuration alone: what it has as <see cref="ExcludedAttributes"/> that is no list with keys.</summary>
    /// <inheritdoc cref="AllowedAttributesSection"/>
    [ConfigurationKeyName(nameof(ExcludedAttributes))]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IConfigurationSection? ExcludedAttributesSection
    {
        get => null;
        set => ExcludedAttributes = AddText(ExcludedAttributes, value);
    }

    /// <summary>
    /// Gets or sets how many classic buckets an exponential histogram has at most, where the format has no native histograms.
    /// Default: 160.
    /// </summary>
    /// <value>2 or more, not counting the bounds <c>0</c> and <c>+Inf</c>. Values that span more powers of two get wider buckets.</value>
    public int MaxExponentialHistogramBuckets { get; set; } = 160;

    /// <summary>
    /// Gets or sets whether the smallest and the largest value of a histogram are exposed, as gauges <c>&lt;name&gt;_min</c> and
    /// <c>&lt;name&gt;_max</c>. Default: <see langword="false"/>.
    /// </summary>
    /// <value>They are those since the start, and absent from histograms that do not record them.</value>
    public bool HistogramMinMaxEnabled { get; set; }

    /// <summary>Labels that are set on every sample on its way, in place of any of that name.</summary>
    private protected virtual IEnumerable<string> ReservedLabels => [];

    /// <summary>Families that whoever receives the samples has of its own, in place of any of that name.</summary>
    private protected virtual IEnumerable<string> ReservedNames => [];

    /// <summary>What these options, which are valid, say now of what is exposed. Later changes do not count.</summary>
    internal FamilySettings ReadFamilies() => new(
        new NamingSettings(
            EscapesFirst: TranslationStrategy is PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes
                or PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes,
            AddsSuffixes: TranslationStrategy is PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes
                or PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes,
            AddsTotal: !DisableTotalNameSuffixForCounters),
        new AttributeFilter(AllowedAttributes, ExcludedAttributes),
        ResourceConstantLabels,
        [.. ReservedLabels],
        [.. ReservedNames],
        ScopeInfoEnabled,
        TargetInfoEnabled,
        HistogramMinMaxEnabled);

    private static IList<string>? AddText(IList<string>? keys, IConfigurationSection? section) => section?.Value is { } text
        ? [.. keys ?? [], .. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
        : keys;
}
