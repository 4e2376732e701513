using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Families;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>What a scrape is answered with: an exposition to write, or a failure.</summary>
/// <remarks>For one request. Disposing it lets the collection go.</remarks>
internal sealed class Scrape : IDisposable
{
    private readonly Collection collection;
    private readonly Layout? layout;
    private readonly ExpositionFormat format;

    private Scrape(Collection collection, Layout? layout, ExpositionFormat format, ScrapeFailure? failure)
    {
        this.collection = collection;
        this.layout = layout;
        this.format = format;
        Failure = failure;
    }

    /// <summary>Why there is nothing to write, or <see langword="null"/>.</summary>
    public ScrapeFailure? Failure { get; }

    /// <summary>Cancelled when the scraper has been so slow that others need the memory.</summary>
    public CancellationToken Evicted => collection.Evicted;

    public static Scrape Of(Collection collection, Layout layout, ExpositionFormat format) => new(collection, layout, format, null);

    public static Scrape Failed(Collection collection, ExpositionFormat format, ScrapeFailure failure) => new(collection, null, format, failure);

    /// <summary>A writer that begins at the beginning.</summary>
    public ExpositionWriter CreateWriter() => new(layout!, collection.Snapshot!, format);

    public void Dispose() => collection.Release();
}
