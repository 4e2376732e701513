namespace OpenTelemetry.Exporter;

/// <summary>Options of the Prometheus scrape endpoint.</summary>
/// <remarks>
/// Read once, when the <see cref="OpenTelemetry.Metrics.MeterProvider"/> is built; a value out of range fails that build with
/// an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/>. Binds from configuration, except
/// <see cref="PrometheusExpositionOptions.ResourceConstantLabels"/>, which is code.
/// </remarks>
public class PrometheusAspNetCoreOptions : PrometheusExpositionOptions
{
    internal const string DefaultScrapeEndpointPath = "/metrics";

    /// <summary>Gets or sets the path that the endpoint answers on. Default: <c>/metrics</c>.</summary>
    /// <value>
    /// Without query, fragment, <c>//</c> and the <c>{</c>, <c>}</c> and <c>*</c> of route patterns. Slashes at the end do not count, and a
    /// leading one is added where it is missing. An empty path is that of the root, which a route and <see cref="Port"/> can serve, but not
    /// <c>UseOpenTelemetryPrometheusScrapingEndpoint</c>. <see langword="null"/> means the default. A path given to the mapping method wins.
    /// </value>
    public string? ScrapeEndpointPath { get; set; } = DefaultScrapeEndpointPath;

    /// <summary>Gets or sets for how long a response is served again, in milliseconds. Default: 300.</summary>
    /// <value>0 or more; 0 collects anew for each scrape. Scrapes that wait at the same moment share a collection in any case.</value>
    public int ScrapeResponseCacheDurationMilliseconds { get; set; } = 300;

    /// <summary>Gets or sets the most bytes that a response may have. Default: 174,080,000, about 166 MiB.</summary>
    /// <value>1 or more. A larger response is not sent at all: the scrape fails with status 500, an event and a count.</value>
    public int MaxScrapeResponseSizeBytes { get; set; } = 85_000 * 2048;

    /// <summary>Gets or sets the most series that a scrape may have. Default: <see langword="null"/>, no limit.</summary>
    /// <value>
    /// 1 or more. A series is a metric with one set of attributes, however many samples it takes. Beyond it the scrape fails with
    /// status 500, an event and a count.
    /// </value>
    public int? MaxScrapeSeries { get; set; }

    /// <summary>Gets or sets the most time that a scrape may take, in milliseconds. Default: 60,000.</summary>
    /// <value>
    /// 1 or more. A scraper that says how long it waits, in <c>X-Prometheus-Scrape-Timeout-Seconds</c>, may ask for less, not for more. A scrape
    /// that takes longer ends with status 408 or, if a part has been sent, by breaking the connection off; with an event and a count.
    /// </value>
    public int ScrapeResponseTimeoutMilliseconds { get; set; } = 60_000;

    /// <summary>
    /// Gets or sets whether exponential histograms carry classic buckets as well, where the format has native histograms. Default:
    /// <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// A Prometheus server stores them if it is told to, by <c>scrape_classic_histograms</c> (2.53) or <c>always_scrape_classic_histograms</c>
    /// (3.x). One that reads protobuf and is set to store neither these nor native histograms stores no exponential histogram at all.
    /// </remarks>
    public bool NativeHistogramsWithClassicBuckets { get; set; }

    /// <summary>
    /// Gets or sets the token that a scraper must present as <c>Authorization: Bearer</c>. Default: <see langword="null"/>, none.
    /// </summary>
    /// <value>
    /// ASCII characters without blanks and control characters, at least one. A request without it is answered with status 401, an event
    /// and a count. With <see cref="BasicCredentials"/> set as well, either will do.
    /// </value>
    public string? BearerToken { get; set; }

    /// <summary>
    /// Gets or sets the user and the password that a scraper must present as <c>Authorization: Basic</c>. Default:
    /// <see langword="null"/>, none.
    /// </summary>
    /// <value>
    /// <c>user:password</c>, in which the user is not empty and has no colon; no control characters. It is compared in UTF-8. A request
    /// without it is answered with status 401, an event and a count. With <see cref="BearerToken"/> set as well, either will do.
    /// </value>
    public string? BasicCredentials { get; set; }

    /// <summary>
    /// Gets or sets the port of a server that serves <see cref="ScrapeEndpointPath"/> alone. Default: <see langword="null"/>, no such
    /// server.
    /// </summary>
    /// <value>
    /// 1 to 65535. Exporters of one provider with different names and the same port need addresses of their own as <see cref="Host"/>.
    /// </value>
    /// <remarks>
    /// The server starts and stops with the <see cref="OpenTelemetry.Metrics.MeterProvider"/>, and needs neither a web application nor a
    /// mapping method. A port that is taken is tried again every few seconds, with an event and a count. Of more than 256 connections the
    /// oldest gives way.
    /// </remarks>
    public int? Port { get; set; }

    /// <summary>Gets or sets where <see cref="Port"/> listens. Default: <c>localhost</c>, which other machines do not reach.</summary>
    /// <value><c>localhost</c>, an IP address, without brackets and port, or <c>*</c> for all interfaces. Counts only with <see cref="Port"/>.</value>
    public string Host { get; set; } = "localhost";

    /// <summary>A copy, which keeps what the options were when the provider was built.</summary>
    internal PrometheusAspNetCoreOptions Copy() => (PrometheusAspNetCoreOptions)MemberwiseClone();
}
