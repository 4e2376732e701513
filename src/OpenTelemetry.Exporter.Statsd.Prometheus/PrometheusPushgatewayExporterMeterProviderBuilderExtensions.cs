using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus;
using OpenTelemetry.Exporter.Prometheus.Pushing;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the Pushgateway exporter to a <see cref="MeterProviderBuilder"/>.</summary>
public static class PrometheusPushgatewayExporterMeterProviderBuilderExtensions
{
    /// <summary>Pushes all metrics of the provider to a Prometheus Pushgateway: every 10 s, at <c>ForceFlush</c> and at shutdown.</summary>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <remarks>
    /// <para>For jobs that end before a Prometheus server would scrape them. The interval is 10 s unless <see cref="MetricReaderOptions"/>
    /// or <c>OTEL_METRIC_EXPORT_INTERVAL</c> says otherwise. Temporality is always Cumulative: another
    /// <see cref="MetricReaderOptions.TemporalityPreference"/> is an error where it is set for this exporter, and of no account in options that
    /// it shares with others. So nothing is lost by a push that fails if a later one succeeds.
    /// The SDK gives the disposal of a provider 5 s; a job that wants its last push tried for longer calls <c>Shutdown(30_000)</c> before.
    /// A <c>ForceFlush</c> while a push is under way waits for that one, and what was recorded after it began goes with the next.</para>
    /// <para>A job has to be named, by <see cref="PrometheusPushgatewayOptions.Job"/> or by the configuration. Building the provider
    /// throws <see cref="OptionsValidationException"/> when an option is not valid, and <see cref="InvalidOperationException"/> when two
    /// exporters have the same name; it never fails for want of a gateway.</para>
    /// </remarks>
    public static MeterProviderBuilder AddPrometheusPushgatewayExporter(this MeterProviderBuilder builder) =>
        AddPrometheusPushgatewayExporter(builder, name: null, (Action<PrometheusPushgatewayOptions>?)null);

    /// <inheritdoc cref="AddPrometheusPushgatewayExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="configure">Sets options.</param>
    public static MeterProviderBuilder AddPrometheusPushgatewayExporter(
        this MeterProviderBuilder builder, Action<PrometheusPushgatewayOptions> configure) =>
        AddPrometheusPushgatewayExporter(builder, name: null, configure);

    /// <inheritdoc cref="AddPrometheusPushgatewayExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="name">The name of the options; several exporters of one provider need different ones. <see langword="null"/> for the default.</param>
    /// <param name="configure">Sets options; may be <see langword="null"/>.</param>
    public static MeterProviderBuilder AddPrometheusPushgatewayExporter(
        this MeterProviderBuilder builder, string? name, Action<PrometheusPushgatewayOptions>? configure) =>
        Add(builder, name, configure is null ? null : (options, _) => configure(options));

    /// <inheritdoc cref="AddPrometheusPushgatewayExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="configure">Sets options of the exporter and of its reader; the latter are this exporter's alone.</param>
    public static MeterProviderBuilder AddPrometheusPushgatewayExporter(
        this MeterProviderBuilder builder, Action<PrometheusPushgatewayOptions, MetricReaderOptions> configure) =>
        AddPrometheusPushgatewayExporter(builder, name: null, configure);

    /// <inheritdoc cref="AddPrometheusPushgatewayExporter(MeterProviderBuilder)"/>
    /// <param name="builder">The provider to add the exporter to.</param>
    /// <param name="name">The name of the options; several exporters of one provider need different ones. <see langword="null"/> for the default.</param>
    /// <param name="configure">Sets options of the exporter and of its reader, the latter for this exporter alone; may be <see langword="null"/>.</param>
    public static MeterProviderBuilder AddPrometheusPushgatewayExporter(
        this MeterProviderBuilder builder, string? name, Action<PrometheusPushgatewayOptions, MetricReaderOptions>? configure) =>
        Add(builder, name, configure);

    private static MeterProviderBuilder Add(
        MeterProviderBuilder builder, string? name, Action<PrometheusPushgatewayOptions, MetricReaderOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var registration = new PushgatewayRegistration(name ?? Options.DefaultName);
        builder.ConfigureServices(services =>
        {
            services.AddSingleton(registration);
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<PrometheusPushgatewayOptions>, PushgatewayEnvironment>());
            if (configure is not null)
            {
                services.AddOptions<PrometheusPushgatewayOptions>(registration.Name)
                    .Configure<IServiceProvider>((options, provider) => configure(options, registration.ReaderOptions(provider)));
            }
        });
        return builder.AddReader(registration.CreateReader);
    }
}
