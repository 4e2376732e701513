using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Collects when scraped, and gives each scrape what it needs to write its own response.</summary>
/// <remarks>
/// <see cref="ScrapeAsync"/> is thread-safe: its gate lets one collection run at a time. <see cref="Export"/> runs inside such
/// a collection, on its thread and under the SDK's own lock. The modes say more than that, because to the SDK the flush of a provider
/// fails where there is an exporter that can only be pulled; <see cref="ScrapeReader"/> sees to it that none is exported to.
/// </remarks>
[ExportModes(ExportModes.Push | ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private const int MaxAttempts = 100;

    private readonly CollectionGate gate;
    private readonly Collector collector;
    private readonly LayoutGate layouts;
    private readonly ExpositionFormats formats;
    private volatile Session? current;
    private volatile bool isShutDown;

    public PrometheusExporter(string name, PrometheusAspNetCoreOptions options, TimeProvider time)
    {
        Name = name;
        Options = options.Copy();
        gate = new CollectionGate(Collect, TimeSpan.FromMilliseconds(options.ScrapeResponseCacheDurationMilliseconds), time);
        var families = options.ReadFamilies();
        collector = new Collector(families.Attributes, Telemetry);
        layouts = new LayoutGate(new Layouts(families, Telemetry, time), Telemetry);
        formats = new ExpositionFormats(
            new ExpositionSettings(options.MaxExponentialHistogramBuckets, options.NativeHistogramsWithClassicBuckets),
            families.Naming.EscapesFirst);
        Admission = new ScrapeAdmission(EndpointCredentials.Create(options), Telemetry);
    }

    public string Name { get; }

    public PrometheusAspNetCoreOptions Options { get; }

    public ExporterTelemetry Telemetry { get; } = new();

    /// <summary>Which requests are answered with metrics.</summary>
    public ScrapeAdmission Admission { get; }

    /// <inheritdoc/>
    Func<int, bool>? IPullMetricExporter.Collect { get; set; }

    /// <summary>Whether this thread collects for a scrape.</summary>
    public bool IsScraped => current?.Thread == Environment.CurrentManagedThreadId;

    /// <summary>The format that was negotiated.</summary>
    public ExpositionFormat FormatOf(NegotiatedFormat negotiated) => formats[negotiated];

    /// <summary>Collects, or shares what was collected for another scrape; the caller disposes the result.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to write. A scrape that gives way to others has failed instead.</exception>
    public async ValueTask<Scrape> ScrapeAsync(ExpositionFormat format, CancellationToken cancellation)
    {
        var collection = gate.Enter();
        try
        {
            await collection.Completed.WaitAsync(cancellation).ConfigureAwait(false);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, collection.Evicted);
            return await LayOutAsync(collection, format, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (collection.Evicted.IsCancellationRequested)
        {
            Telemetry.ScraperTooSlow();
            return Scrape.Failed(collection, format, ScrapeFailure.Evicted);
        }
        catch
        {
            collection.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        // The reader collects for scrapes alone.
        Debug.Assert(IsScraped, "Nobody else is to be exported to.");
        if (current is not { } session)
        {
            return ExportResult.Success;
        }

        try
        {
            collector.Collect(in batch, session.Snapshot);
        }
#pragma warning disable CA1031 // Whatever it is, the scraper is told, and neither the SDK nor the application is bothered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Telemetry.ScrapeFailed(exception);
            session.Failure = ScrapeFailure.Failed;
        }

        session.IsComplete = true;
        return session.Failure is null ? ExportResult.Success : ExportResult.Failure;
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        isShutDown = true;
        return true;
    }

    private ScrapeFailure? Collect(Snapshot snapshot)
    {
        // The exporter's own port may be listened on before the provider is complete and has its resource.
        if (ParentProvider is null || isShutDown)
        {
            var reason = isShutDown ? ScrapeFailure.Stopped : ScrapeFailure.Incomplete;
            Telemetry.ScrapeFailed(reason.Reason.TrimEnd());
            return reason;
        }

        var collect = ((IPullMetricExporter)this).Collect;
        var session = new Session(snapshot);
        current = session;
        try
        {
            // It may join one that the application has begun by flushing its provider, and the SDK does not export to us then.
            // One that has ended can still be joined until its thread goes on, which is waited for.
            var wait = default(SpinWait);
            for (var attempt = 0; attempt < MaxAttempts && !session.IsComplete; attempt++)
            {
                if (attempt > 0)
                {
                    wait.SpinOnce();
                }

                collect?.Invoke(Timeout.Infinite);
            }
        }
#pragma warning disable CA1031 // Whatever it is, the scraper is told, and the application is not bothered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Telemetry.ScrapeFailed(exception);
            return ScrapeFailure.Failed;
        }
        finally
        {
            current = null;
        }

        if (session.IsComplete)
        {
            return session.Failure;
        }

        var failure = collect is null ? ScrapeFailure.Stopped : ScrapeFailure.Failed;
        Telemetry.ScrapeFailed(failure.Reason.TrimEnd());
        return failure;
    }

    private async ValueTask<Scrape> LayOutAsync(Collection collection, ExpositionFormat format, CancellationToken cancellation)
    {
        if (collection.Failure is { } failure)
        {
            return Scrape.Failed(collection, format, failure);
        }

        var structure = collection.Snapshot!.Structure;
        if (structure.SeriesCount > Options.MaxScrapeSeries)
        {
            Telemetry.TooManySeries(Options.MaxScrapeSeries.Value);
            return Scrape.Failed(collection, format, new ScrapeFailure(
                StatusCodes.Status500InternalServerError,
                "too_many_series",
                $"The metrics have {structure.SeriesCount} series, more than the {Options.MaxScrapeSeries} that MaxScrapeSeries allows.\n"));
        }

        var layout = await layouts.LayOutAsync(structure, format, ParentProvider.GetResource(), cancellation).ConfigureAwait(false);
        if (layout is null)
        {
            return Scrape.Failed(collection, format, ScrapeFailure.Failed);
        }

        var scrape = Scrape.Of(collection, layout, format);
        if (!ExpositionSize.Exceeds(scrape.CreateWriter, Options.MaxScrapeResponseSizeBytes, cancellation))
        {
            return scrape;
        }

        Telemetry.ResponseTooLarge(Options.MaxScrapeResponseSizeBytes);
        return Scrape.Failed(collection, format, new ScrapeFailure(
            StatusCodes.Status500InternalServerError,
            "too_large",
            $"The metrics need more than the {Options.MaxScrapeResponseSizeBytes} bytes that MaxScrapeResponseSizeBytes allows.\n"));
    }

    /// <summary>What a collection hands to <see cref="Export"/> and gets back from it.</summary>
    private sealed class Session(Snapshot snapshot)
    {
        public Snapshot Snapshot { get; } = snapshot;

        /// <summary>The thread that collects, which is the one that the SDK exports on where there is no time limit.</summary>
        public int Thread { get; } = Environment.CurrentManagedThreadId;

        public ScrapeFailure? Failure { get; set; }

        public bool IsComplete { get; set; }
    }
}
