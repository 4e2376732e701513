using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>One call of <c>AddPrometheusPushgatewayExporter</c>: puts options, client, exporter and reader together when the provider is built.</summary>
/// <remarks>Used by the one thread that builds the provider. One service collection may make several containers, each with a provider of its own.</remarks>
internal sealed class PushgatewayRegistration(string name)
{
    private const int DefaultIntervalMilliseconds = 10_000;
    private const int DefaultTimeoutMilliseconds = 30_000;

    private (IOptionsMonitor<MetricReaderOptions> Shared, MetricReaderOptions Own)? readerOptions;

    public string Name => name;

    /// <summary>
    /// This registration's own copy of the reader's options: the instance of the options pipeline is shared by all exporters
    /// of that name, and what is set here must not reach them. Nor does their temporality, which may well be another, reach this one.
    /// </summary>
    public MetricReaderOptions ReaderOptions(IServiceProvider services)
    {
        // Each container has a monitor of its own.
        var monitor = services.GetRequiredService<IOptionsMonitor<MetricReaderOptions>>();
        if (readerOptions is { } known && ReferenceEquals(known.Shared, monitor))
        {
            return known.Own;
        }

        var periodic = monitor.Get(name).PeriodicExportingMetricReaderOptions;
        var own = new MetricReaderOptions
        {
            PeriodicExportingMetricReaderOptions = new PeriodicExportingMetricReaderOptions
            {
                ExportIntervalMilliseconds = periodic.ExportIntervalMilliseconds,
                ExportTimeoutMilliseconds = periodic.ExportTimeoutMilliseconds,
            },
        };
        readerOptions = (monitor, own);
        return own;
    }

    /// <summary>Creates the reader, which owns the exporter and all that belongs to it.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The reader owns the exporter, the exporter its client, and that one its source.")]
    public MetricReader CreateReader(IServiceProvider services)
    {
        ThrowIfNameIsTaken(services);
        var options = services.GetRequiredService<IOptionsMonitor<PrometheusPushgatewayOptions>>().Get(name);
        PushgatewayOptionsValidation.Validate(name, options);
        var reader = ReaderOptions(services);
        PushgatewayReaderValidation.Validate(name, reader);

        var telemetry = new ExporterTelemetry();
        var client = new PushgatewayClient(
            GroupUri.Create(options.Endpoint, options.Job!, options.GroupingKey),
            AuthorizationOf(options),
            options.Timeout,
            HttpClientSource.Create(options, services),
            telemetry,
            TimeProvider.System);
        var exposition = new PushExposition(options.ReadFamilies(), options.MaxExponentialHistogramBuckets, telemetry, TimeProvider.System);
        var exporter = new PushgatewayExporter(
            client, exposition, options.Method, options.DeleteOnShutdown, telemetry, TimeProvider.System);
        var periodic = reader.PeriodicExportingMetricReaderOptions;
        return new PushgatewayReader(
            exporter,
            periodic.ExportIntervalMilliseconds ?? DefaultIntervalMilliseconds,
            periodic.ExportTimeoutMilliseconds ?? DefaultTimeoutMilliseconds,
            TimeProvider.System)
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
        };
    }

    private static AuthenticationHeaderValue? AuthorizationOf(PrometheusPushgatewayOptions options)
    {
        if (options.BearerToken is { } token)
        {
            return new("Bearer", token);
        }

        return options.BasicCredentials is { } basic ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic))) : null;
    }

    private void ThrowIfNameIsTaken(IServiceProvider services)
    {
        if (services.GetServices<PushgatewayRegistration>().Count(other => other.Name == name) > 1)
        {
            var which = name.Length == 0 ? "without a name" : $"with the name '{name}'";
            throw new InvalidOperationException(
                $"AddPrometheusPushgatewayExporter was called more than once {which}, so that the exporters would share their options. "
                + "Valid: a name of its own for each exporter of a provider.");
        }
    }
}
