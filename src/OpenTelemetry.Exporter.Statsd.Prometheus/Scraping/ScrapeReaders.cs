using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Finds the readers of a provider, which the SDK keeps to itself.</summary>
/// <remarks>
/// Thread-safe. A provider that nobody disposes is rooted by its listener anyway, so listing its readers prolongs no life.
/// </remarks>
internal static class ScrapeReaders
{
    private static readonly Lock Gate = new();
    private static readonly List<ScrapeReader> Readers = [];

    public static void Add(ScrapeReader reader)
    {
        lock (Gate)
        {
            Readers.Add(reader);
        }
    }

    public static void Remove(ScrapeReader reader)
    {
        lock (Gate)
        {
            Readers.Remove(reader);
        }
    }

    /// <summary>The reader of the exporter of that name, or else the only one of <paramref name="provider"/>; <see langword="null"/> if it has none.</summary>
    /// <exception cref="InvalidOperationException">
    /// None has that name, and there are several: they may show different things, and ask for different credentials.
    /// </exception>
    public static ScrapeReader? Find(MeterProvider provider, string name)
    {
        List<ScrapeReader> readers;
        lock (Gate)
        {
            readers = Readers.FindAll(reader => reader.Exporter.ParentProvider == provider);
        }

        if (readers.Find(reader => reader.Exporter.Name == name) is { } named)
        {
            return named;
        }

        return readers.Count < 2 ? readers.FirstOrDefault() : throw new InvalidOperationException(
            $"The MeterProvider has no Prometheus exporter with the name '{name}'. Its exporters have the names "
            + $"{string.Join(", ", readers.Select(reader => $"'{reader.Exporter.Name}'"))}; give one of these as optionsName.");
    }
}
