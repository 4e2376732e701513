namespace OpenTelemetry.Exporter;

/// <summary>Options of the Prometheus scrape endpoint.</summary>
/// <remarks>
/// Read once, when the <see cref="OpenTelemetry.Metrics.MeterProvider"/> is built; a value out of range fails that build with
/// an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/>. Binds from configuration, except
/// <see cref="ResourceConstantLabels"/>, which is code.
/// </remarks>
public class PrometheusAspNetCoreOptions
{
    internal const string DefaultScrapeEndpointPath = "/metrics";

    /// <summary>Gets or sets the path that the endpoint answers on. Default: <c>/metrics</c>.</summary>
    /// <value>
    /// Neither empty nor ending in <c>/</c>, without query or fragment; a leading <c>/</c> is added where it is missing.
    /// <see langword="null"/> means the default. A path given to the mapping method wins.
    /// </value>
    public string? ScrapeEndpointPath { get; set; } = DefaultScrapeEndpointPath;

    /// <summary>Gets or sets whether counters go without the <c>_total</c> suffix. Default: <see langword="false"/>.</summary>
    /// <value>A counter whose own name ends in <c>_total</c> keeps it either way.</value>
    public bool DisableTotalNameSuffixForCounters { get; set; }

    /// <summary>
    /// Gets or sets whether each sample names its meter in <c>otel_scope_name</c>, <c>otel_scope_version</c>,
    /// <c>otel_scope_schema_url</c> and <c>otel_scope_*</c> for the tags of the meter. Default: <see langword="true"/>.
    /// </summary>
    public bool ScopeInfoEnabled { get; set; } = true;

    /// <summary>Gets or sets for how long a response is served again, in milliseconds. Default: 300.</summary>
    /// <value>0 or more; 0 collects anew for each scrape. Scrapes that wait at the same moment share a collection in any case.</value>
    public int ScrapeResponseCacheDurationMilliseconds { get; set; } = 300;

    /// <summary>
    /// Gets or sets whether the resource is exposed as labels of a <c>target_info</c> gauge. Default: <see langword="true"/>.
    /// </summary>
    public bool TargetInfoEnabled { get; set; } = true;

    /// <summary>Gets or sets which resource attributes become labels of every sample. Default: <see langword="null"/>, none.</summary>
    /// <value>
    /// Asked once per attribute key, at the first scrape. Attributes chosen here stay in <c>target_info</c> as well. If the
    /// predicate throws, scrapes fail with status 500 until it no longer does.
    /// </value>
    public Func<string, bool>? ResourceConstantLabels { get; set; }

    /// <summary>Gets or sets the most bytes that a response may have. Default: 174,080,000, about 166 MiB.</summary>
    /// <value>1 or more. A larger response is not sent at all: the scrape fails with status 500, an event and a count.</value>
    public int MaxScrapeResponseSizeBytes { get; set; } = 85_000 * 2048;

    /// <summary>
    /// Gets or sets how names are translated. Default: <see cref="PrometheusTranslationStrategy.UnderscoreEscapingWithSuffixes"/>.
    /// </summary>
    public PrometheusTranslationStrategy TranslationStrategy { get; set; }
}
