using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void Scrape_allocates_next_to_nothing_however_many_points_there_are()
    {
        using var scrape = new Scrape(resource: new() { ["service.name"] = "shop" });
        var meter = scrape.Meter("m", "1.0", [new("team", "core")]);
        var counter = meter.CreateCounter<long>("hits", "{hit}");
        var gauge = meter.CreateGauge<double>("level", "s");
        var histogram = meter.CreateHistogram<double>("sizes", "By");
        for (var number = 0; number < 1000; number++)
        {
            KeyValuePair<string, object?>[] tags = [new("url.path", $"/{number}"), new("status.code", 200), new("ok", true)];
            counter.Add(1, tags);
            gauge.Record(1.5, tags);
            histogram.Record(number, tags);
        }

        var exporter = ExporterRegistry.Find(scrape.Provider, string.Empty)!;
        Measure(exporter);

        // The least of several, because the pool may have to replace memory that a collection of garbage took from it.
        var least = Enumerable.Range(0, 20).Min(_ => Measure(exporter));

        Assert.True(least < 4096, $"A scrape of 3,000 points allocated {least} bytes.");
    }

    private static long Measure(PrometheusExporter exporter)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var scraping = exporter.ScrapeAsync(TextFormat004.Instance, CancellationToken.None).AsTask();
        Assert.True(scraping.IsCompletedSuccessfully, "Nothing else scrapes, so it ends on this thread.");
        scraping.GetAwaiter().GetResult().Dispose();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
