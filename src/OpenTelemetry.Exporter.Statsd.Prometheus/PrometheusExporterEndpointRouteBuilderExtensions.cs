using Microsoft.AspNetCore.Routing;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the Prometheus scrape endpoint as a route.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    /// <summary>Answers on <see cref="PrometheusAspNetCoreOptions.ScrapeEndpointPath"/>.</summary>
    /// <param name="endpoints">The routes to add to.</param>
    /// <returns>Conventions of the route, to chain <c>RequireAuthorization</c>, <c>RequireHost</c> and the like.</returns>
    /// <exception cref="InvalidOperationException">
    /// The application has no <see cref="MeterProvider"/>, or that has no Prometheus exporter, or several but none with the default name.
    /// </exception>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints) =>
        MapPrometheusScrapingEndpoint(endpoints, null, null, null, null);

    /// <summary>Answers on <paramref name="path"/>.</summary>
    /// <param name="endpoints">The routes to add to.</param>
    /// <param name="path">A route pattern.</param>
    /// <returns>Conventions of the route, to chain <c>RequireAuthorization</c>, <c>RequireHost</c> and the like.</returns>
    /// <exception cref="InvalidOperationException">
    /// The application has no <see cref="MeterProvider"/>, or that has no Prometheus exporter, or several but none with the default name.
    /// </exception>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return MapPrometheusScrapingEndpoint(endpoints, path, null, null, null);
    }

    /// <summary>Answers on <paramref name="path"/>.</summary>
    /// <param name="endpoints">The routes to add to.</param>
    /// <param name="path">
    /// A route pattern; <see langword="null"/> for <see cref="PrometheusAspNetCoreOptions.ScrapeEndpointPath"/>.
    /// </param>
    /// <param name="meterProvider">The provider with the exporter; <see langword="null"/> for that of the application.</param>
    /// <param name="configureBranchedPipeline">Adds middleware in front of the endpoint.</param>
    /// <param name="optionsName">
    /// Name of the exporter and its options; <see langword="null"/> for the default. Where the provider has one exporter
    /// only, that one is served whatever its name.
    /// </param>
    /// <returns>Conventions of the route, to chain <c>RequireAuthorization</c>, <c>RequireHost</c> and the like.</returns>
    /// <exception cref="InvalidOperationException">
    /// There is no provider, or it has no Prometheus exporter, or several but none of that name.
    /// </exception>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(
        this IEndpointRouteBuilder endpoints,
        string? path,
        MeterProvider? meterProvider,
        Action<IApplicationBuilder>? configureBranchedPipeline,
        string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var endpoint = ScrapeEndpoint.Create(endpoints.ServiceProvider, meterProvider, optionsName);
        var pipeline = endpoints.CreateApplicationBuilder();
        configureBranchedPipeline?.Invoke(pipeline);
        pipeline.Run(endpoint.InvokeAsync);
        return endpoints.Map(endpoint.ResolvePath(path), pipeline.Build()).WithDisplayName("Prometheus scrape endpoint");
    }
}
