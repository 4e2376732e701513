using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter;

/// <summary>One call of <c>AddEmfExporter</c>.</summary>
internal sealed class EmfExporterRegistration(string name) : PushExporterRegistration(name, "AddEmfExporter", Unnamed)
{
    /// <summary>What an exporter without a name is called where it tells of itself.</summary>
    public const string Unnamed = "emf";

    protected override void ResolveOptions(IServiceProvider services) => OptionsIn(services);

    protected override void AddTo(ReaderParts parts, IServiceProvider services)
    {
        var settings = OptionsIn(services).ToSettings();
        var delivery = settings.Delivery with { HoldsUpOthers = parts.IsShared };
        parts.Add(new EmfMetricExporter(
            DisplayName,
            settings with { Delivery = delivery },
            TransportFactory.Create(delivery.Endpoint, delivery.MaxPacketBytes, delivery.SkipsEmptyLines),
            provider: () => parts.Provider));
    }

    private EmfExporterOptions OptionsIn(IServiceProvider services) =>
        services.GetRequiredService<IOptionsMonitor<EmfExporterOptions>>().Get(Name);
}
