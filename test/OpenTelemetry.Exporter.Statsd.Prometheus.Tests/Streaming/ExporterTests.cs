using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>What is collected by others than scrapers.</summary>
public sealed class ExporterTests
{
    [Fact]
    public async Task Scrape_sees_what_was_recorded_before_it_although_the_application_flushes()
    {
        using var scrape = new Tests.Scrape();
        var counter = scrape.Meter().CreateCounter<long>("hits");
        using var stop = new CancellationTokenSource();
        var flushing = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    scrape.Provider.ForceFlush();
                }
            },
            TestContext.Current.CancellationToken);
        for (var expected = 1; expected <= 3000; expected++)
        {
            counter.Add(1);
            Assert.Equal(expected, Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples).Value);
        }

        await stop.CancelAsync();
        await flushing;
    }
}
