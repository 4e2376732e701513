using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>One call of <c>AddStatsdExporter</c>: adds an exporter and, where something is streamed, its stream.</summary>
internal sealed class StatsdExporterRegistration(string name) : PushExporterRegistration(name, "AddStatsdExporter", Unnamed)
{
    /// <summary>What an exporter without a name is called where it tells of itself.</summary>
    public const string Unnamed = "default";

    /// <summary>By container.</summary>
    private readonly ConditionalWeakTable<IServiceProvider, ProviderViews> views = [];

    protected override void ResolveOptions(IServiceProvider services) => OptionsIn(services);

    protected override void AddTo(ReaderParts parts, IServiceProvider services)
    {
        var options = OptionsIn(services);
        var settings = options.ToSettings();
        var known = views.TryGetValue(services, out var found) ? found : null;
        var streamed = new StreamedNames(
            instrument => known?.StreamNames(instrument) ?? [instrument.Name], isBuilt: () => parts.Provider is not null);
        var exporter = new StatsdMetricExporter(
            DisplayName,
            settings with { Delivery = settings.Delivery with { HoldsUpOthers = parts.IsShared } },
            TransportFor(settings),
            isLeftOut: streamed.Contains,
            provider: () => parts.Provider);
        parts.Add(exporter);
        if (options.ToStreamSettings(settings.Delivery) is { } streamSettings)
        {
            parts.Add(CreateStream(streamSettings, settings, exporter, streamed));
        }
    }

    /// <summary>Sees to what the SDK makes of streamed instruments: remembers the views that name it, and leaves it out of the SDK if options say so.</summary>
    protected override void AddViews(IServiceProvider services, MeterProviderBuilder builder)
    {
        views.AddOrUpdate(services, ProviderViews.Of(builder));
        var options = OptionsIn(services);
        if (options.DropStreamedFromSdk && options.Streams.Count > 0)
        {
            var rules = options.ToStreamRules();
            builder.AddView(instrument => StreamRecorder.RuleFor(rules, instrument) is null ? null : MetricStreamConfiguration.Drop);
        }
    }

    private StatsdExporterOptions OptionsIn(IServiceProvider services) =>
        services.GetRequiredService<IOptionsMonitor<StatsdExporterOptions>>().Get(Name);

    private static ITransport TransportFor(StatsdExporterSettings settings) =>
        TransportFactory.Create(settings.Delivery.Endpoint, settings.Delivery.MaxPacketBytes, settings.Delivery.SkipsEmptyLines);

    /// <summary>A stream beside an exporter, of which it has the names, the tags and the statistics, but not the connection.</summary>
    private static StreamPump CreateStream(StreamSettings stream, StatsdExporterSettings settings, StatsdMetricExporter exporter, StreamedNames streamed)
    {
        var recorder = new StreamRecorder(stream.Rules, stream.CreateLanes())
        {
            Listening = streamed.Add,
            Provider = () => exporter.Provider,
            DropsFromSdk = stream.DropsFromSdk,
        };
        var outlet = new StreamOutlet(
            exporter.Statistics, stream, settings.Profile, recorder, exporter.Factory, TransportFor(settings), TimeProvider.System);
        exporter.Statistics.Attach(outlet);

        // The provider, and with it the resource that lines tell of, is known only after the exporter has been built.
        return new StreamPump(exporter.Statistics.Exporter, recorder, outlet, () => exporter.Provider is not null, TimeProvider.System);
    }
}
