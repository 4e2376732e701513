using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the CloudWatch EMF exporter to a <see cref="MeterProviderBuilder"/>.</summary>
public static class EmfExporterMeterProviderBuilderExtensions
{
    /// <summary>
    /// Sends all metrics of the provider to CloudWatch, every 10 s, with default options: as documents of the embedded metric format, to a CloudWatch agent on
    /// this host, or, in Lambda, to the standard output.
    /// </summary>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <remarks>
    /// <para>The interval is 10 s unless <see cref="MetricReaderOptions"/> or <c>OTEL_METRIC_EXPORT_INTERVAL</c> says otherwise. Temporality is always Delta, for
    /// CloudWatch adds up what it gets, whatever <see cref="MetricReaderOptions.TemporalityPreference"/> says. In Lambda, call
    /// <c>ForceFlush</c> at the end of each invocation.</para>
    /// <para>Options come from <c>services.Configure&lt;EmfExporterOptions&gt;</c>, then from environment variables where they are not
    /// set. Building the provider throws <see cref="OptionsValidationException"/> when a value is not valid, and
    /// <see cref="InvalidOperationException"/> when two exporters have the same name, StatsD exporters included; it never fails for want of a receiver. StatsD and EMF
    /// exporters of one interval and export timeout share a reader.</para>
    /// </remarks>
    public static MeterProviderBuilder AddEmfExporter(this MeterProviderBuilder builder) =>
        AddEmfExporter(builder, name: null, (Action<EmfExporterOptions>?)null);

    /// <inheritdoc cref="AddEmfExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="configure">Sets options.</param>
    public static MeterProviderBuilder AddEmfExporter(this MeterProviderBuilder builder, Action<EmfExporterOptions> configure) =>
        AddEmfExporter(builder, name: null, configure);

    /// <inheritdoc cref="AddEmfExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="name">The name of the options; several exporters of one provider need different ones. <see langword="null"/> for the default.</param>
    /// <param name="configure">Sets options; may be <see langword="null"/>.</param>
    public static MeterProviderBuilder AddEmfExporter(this MeterProviderBuilder builder, string? name, Action<EmfExporterOptions>? configure) =>
        Add(builder, name, configure is null ? null : (options, _) => configure(options));

    /// <inheritdoc cref="AddEmfExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="configure">Sets options of the exporter and of its reader; the latter are this exporter's alone.</param>
    public static MeterProviderBuilder AddEmfExporter(
        this MeterProviderBuilder builder, Action<EmfExporterOptions, MetricReaderOptions> configure) =>
        AddEmfExporter(builder, name: null, configure);

    /// <inheritdoc cref="AddEmfExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="name">The name of the options; several exporters of one provider need different ones. <see langword="null"/> for the default.</param>
    /// <param name="configure">Sets options of the exporter and of its reader, the latter for this exporter alone; may be <see langword="null"/>.</param>
    public static MeterProviderBuilder AddEmfExporter(
        this MeterProviderBuilder builder, string? name, Action<EmfExporterOptions, MetricReaderOptions>? configure) =>
        Add(builder, name, configure);

    private static MeterProviderBuilder Add(
        MeterProviderBuilder builder, string? name, Action<EmfExporterOptions, MetricReaderOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var registration = new EmfExporterRegistration(name ?? Options.DefaultName);
        builder.ConfigureServices(services =>
        {
            services.AddSingleton<PushExporterRegistration>(registration);
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<EmfExporterOptions>, EmfEnvironment>());
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EmfExporterOptions>, EmfExporterOptionsValidator>());
            if (configure is not null)
            {
                services.AddOptions<EmfExporterOptions>(registration.Name)
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
