namespace Benchmarks.Prometheus;

/// <summary>An exporter that can be served.</summary>
/// <param name="Name">What its program calls it.</param>
/// <param name="Assembly">Its program, which is started with <see cref="ScrapeServer.Command"/>.</param>
internal sealed record ScrapeExporter(string Name, string Assembly)
{
    /// <summary>Ours and the floors, and those of <c>test/Benchmarks.Rivals</c> if it has been built.</summary>
    /// <param name="rivals">Its assembly; <see langword="null"/> for none.</param>
    public static IReadOnlyList<ScrapeExporter> All(string? rivals)
    {
        var own = typeof(ScrapeExporter).Assembly.Location;
        List<ScrapeExporter> all = [new(ExporterNames.Walk, own), new(ExporterNames.Blank, own), new(ExporterNames.Ours, own)];
        if (rivals is not null)
        {
            all.AddRange([new(ExporterNames.Official, rivals), new(ExporterNames.PrometheusNet, rivals)]);
        }

        return all;
    }
}
