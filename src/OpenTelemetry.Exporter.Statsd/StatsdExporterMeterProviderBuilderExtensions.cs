using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the StatsD exporter to a <see cref="MeterProviderBuilder"/>.</summary>
public static class StatsdExporterMeterProviderBuilderExtensions
{
    /// <summary>Sends all metrics of the provider to a StatsD server, every 10 s, with default options.</summary>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <remarks>
    /// <para>The interval is 10 s (the Datadog Agent's own) unless <see cref="MetricReaderOptions"/> or
    /// <c>OTEL_METRIC_EXPORT_INTERVAL</c> says otherwise. Temporality is always Delta, the only one that StatsD knows, whatever
    /// <see cref="MetricReaderOptions.TemporalityPreference"/> says.</para>
    /// <para>Options come from <c>services.Configure&lt;StatsdExporterOptions&gt;</c>, then from environment variables where they are not
    /// set. Building the provider throws <see cref="OptionsValidationException"/> when a value is not valid, and
    /// <see cref="InvalidOperationException"/> when two exporters have the same name; it never fails for want of a receiver.</para>
    /// </remarks>
    public static MeterProviderBuilder AddStatsdExporter(this MeterProviderBuilder builder) =>
        AddStatsdExporter(builder, name: null, (Action<StatsdExporterOptions>?)null);

    /// <inheritdoc cref="AddStatsdExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="configure">Sets options.</param>
    public static MeterProviderBuilder AddStatsdExporter(this MeterProviderBuilder builder, Action<StatsdExporterOptions> configure) =>
        AddStatsdExporter(builder, name: null, configure);

    /// <inheritdoc cref="AddStatsdExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="name">The name of the options; several exporters of one provider need different ones. <see langword="null"/> for the default.</param>
    /// <param name="configure">Sets options; may be <see langword="null"/>.</param>
    public static MeterProviderBuilder AddStatsdExporter(
        this MeterProviderBuilder builder, string? name, Action<StatsdExporterOptions>? configure) =>
        Add(builder, name, configure is null ? null : (options, _) => configure(options));

    /// <inheritdoc cref="AddStatsdExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="configure">Sets options of the exporter and of its reader; the latter are this exporter's alone.</param>
    public static MeterProviderBuilder AddStatsdExporter(
        this MeterProviderBuilder builder, Action<StatsdExporterOptions, MetricReaderOptions> configure) =>
        AddStatsdExporter(builder, name: null, configure);

    /// <inheritdoc cref="AddStatsdExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="name">The name of the options; several exporters of one provider need different ones. <see langword="null"/> for the default.</param>
    /// <param name="configure">Sets options of the exporter and of its reader, the latter for this exporter alone; may be <see langword="null"/>.</param>
    public static MeterProviderBuilder AddStatsdExporter(
        this MeterProviderBuilder builder, string? name, Action<StatsdExporterOptions, MetricReaderOptions>? configure) =>
        Add(builder, name, configure);

    private static MeterProviderBuilder Add(
        MeterProviderBuilder builder, string? name, Action<StatsdExporterOptions, MetricReaderOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var registration = new StatsdExporterRegistration(name ?? Options.DefaultName);
        builder.ConfigureServices(services =>
        {
            services.AddSingleton<PushExporterRegistration>(registration);
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<StatsdExporterOptions>, StatsdEnvironment>());
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StatsdExporterOptions>, StatsdExporterOptionsValidator>());
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<StatsdExporterOptions>, DatadogEnvironment>());
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StatsdExporterOptions>, DatadogEnvironment>());
            if (configure is not null)
            {
                services.AddOptions<StatsdExporterOptions>(registration.Name)
                    .Configure<IServiceProvider>((options, provider) => configure(options, registration.ReaderOptions(provider)));
            }
        });
        if (builder is IDeferredMeterProviderBuilder deferred)
        {
            deferred.Configure(registration.Configure);
        }

        return builder;
    }
}
