using Microsoft.AspNetCore.Http;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the Prometheus scrape endpoint to a request pipeline.</summary>
/// <remarks>Needs no routing. The endpoint branches off where it is added, so middleware added before it applies.</remarks>
public static class PrometheusExporterApplicationBuilderExtensions
{
    /// <summary>Answers on <see cref="PrometheusAspNetCoreOptions.ScrapeEndpointPath"/>.</summary>
    /// <param name="app">The pipeline to add to.</param>
    /// <returns><paramref name="app"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException">The path is that of the root, on which there can be a route only.</exception>
    /// <exception cref="InvalidOperationException">
    /// The application has no <see cref="MeterProvider"/>, or that has no Prometheus exporter, or several but none with the default name.
    /// </exception>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app) =>
        UseOpenTelemetryPrometheusScrapingEndpoint(app, null, null, null, null, null);

    /// <summary>Answers on <paramref name="path"/>.</summary>
    /// <param name="app">The pipeline to add to.</param>
    /// <param name="path">The path, which is not that of the root.</param>
    /// <returns><paramref name="app"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException">The path is that of the root, on which there can be a route only.</exception>
    /// <exception cref="InvalidOperationException">
    /// The application has no <see cref="MeterProvider"/>, or that has no Prometheus exporter, or several but none with the default name.
    /// </exception>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return UseOpenTelemetryPrometheusScrapingEndpoint(app, null, null, path, null, null);
    }

    /// <summary>Answers the requests that <paramref name="predicate"/> chooses.</summary>
    /// <param name="app">The pipeline to add to.</param>
    /// <param name="predicate">Chooses requests, by port for example.</param>
    /// <returns><paramref name="app"/>, to chain calls.</returns>
    /// <exception cref="InvalidOperationException">
    /// The application has no <see cref="MeterProvider"/>, or that has no Prometheus exporter, or several but none with the default name.
    /// </exception>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(
        this IApplicationBuilder app,
        Func<HttpContext, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return UseOpenTelemetryPrometheusScrapingEndpoint(app, null, predicate, null, null, null);
    }

    /// <summary>Answers the requests that <paramref name="predicate"/> or else <paramref name="path"/> chooses.</summary>
    /// <param name="app">The pipeline to add to.</param>
    /// <param name="meterProvider">The provider with the exporter; <see langword="null"/> for that of the application.</param>
    /// <param name="predicate">Chooses requests; when given, <paramref name="path"/> is ignored.</param>
    /// <param name="path">
    /// The path, which is not that of the root; <see langword="null"/> for <see cref="PrometheusAspNetCoreOptions.ScrapeEndpointPath"/>.
    /// </param>
    /// <param name="configureBranchedPipeline">Adds middleware in front of the endpoint, authorization for example.</param>
    /// <param name="optionsName">
    /// Name of the exporter and its options; <see langword="null"/> for the default. Where the provider has one exporter
    /// only, that one is served whatever its name.
    /// </param>
    /// <returns><paramref name="app"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException">The path is that of the root, on which there can be a route only.</exception>
    /// <exception cref="InvalidOperationException">
    /// There is no provider, or it has no Prometheus exporter, or several but none of that name.
    /// </exception>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(
        this IApplicationBuilder app,
        MeterProvider? meterProvider,
        Func<HttpContext, bool>? predicate,
        string? path,
        Action<IApplicationBuilder>? configureBranchedPipeline,
        string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(app);
        var endpoint = ScrapeEndpoint.Create(app.ApplicationServices, meterProvider, optionsName);
        return predicate is null
            ? app.Map(new PathString(endpoint.ResolvePath(path)), Branch)
            : app.MapWhen(predicate, Branch);

        void Branch(IApplicationBuilder branch)
        {
            configureBranchedPipeline?.Invoke(branch);
            branch.Run(endpoint.InvokeAsync);
        }
    }
}
