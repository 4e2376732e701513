namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>The statistics of all exporters of the process.</summary>
/// <remarks>
/// Thread-safe. Reading takes no lock: it walks an array that nobody changes after it was published by a volatile write. Nothing is
/// kept alive: an entry lasts as long as its exporter, which its provider keeps also after it was disposed of, and the array loses the
/// others with the next addition.
/// </remarks>
internal static class ExporterRegistry
{
    private static readonly Lock Gate = new();
    private static volatile WeakReference<ExporterStatistics>[] entries = [];

    /// <summary>Those of exporters that were not disposed of.</summary>
    public static IEnumerable<ExporterStatistics> Open => Known().Where(statistics => !statistics.IsClosed);

    public static void Add(ExporterStatistics statistics)
    {
        lock (Gate)
        {
            entries = [.. entries.Where(entry => entry.TryGetTarget(out _)), new WeakReference<ExporterStatistics>(statistics)];
        }
    }

    /// <summary>Finds an exporter of a provider by its name, disposed of or not; <see langword="null"/> also if it writes another format.</summary>
    public static ExporterStatistics? Find(object provider, string exporter, ExporterFormat format)
    {
        foreach (var entry in entries)
        {
            if (entry.TryGetTarget(out var statistics)
                && statistics.Exporter == exporter
                && statistics.Format == format
                && ReferenceEquals(statistics.Provider, provider))
            {
                return statistics;
            }
        }

        return null;
    }

    private static IEnumerable<ExporterStatistics> Known()
    {
        foreach (var entry in entries)
        {
            if (entry.TryGetTarget(out var statistics))
            {
                yield return statistics;
            }
        }
    }
}
