using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>One call that adds an exporter of this package: puts options, transport, exporter and reader together when the provider is built; the reader is shared.</summary>
/// <param name="name">The name of the options.</param>
/// <param name="method">The method that was called.</param>
/// <param name="unnamed">What its exporter is called without a name.</param>
/// <remarks>Used by the one thread that builds the provider. One service collection may make several containers, each with a provider of its own.</remarks>
internal abstract class PushExporterRegistration(string name, string method, string unnamed)
{
    private const int DefaultIntervalMilliseconds = 10_000;
    private const int DefaultTimeoutMilliseconds = 30_000;

    private (IOptionsMonitor<MetricReaderOptions> Shared, MetricReaderOptions Own)? readerOptions;

    public string Name => name;

    /// <summary>What the exporter is called where it tells of itself.</summary>
    public string DisplayName { get; } = name.Length == 0 ? unnamed : name;

    private string Method => method;

    private string Unnamed => unnamed;

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
    /// Adds to a provider what it needs for this exporter: views, and the reader. Exporters of one interval and one time limit share a reader, of whatever
    /// kind they are; it comes with the last of them: each reader costs every recording thread, and memory for each instrument.
    /// </summary>
    public void Configure(IServiceProvider services, MeterProviderBuilder builder)
    {
        AddViews(services, builder);
        PushExporterRegistration[] all = [.. services.GetServices<PushExporterRegistration>()];
        ThrowIfNameIsTaken(all);
        var timing = TimingIn(services);
        PushExporterRegistration[] group = [.. all.Where(other => other.TimingIn(services) == timing)];
        if (group[^1] == this)
        {
            builder.AddReader(CreateReader(services, group, timing));
        }
    }

    /// <summary>Adds the views that the exporter needs.</summary>
    protected virtual void AddViews(IServiceProvider services, MeterProviderBuilder builder)
    {
    }

    /// <summary>Has the exporter's options made, with which whoever sets them may set the reader's as well.</summary>
    protected abstract void ResolveOptions(IServiceProvider services);

    /// <summary>Creates the exporter and, if there is one, its stream. They dispose of their transports.</summary>
    protected abstract void AddTo(ReaderParts parts, IServiceProvider services);

    private static ReceiverAwareMetricReader<ExporterGroup> CreateReader(
        IServiceProvider services, PushExporterRegistration[] group, (int IntervalMilliseconds, int TimeoutMilliseconds) timing)
    {
        var parts = new ReaderParts(isShared: group.Length > 1);
        try
        {
            Array.ForEach(group, registration => registration.AddTo(parts, services));
            return parts.CreateReader(timing.IntervalMilliseconds, timing.TimeoutMilliseconds);
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    private void ThrowIfNameIsTaken(PushExporterRegistration[] all)
    {
        PushExporterRegistration[] same = [.. all.Where(other => other.DisplayName == DisplayName)];
        if (same.Length > 1)
        {
            string[] methods = [.. same.Select(other => other.Method).Distinct()];
            throw new InvalidOperationException(
                $"{string.Join(" and ", methods)} {(methods.Length > 1 ? "were called" : "was called more than once")} "
                + $"{(Array.TrueForAll(same, other => other.Name.Length == 0) ? "without a name" : $"with the name '{DisplayName}'")}, "
                + "so that the exporters would share their options, or their metrics. Valid: a name of its own for each exporter "
                + $"of a provider; without one, it is {string.Join(" or ", same.Select(other => $"'{other.Unnamed}'").Distinct())}.");
        }
    }

    private (int IntervalMilliseconds, int TimeoutMilliseconds) TimingIn(IServiceProvider services)
    {
        ResolveOptions(services);
        var periodic = ReaderOptions(services).PeriodicExportingMetricReaderOptions;
        return (periodic.ExportIntervalMilliseconds ?? DefaultIntervalMilliseconds, periodic.ExportTimeoutMilliseconds ?? DefaultTimeoutMilliseconds);
    }
}
