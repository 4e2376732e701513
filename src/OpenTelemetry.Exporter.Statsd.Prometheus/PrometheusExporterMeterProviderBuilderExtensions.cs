using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus.Scraping;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the Prometheus exporter to a <see cref="MeterProviderBuilder"/>.</summary>
public static class PrometheusExporterMeterProviderBuilderExtensions
{
    /// <summary>Adds a Prometheus exporter with the default name.</summary>
    /// <param name="builder">The builder to add to.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <remarks>Nothing is served before an endpoint is mapped, with <c>MapPrometheusScrapingEndpoint</c> for example.</remarks>
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder) =>
        AddPrometheusExporter(builder, name: null, configure: null);

    /// <summary>Adds a Prometheus exporter with the default name.</summary>
    /// <param name="builder">The builder to add to.</param>
    /// <param name="configure">Sets options; runs in the options pipeline, after configuration has been bound.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static MeterProviderBuilder AddPrometheusExporter(
        this MeterProviderBuilder builder,
        Action<PrometheusAspNetCoreOptions> configure) =>
        AddPrometheusExporter(builder, name: null, configure);

    /// <summary>Adds a Prometheus exporter.</summary>
    /// <param name="builder">The builder to add to.</param>
    /// <param name="name">
    /// Name of the exporter and of its options, to be given to the mapping method as <c>optionsName</c>; <see langword="null"/>
    /// for the default. Exporters of different names serve different endpoints, each with a reader of its own. Of several with one name the first is served.
    /// </param>
    /// <param name="configure">Sets options; runs in the options pipeline, after configuration has been bound.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="OptionsValidationException">
    /// Thrown when the provider is built, if an option is out of range; the message names option, value and what is valid.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Thrown when the provider is built, if two of its exporters with different names have the same <see cref="PrometheusAspNetCoreOptions.Port"/>
    /// where <see cref="PrometheusAspNetCoreOptions.Host"/> does not tell them apart.
    /// </exception>
    public static MeterProviderBuilder AddPrometheusExporter(
        this MeterProviderBuilder builder,
        string? name,
        Action<PrometheusAspNetCoreOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        name ??= Options.DefaultName;
        if (configure is not null)
        {
            builder.ConfigureServices(services => services.Configure(name, configure));
        }

        return builder.AddReader(services => ScrapeReaderFactory.Create(services, name));
    }
}
