using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Hosting;
using OpenTelemetry.Metrics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a check of the StatsD exporter to an <see cref="IHealthChecksBuilder"/>.</summary>
public static class StatsdExporterHealthChecksBuilderExtensions
{
    private const string DefaultName = "statsd";

    /// <summary>Checks whether a StatsD exporter reaches its receiver and loses nothing.</summary>
    /// <param name="builder">Where to add the check.</param>
    /// <param name="exporterName">The name that the exporter was added with; <see langword="null"/> or empty for the one without a name.</param>
    /// <param name="name">
    /// The name of the check, different from that of any other; <see langword="null"/> for <c>statsd</c> or, of an exporter with a name,
    /// <c>statsd-name</c>.
    /// </param>
    /// <param name="failureStatus">
    /// What the check says when it does not say healthy; <see langword="null"/> for <see cref="HealthStatus.Unhealthy"/>, as for all
    /// checks. The default is <see cref="HealthStatus.Degraded"/>: the application does its work without metrics.
    /// </param>
    /// <param name="tags">Tags by which to choose checks; <see langword="null"/> for none.</param>
    /// <param name="timeout">The time a check may take; <see langword="null"/> for any. It takes microseconds and waits for nothing.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <remarks>
    /// <para>The check is healthy unless the exporter's breaker is open, or half-open, which is while the receiver is tried again; or the
    /// exporter has dropped points, or dropped or refused measurements of a stream, for whatever reason, since the check was asked before, or since the exporter was made; or the
    /// container's <see cref="MeterProvider"/> has no such exporter, as when the SDK is disabled.</para>
    /// <para>Its data are those of <see cref="StatsdExporterStatistics"/>, by the names of its properties, losses also by
    /// reason, as <c>PointsDropped.buffer_full</c>. Since each loss is told once, whoever needs the same answer as somebody else
    /// needs a check of a name of its own. Thread-safe.</para>
    /// </remarks>
    public static IHealthChecksBuilder AddStatsdExporter(
        this IHealthChecksBuilder builder,
        string? exporterName = null,
        string? name = null,
        HealthStatus? failureStatus = HealthStatus.Degraded,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var checkName = name ?? (string.IsNullOrEmpty(exporterName) ? DefaultName : $"{DefaultName}-{exporterName}");

        // The factory of a check is called each time; what the check remembers from one time to the next belongs to the container.
        builder.Services.AddKeyedSingleton(
            checkName,
            (services, _) => new StatsdExporterHealthCheck(services.GetService<MeterProvider>(), exporterName));
        return builder.Add(new HealthCheckRegistration(
            checkName,
            services => services.GetRequiredKeyedService<StatsdExporterHealthCheck>(checkName),
            failureStatus,
            tags,
            timeout));
    }
}
