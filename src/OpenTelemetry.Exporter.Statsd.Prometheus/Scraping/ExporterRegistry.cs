using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Finds the exporters of a provider, which the SDK keeps to itself.</summary>
/// <remarks>
/// Thread-safe. An exporter is listed from its construction to its disposal. A provider that nobody disposes is rooted by its
/// listener anyway, so listing its exporter prolongs no life.
/// </remarks>
internal static class ExporterRegistry
{
    private static readonly Lock Gate = new();
    private static readonly List<PrometheusExporter> Exporters = [];

    public static void Add(PrometheusExporter exporter)
    {
        lock (Gate)
        {
            Exporters.Add(exporter);
        }
    }

    public static void Remove(PrometheusExporter exporter)
    {
        lock (Gate)
        {
            Exporters.Remove(exporter);
        }
    }

    /// <summary>The exporter of that name, or else the first one of <paramref name="provider"/>.</summary>
    public static PrometheusExporter? Find(MeterProvider provider, string name)
    {
        lock (Gate)
        {
            return Exporters.Find(exporter => exporter.ParentProvider == provider && exporter.Name == name)
                ?? Exporters.Find(exporter => exporter.ParentProvider == provider);
        }
    }
}
