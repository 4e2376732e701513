using System.Net;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>One failure that many scrapers are told of.</summary>
[Collection(nameof(Alone))]
public sealed class SharedFailureTests
{
    private const int Scrapers = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failed_collection_is_one_event_and_counted_for_each_scraper_that_is_told()
    {
        using var recorder = new Recorder();
        using var meter = TestApp.CreateMeter();
        using var mayEnd = new ManualResetEventSlim();
        using var collecting = new SemaphoreSlim(0);
        using var waiting = new SemaphoreSlim(0);
        meter.CreateObservableGauge("blocking", () =>
        {
            collecting.Release();
            return mayEnd.Wait(Patience) ? 1 : 0;
        });
        using var reader = ScrapeReaderFactory.Create(string.Empty, new() { ScrapeResponseCacheDurationMilliseconds = 0 }, TimeProvider.System);
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddReader(reader).Build();
        await using var app = await TestApp.StartAsync(null, app =>
        {
            app.Use((context, next) =>
            {
                // Who has been passed on waits for a collection.
                var answer = next(context);
                waiting.Release();
                return answer;
            });
            app.UseOpenTelemetryPrometheusScrapingEndpoint(provider, null, null, null, null);
        });
        var first = app.Client.GetAsync("/metrics", Cancellation);
        Assert.True(await collecting.WaitAsync(Patience, Cancellation), "Nothing is collected.");
        var others = Enumerable.Range(0, Scrapers).Select(_ => app.Client.GetAsync("/metrics", Cancellation)).ToArray();
        for (var scraper = 0; scraper <= Scrapers; scraper++)
        {
            Assert.True(await waiting.WaitAsync(Patience, Cancellation), "A scraper does not arrive.");
        }

        reader.Exporter.Shutdown();
        mayEnd.Set();

        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
        Assert.Equal(Scrapers, recorder.Count("failed"));
        Assert.Single(recorder.Events, entry => entry.Name == "ScrapeFailed");
    }
}
