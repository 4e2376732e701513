using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>One call of <c>AddStatsdExporter</c>: puts options, transport, exporter and reader together when the provider is built; the reader is shared.</summary>
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

    /// <summary>
    /// Adds to a provider what it needs for this exporter: views, and the reader. Exporters of one interval and one time limit share a reader, which
    /// comes with the last of them: each reader costs every recording thread, and memory for each instrument.
    /// </summary>
    public void Configure(IServiceProvider services, MeterProviderBuilder builder)
    {
        AddViews(services, builder);
        StatsdExporterRegistration[] all = [.. services.GetServices<StatsdExporterRegistration>()];
        ThrowIfNameIsTaken(all);
        var timing = TimingIn(services);
        StatsdExporterRegistration[] group = [.. all.Where(other => other.TimingIn(services) == timing)];
        if (group[^1] == this)
        {
            builder.AddReader(CreateReader(services, group, timing));
        }
    }

    private void ThrowIfNameIsTaken(StatsdExporterRegistration[] all)
    {
        if (all.Count(registration => DisplayNameOf(registration.Name) == DisplayNameOf(Name)) > 1)
        {
            throw new InvalidOperationException(
                $"AddStatsdExporter was called more than once {(Name.Length == 0 ? "without a name" : $"with the name '{Name}'")}, "
                + "so that the exporters would share their options, or their metrics. Valid: a name of its own for each exporter "
                + $"of a provider; without one, it is '{DefaultDisplayName}'.");
        }
    }

    private StatsdExporterOptions OptionsIn(IServiceProvider services) =>
        services.GetRequiredService<IOptionsMonitor<StatsdExporterOptions>>().Get(Name);

    private (int IntervalMilliseconds, int TimeoutMilliseconds) TimingIn(IServiceProvider services)
    {
        // Whoever sets the exporter's options may set the reader's as well.
        _ = OptionsIn(services);
        var periodic = ReaderOptions(services).PeriodicExportingMetricReaderOptions;
        return (periodic.ExportIntervalMilliseconds ?? DefaultIntervalMilliseconds, periodic.ExportTimeoutMilliseconds ?? DefaultTimeoutMilliseconds);
    }

    private static ReceiverAwareMetricReader<ExporterGroup> CreateReader(
        IServiceProvider services, StatsdExporterRegistration[] group, (int IntervalMilliseconds, int TimeoutMilliseconds) timing)
    {
        ExporterGroup? exporters = null;
        var members = new List<(StatsdMetricExporter Exporter, StreamPump? Stream)>();
        try
        {
            foreach (var registration in group)
            {
                members.Add(registration.CreateMember(services, group.Length > 1, () => exporters?.ParentProvider));
            }

            exporters = ExporterGroup.Of(members.Select(member => member.Exporter));
            StreamPump[] streams = [.. members.Select(member => member.Stream).OfType<StreamPump>()];
            var reader = new ReceiverAwareMetricReader<ExporterGroup>(exporters, timing.IntervalMilliseconds, timing.TimeoutMilliseconds, streams)
            {
                TemporalityPreference = MetricReaderTemporalityPreference.Delta,
            };

            // Last: the reader throws where its times are not valid, and then nobody would end them.
            Array.ForEach(streams, stream => stream.Start());
            return reader;
        }
        catch
        {
            foreach (var (exporter, stream) in members)
            {
                stream?.Dispose();
                exporter.Dispose();
            }

            throw;
        }
    }

    /// <summary>Creates the exporter and, if there is one, its stream. They dispose of their transports, and the reader of them.</summary>
    private (StatsdMetricExporter Exporter, StreamPump? Stream) CreateMember(
        IServiceProvider services, bool isOneOfSeveral, Func<BaseProvider?> provider)
    {
        var options = OptionsIn(services);
        var settings = options.ToSettings();
        var known = views.TryGetValue(services, out var found) ? found : null;
        var streamed = new StreamedNames(
            instrument => known?.StreamNames(instrument) ?? [instrument.Name], isBuilt: () => provider() is not null);
        var exporter = new StatsdMetricExporter(
            DisplayNameOf(Name),
            settings with { Delivery = settings.Delivery with { HoldsUpOthers = isOneOfSeveral } },
            TransportFor(settings),
            isLeftOut: streamed.Contains,
            provider: provider);
        var stream = options.ToStreamSettings(settings.Delivery) is { } streamSettings ? CreateStream(streamSettings, settings, exporter, streamed) : null;
        return (exporter, stream);
    }

    /// <summary>Sees to what the SDK makes of streamed instruments: remembers the views that name it, and leaves it out of the SDK if options say so.</summary>
    private void AddViews(IServiceProvider services, MeterProviderBuilder builder)
    {
        views.AddOrUpdate(services, ProviderViews.Of(builder));
        var options = OptionsIn(services);
        if (options.DropStreamedFromSdk && options.Streams.Count > 0)
        {
            var rules = options.ToStreamRules();
            builder.AddView(instrument => StreamRecorder.RuleFor(rules, instrument) is null ? null : MetricStreamConfiguration.Drop);
        }
    }

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
