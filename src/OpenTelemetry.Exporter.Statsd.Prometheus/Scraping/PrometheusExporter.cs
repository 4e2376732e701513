using Microsoft.AspNetCore.Http;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Collects when scraped, and writes what it is shown into an exposition.</summary>
/// <remarks>
/// <see cref="ScrapeAsync"/> is thread-safe: its gate lets one collection run at a time. <see cref="Export"/> runs inside such
/// a collection, under the SDK's own lock and maybe on another thread; the SDK's completion of the collection publishes what
/// it wrote.
/// </remarks>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private static readonly ScrapeFailure Stopped = new(
        StatusCodes.Status503ServiceUnavailable,
        "The OpenTelemetry SDK has been shut down.\n");

    private static readonly ScrapeFailure Failed = new(
        StatusCodes.Status500InternalServerError,
        $"The metrics could not be collected. The event source {PrometheusEventSource.SourceName} has the reason.\n");

    private readonly ExporterTelemetry telemetry = new();
    private readonly ScrapeGate gate;
    private readonly MetricCatalog catalog;
    private volatile Collection? current;
    private SeriesLabels? labels;

    public PrometheusExporter(string name, PrometheusAspNetCoreOptions options, TimeProvider time)
    {
        Name = name;
        Options = options;
        catalog = new MetricCatalog(options, telemetry);
        gate = new ScrapeGate(CollectInto, TimeSpan.FromMilliseconds(options.ScrapeResponseCacheDurationMilliseconds), time);
        ExporterRegistry.Add(this);
    }

    public string Name { get; }

    public PrometheusAspNetCoreOptions Options { get; }

    /// <inheritdoc/>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Collects, or shares what another scrape collected; the caller disposes the response.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting for another scrape.</exception>
    public ValueTask<ScrapeResponse> ScrapeAsync(ExpositionFormat format, CancellationToken cancellation) =>
        gate.EnterAsync(format, cancellation);

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        if (current is not { } collection)
        {
            return ExportResult.Success;
        }

        try
        {
            collection.Failure = Write(in batch, collection);
        }
#pragma warning disable CA1031 // Whatever it is, the scraper is told, and neither the SDK nor the application is bothered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            telemetry.ScrapeFailed(exception);
            collection.Failure = Failed;
        }

        collection.IsComplete = true;
        return collection.Failure is null ? ExportResult.Success : ExportResult.Failure;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        ExporterRegistry.Remove(this);
        base.Dispose(disposing);
    }

    private ScrapeResponse CollectInto(ExpositionFormat format, long begun)
    {
        var collection = new Collection(format, new ExpositionBuffer(Options.MaxScrapeResponseSizeBytes));
        current = collection;
        try
        {
            // A collection that joins one already under way may find that its batch has gone by, hence the second attempt.
            for (var attempt = 0; attempt < 2 && !collection.IsComplete; attempt++)
            {
                Collect?.Invoke(Timeout.Infinite);
            }
        }
#pragma warning disable CA1031 // Whatever it is, the scraper is told, and the application is not bothered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            telemetry.ScrapeFailed(exception);
            collection.Failure = Failed;
            collection.IsComplete = true;
        }
        finally
        {
            current = null;
        }

        if (!collection.IsComplete)
        {
            collection.Failure = Collect is null ? Stopped : Failed;
            telemetry.ScrapeFailed(collection.Failure.Reason.TrimEnd());
        }

        if (collection.Failure is not null)
        {
            collection.Output.Dispose();
        }

        return new ScrapeResponse(collection.Output, collection.Failure, begun);
    }

    private ScrapeFailure? Write(in Batch<Metric> batch, Collection collection)
    {
        var resource = ParentProvider.GetResource();
        labels ??= new SeriesLabels(resource, Options.ResourceConstantLabels, telemetry);
        var target = Options.TargetInfoEnabled ? labels.EncodeResource(resource) : null;
        var fits = target is not { Count: > 0 } || collection.Format.TryWriteTargetInfo(target, collection.Output);
        try
        {
            foreach (var family in catalog.Arrange(in batch, reserveTargetInfo: target is { Count: > 0 }))
            {
                fits = fits && collection.Format.TryWriteFamily(family, labels, collection.Output);
            }
        }
        finally
        {
            catalog.Forget();
        }

        if (fits)
        {
            return null;
        }

        telemetry.ResponseTooLarge(Options.MaxScrapeResponseSizeBytes);
        return new ScrapeFailure(
            StatusCodes.Status500InternalServerError,
            $"The metrics need more than the {Options.MaxScrapeResponseSizeBytes} bytes that MaxScrapeResponseSizeBytes allows.\n");
    }

    /// <summary>What a scrape hands to <see cref="Export"/> and gets back from it.</summary>
    private sealed class Collection(ExpositionFormat format, ExpositionBuffer output)
    {
        public ExpositionFormat Format { get; } = format;

        public ExpositionBuffer Output { get; } = output;

        public ScrapeFailure? Failure { get; set; }

        public bool IsComplete { get; set; }
    }
}
