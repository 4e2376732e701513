namespace OpenTelemetry.Exporter;

/// <summary>Options of the exporter that pushes to a Prometheus Pushgateway.</summary>
/// <remarks>
/// Read once, when the <see cref="OpenTelemetry.Metrics.MeterProvider"/> is built; a value out of range fails that build with
/// an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/>. Binds from configuration, except
/// <see cref="HttpClientFactory"/> and <see cref="PrometheusExpositionOptions.ResourceConstantLabels"/>, which are code.
/// </remarks>
public class PrometheusPushgatewayOptions : PrometheusExpositionOptions
{
    /// <summary>Gets or sets where the Pushgateway is. Default: <c>http://localhost:9091</c>.</summary>
    /// <value>
    /// An absolute URL, <c>http</c> or <c>https</c>, with the path that the gateway is served below, if there is one; without
    /// query, fragment or credentials.
    /// </value>
    public Uri Endpoint { get; set; } = new("http://localhost:9091");

    /// <summary>
    /// Gets or sets the <c>job</c> label of the group. Default: <c>OTEL_SERVICE_NAME</c> of the configuration, or else
    /// <c>service.name</c> in its <c>OTEL_RESOURCE_ATTRIBUTES</c>.
    /// </summary>
    /// <value>
    /// Any text that is not empty. Required, unless the default is there: programs that share a group overwrite each other's metrics.
    /// A name that code gives the resource, as <c>AddService</c> does, is not used.
    /// </value>
    public string? Job { get; set; }

    /// <summary>Gets the other labels of the group, <c>instance</c> for example. Default: none.</summary>
    /// <value>
    /// Names are letters, digits and <c>_</c>, do not begin with a digit or <c>__</c>, and are neither <c>job</c> nor <c>le</c>; values are any text,
    /// even empty. The gateway sets these labels and <c>job</c> on all that is pushed, so an attribute of such a name becomes
    /// <c>exported_job</c>, for example.
    /// </value>
    public IDictionary<string, string> GroupingKey { get; } = new OrderedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets or sets what a push does with the metrics that the group has. Default: <see cref="PushgatewayMethod.Put"/>.</summary>
    public PushgatewayMethod Method { get; set; }

    /// <summary>Gets or sets whether the group is deleted at shutdown, after the last push. Default: <see langword="false"/>.</summary>
    /// <value>
    /// A Prometheus server that has not scraped the gateway since the last push misses it then. The last push may take half of the time
    /// that there is for the shutdown, and the deletion what is left.
    /// </value>
    public bool DeleteOnShutdown { get; set; }

    /// <summary>Gets or sets the token to present as <c>Authorization: Bearer</c>. Default: <see langword="null"/>, none.</summary>
    /// <value>
    /// ASCII characters without blanks and control characters, at least one. Not together with <see cref="BasicCredentials"/>.
    /// </value>
    public string? BearerToken { get; set; }

    /// <summary>Gets or sets the user and the password to present as <c>Authorization: Basic</c>. Default: <see langword="null"/>, none.</summary>
    /// <value>
    /// <c>user:password</c>, in which the user is not empty and has no colon; no control characters. It is sent in UTF-8. Not together with
    /// <see cref="BearerToken"/>.
    /// </value>
    public string? BasicCredentials { get; set; }

    /// <summary>Gets or sets the time that one request may take. Default: 10 s.</summary>
    /// <value>
    /// 1 ms to 1 day. A request that takes longer is tried again while the export timeout of the reader, 30 s by default, allows it, or at
    /// shutdown a shorter time that is given there: 5 s when the provider is disposed of.
    /// </value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets what makes the client that requests go through. Default: <see langword="null"/>.</summary>
    /// <value>
    /// Called once, when the provider is built, and must not return <see langword="null"/>; the client is used for all requests and never
    /// disposed of here. By default it is the client <c>PrometheusPushgatewayExporter</c> of the application's
    /// <see cref="IHttpClientFactory"/> or, where there is none, one of the exporter's own, which follows no redirects. That factory is
    /// asked when the provider is built and for each request; a request for which it creates no client, as at the end of a host, goes
    /// through the last one that it created. Where a client follows a redirect to a path that does not end in that of the group, or
    /// with another method, as from <c>POST</c> to <c>GET</c>, the request has failed whatever the status.
    /// </value>
    public Func<HttpClient>? HttpClientFactory { get; set; }

    /// <inheritdoc/>
    private protected override IEnumerable<string> ReservedLabels => GroupingKey.Keys.Prepend("job");

    /// <inheritdoc/>
    private protected override IEnumerable<string> ReservedNames => ["push_time_seconds", "push_failure_time_seconds"];
}
