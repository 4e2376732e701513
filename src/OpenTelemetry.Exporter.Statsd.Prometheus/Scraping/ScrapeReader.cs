using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Owns an exporter and, if it has one, the server of its own port.</summary>
/// <remarks>Thread-safe. Found by its provider from its construction to its disposal.</remarks>
internal sealed class ScrapeReader : BaseExportingMetricReader
{
    public ScrapeReader(PrometheusExporter exporter, ScrapeListener? listener)
        : base(exporter)
    {
        Exporter = exporter;
        Listener = listener;
        TemporalityPreference = MetricReaderTemporalityPreference.Cumulative;
        ScrapeReaders.Add(this);
    }

    public PrometheusExporter Exporter { get; }

    /// <summary>What serves the exporter on a port of its own; <see langword="null"/> without one.</summary>
    public ScrapeListener? Listener { get; }

    /// <summary>Collects for scrapes alone. A flush or the end of the provider has nothing to do here, and does not fail.</summary>
    protected override bool OnCollect(int timeoutMilliseconds) => !Exporter.IsScraped || base.OnCollect(timeoutMilliseconds);

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        // Waits for a collection under way. From here on scrapers are told of the end.
        var began = Environment.TickCount64;
        var isDone = base.OnShutdown(timeoutMilliseconds);
        var left = timeoutMilliseconds == Timeout.Infinite ? Timeout.Infinite : Math.Max(timeoutMilliseconds - (Environment.TickCount64 - began), 0);
        return Listener?.Stop((int)left) != false && isDone;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Listener?.Dispose();
            ScrapeReaders.Remove(this);
        }

        base.Dispose(disposing);
    }
}
