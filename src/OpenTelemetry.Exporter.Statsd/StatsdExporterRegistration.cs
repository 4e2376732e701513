using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>One call of <c>AddStatsdExporter</c>: puts options, transport, exporter and reader together when the provider is built.</summary>
/// <remarks>Used by the one thread that builds the provider.</remarks>
internal sealed class StatsdExporterRegistration(string name)
{
    private const int DefaultIntervalMilliseconds = 10_000;
    private const int DefaultTimeoutMilliseconds = 30_000;
    private const string DefaultDisplayName = "default";

    private MetricReaderOptions? readerOptions;

    public string Name { get; } = name;

    /// <summary>
    /// This registration's own copy of the reader's options: the instance of the options pipeline is shared by all exporters
    /// of that name, and what is set here must not reach them.
    /// </summary>
    public MetricReaderOptions ReaderOptions(IServiceProvider services)
    {
        if (readerOptions is null)
        {
            var shared = services.GetRequiredService<IOptionsMonitor<MetricReaderOptions>>().Get(Name);
            readerOptions = new MetricReaderOptions
            {
                TemporalityPreference = shared.TemporalityPreference,
                PeriodicExportingMetricReaderOptions = new PeriodicExportingMetricReaderOptions
                {
                    ExportIntervalMilliseconds = shared.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds,
                    ExportTimeoutMilliseconds = shared.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds,
                },
            };
        }

        return readerOptions;
    }

    public MetricReader CreateReader(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptionsMonitor<StatsdExporterOptions>>().Get(Name);
        var settings = options.ToSettings();
        var periodic = ReaderOptions(services).PeriodicExportingMetricReaderOptions;
        var displayName = Name.Length == 0 ? DefaultDisplayName : Name;
#pragma warning disable CA2000 // The reader disposes of the exporter, and the exporter of its transport.
        var exporter = new StatsdMetricExporter(displayName, settings, new UdpTransport(settings.Endpoint));
#pragma warning restore CA2000
        return new PeriodicExportingMetricReader(
            exporter,
            periodic.ExportIntervalMilliseconds ?? DefaultIntervalMilliseconds,
            periodic.ExportTimeoutMilliseconds ?? DefaultTimeoutMilliseconds)
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Delta,
        };
    }
}
