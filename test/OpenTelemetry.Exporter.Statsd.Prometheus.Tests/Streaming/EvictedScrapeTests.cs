using System.Net;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Scrapes that have to give way before anything was sent.</summary>
[Collection(nameof(Alone))]
public sealed class EvictedScrapeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scrape_that_gives_way_before_it_is_answered_is_told_why()
    {
        using var recorder = new Recorder();
        using var meter = TestApp.CreateMeter();
        using var mayLayOut = new ManualResetEventSlim();
        using var collected = new SemaphoreSlim(0);
        var clock = new Clock();
        meter.CreateObservableGauge("collected", () => collected.Release());
        var options = new PrometheusAspNetCoreOptions
        {
            ScrapeResponseCacheDurationMilliseconds = 0,
            ResourceConstantLabels = _ => !mayLayOut.Wait(Patience),
        };
        using var reader = ScrapeReaderFactory.Create(string.Empty, options, clock);
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddReader(reader).Build();
        await using var app = await TestApp.StartAsync(null, app => app.MapPrometheusScrapingEndpoint(null, provider, null, null));
        var scrapes = new List<Task<HttpResponseMessage>>();
        for (var held = 1; held <= CollectionGate.MaxHeld; held++)
        {
            await ScrapeAsync();
        }

        clock.Advance(CollectionGate.Grace);
        await ScrapeAsync();

        // At once, although no layout is ready yet, nor will be as long as this is waited for.
        var first = await scrapes[0].WaitAsync(Patience / 2, Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.Equal(
            "The scrape took so long that its memory was needed for later ones.\n",
            await first.Content.ReadAsStringAsync(Cancellation));
        mayLayOut.Set();

        var others = await Task.WhenAll(scrapes[1..]);
        Assert.All(others, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, recorder.Count("slow_scraper"));
        Assert.Single(recorder.Events, entry => entry.Name == "ScraperTooSlow");

        async Task ScrapeAsync()
        {
            scrapes.Add(app.Client.GetAsync("/metrics", Cancellation));
            Assert.True(await collected.WaitAsync(Patience, Cancellation), "Nothing is collected.");
        }
    }
}
