using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Puts options, exporter, endpoint, listener and reader together when the provider is built.</summary>
internal static class ScrapeReaderFactory
{
    /// <summary>Creates the reader of the exporter of that name, which owns all that belongs to it.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">An exporter of another name has the same port on an address that overlaps.</exception>
    public static ScrapeReader Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().Get(name);
        PrometheusOptionsValidation.Validate(name, options);
        var listens = options.Port is { } port && OwnPorts.TryTake(services, name, new ListenAddress(options.Host, port));
        return Create(name, options, TimeProvider.System, listens);
    }

    /// <summary>Creates the reader of an exporter with options that are valid, which listens on its port if it has one.</summary>
    public static ScrapeReader Create(string name, PrometheusAspNetCoreOptions options, TimeProvider time) =>
        Create(name, options, time, listens: options.Port is not null);

    [SuppressMessage("Reliability", "CA2000", Justification = "The reader owns exporter and listener.")]
    private static ScrapeReader Create(string name, PrometheusAspNetCoreOptions options, TimeProvider time, bool listens)
    {
        var exporter = new PrometheusExporter(name, options, time);
        return new ScrapeReader(exporter, listens ? Listen(exporter, time) : null);
    }

    private static ScrapeListener Listen(PrometheusExporter exporter, TimeProvider time)
    {
        var endpoint = ScrapeEndpoint.Of(exporter);
        return new ScrapeListener(
            exporter.Options.Host, exporter.Options.Port!.Value, endpoint.ResolvePath(null), endpoint.InvokeAsync, exporter.Telemetry, time);
    }
}
