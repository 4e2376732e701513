using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>One call of <c>AddStatsdExporter</c>: puts options, transport, exporter and reader together when the provider is built.</summary>
/// <remarks>Used by the one thread that builds the provider. One service collection may make several containers, each with a provider of its own.</remarks>
internal sealed class StatsdExporterRegistration(string name)
{
    private const int DefaultIntervalMilliseconds = 10_000;
    private const int DefaultTimeoutMilliseconds = 30_000;
    private const string DefaultDisplayName = "default";

    private (IOptionsMonitor<MetricReaderOptions> Shared, MetricReaderOptions Own)? readerOptions;

    /// <summary>By container.</summary>
    private readonly ConditionalWeakTable<IServiceProvider, ProviderViews> views = [];

    public string Name { get; } = name;

    /// <summary>What the exporter is called where it tells of itself.</summary>
    public static string DisplayNameOf(string name) => name.Length == 0 ? DefaultDisplayName : name;

    /// <summary>
    /// This registration's own copy of the reader's options: the instance of the options pipeline is shared by all exporters
    /// of that name, and what is set here must not reach them.
    /// </summary>
    public MetricReaderOptions ReaderOptions(IServiceProvider services)
    {
        // Each container has a monitor of its own.
        var monitor = services.GetRequiredService<IOptionsMonitor<MetricReaderOptions>>();
        if (readerOptions is { } known && ReferenceEquals(known.Shared, monitor))
        {
            return known.Own;
        }

        var shared = monitor.Get(Name);
        var own = new MetricReaderOptions
        {
            TemporalityPreference = shared.TemporalityPreference,
            PeriodicExportingMetricReaderOptions = new PeriodicExportingMetricReaderOptions
            {
                ExportIntervalMilliseconds = shared.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds,
                ExportTimeoutMilliseconds = shared.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds,
            },
        };
        readerOptions = (monitor, own);
        return own;
    }

    public MetricReader CreateReader(IServiceProvider services)
    {
        if (services.GetServices<StatsdExporterRegistration>().Count(registration => DisplayNameOf(registration.Name) == DisplayNameOf(Name)) > 1)
        {
            throw new InvalidOperationException(
                $"AddStatsdExporter was called more than once {(Name.Length == 0 ? "without a name" : $"with the name '{Name}'")}, "
                + "so that the exporters would share their options, or their metrics. Valid: a name of its own for each exporter "
                + $"of a provider; without one, it is '{DefaultDisplayName}'.");
        }

        var options = services.GetRequiredService<IOptionsMonitor<StatsdExporterOptions>>().Get(Name);
        var settings = options.ToSettings();
        var periodic = ReaderOptions(services).PeriodicExportingMetricReaderOptions;
        StatsdMetricExporter? exporter = null;
        var known = views.TryGetValue(services, out var found) ? found : null;
        var streamed = new StreamedNames(
            instrument => known?.StreamNames(instrument) ?? [instrument.Name], isBuilt: () => exporter!.ParentProvider is not null);
#pragma warning disable CA2000 // The reader disposes of the exporter and the stream, and these of their transports.
        exporter = new StatsdMetricExporter(
            DisplayNameOf(Name),
            settings,
            TransportFor(settings),
            isLeftOut: streamed.Contains);
        var stream = options.ToStreamSettings(settings.Delivery) is { } streamSettings ? CreateStream(streamSettings, settings, exporter, streamed) : null;
#pragma warning restore CA2000
        stream?.Start();
        return new ReceiverAwareMetricReader<StatsdMetricExporter>(
            exporter,
            periodic.ExportIntervalMilliseconds ?? DefaultIntervalMilliseconds,
            periodic.ExportTimeoutMilliseconds ?? DefaultTimeoutMilliseconds,
            stream)
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Delta,
        };
    }

    /// <summary>Sees to what the SDK makes of streamed instruments: remembers the views that name it, and leaves it out of the SDK if options say so.</summary>
    /// <remarks>Before <see cref="CreateReader"/>, on the same thread.</remarks>
    public MeterProviderBuilder AddViews(IServiceProvider services, MeterProviderBuilder builder)
    {
        views.AddOrUpdate(services, ProviderViews.Of(builder));
        var options = services.GetRequiredService<IOptionsMonitor<StatsdExporterOptions>>().Get(Name);
        if (!options.DropStreamedFromSdk || options.Streams.Count == 0)
        {
            return builder;
        }

        var rules = options.ToStreamRules();
        return builder.AddView(instrument => StreamRecorder.RuleFor(rules, instrument) is null ? null : MetricStreamConfiguration.Drop);
    }

    private static ITransport TransportFor(StatsdExporterSettings settings) =>
        TransportFactory.Create(settings.Delivery.Endpoint, settings.Delivery.MaxPacketBytes, settings.Delivery.SkipsEmptyLines);

    /// <summary>A stream beside an exporter, of which it has the names, the tags and the statistics, but not the connection.</summary>
    private static StreamPump CreateStream(StreamSettings stream, StatsdExporterSettings settings, StatsdMetricExporter exporter, StreamedNames streamed)
    {
        var recorder = new StreamRecorder(stream.Rules, stream.CreateLanes())
        {
            Listening = streamed.Add,
            Provider = () => exporter.ParentProvider,
            DropsFromSdk = stream.DropsFromSdk,
        };
        var outlet = new StreamOutlet(
            exporter.Statistics, stream, settings.Profile, recorder, exporter.Factory, TransportFor(settings), TimeProvider.System);
        exporter.Statistics.Attach(outlet);

        // The provider, and with it the resource that lines tell of, is known only after the exporter has been built.
        return new StreamPump(exporter.Statistics.Exporter, recorder, outlet, () => exporter.ParentProvider is not null, TimeProvider.System);
    }
}
