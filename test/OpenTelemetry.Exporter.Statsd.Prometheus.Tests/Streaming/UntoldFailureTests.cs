using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Exporter.Prometheus.Tests.Safety;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Failures that the scraper cannot be told of, as writing the answer fails too.</summary>
[Collection(nameof(Alone))]
public sealed class UntoldFailureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scrape_is_counted_once_for_its_first_failure()
    {
        using var recorder = new Recorder();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter(options => options.MaxScrapeResponseSizeBytes = 1),
            app =>
            {
                app.Use((context, next) =>
                {
                    context.Response.Body = new BrokenStream();
                    return next(context);
                });
                app.MapPrometheusScrapingEndpoint();
            });

        await Record.ExceptionAsync(() => app.Client.GetAsync("/metrics", Cancellation));

        Assert.Equal((1, 0), (recorder.Count("too_large"), recorder.Count("failed")));
    }

    [Fact]
    public async Task Scrape_on_a_connection_that_gives_way_counts_as_that_alone()
    {
        var port = FreePort.Find();
        using var recorder = new Recorder();
        using var meter = TestApp.CreateMeter();
        using var mayEnd = new ManualResetEventSlim();
        var collecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        meter.CreateObservableGauge("blocking", () =>
        {
            collecting.TrySetResult();
            return mayEnd.Wait(TimeSpan.FromMinutes(2)) ? 1 : 0;
        });
        var flood = Enumerable.Range(0, ScrapeListener.MaxConnections).Select(_ => new TcpClient()).ToList();
        using (var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddPrometheusExporter(o => o.Port = port).Build())
        {
            await ScrapeReaders.Find(provider, string.Empty)!.Listener!.Listening.WaitAsync(Cancellation);
            using var client = new HttpClient();
            var scrape = client.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Cancellation);
            await collecting.Task.WaitAsync(Cancellation);

            await Task.WhenAll(flood.Select(each => each.ConnectAsync(IPAddress.Loopback, port, Cancellation).AsTask()));

            await Assert.ThrowsAsync<HttpRequestException>(() => scrape);
            mayEnd.Set();
        }

        flood.ForEach(each => each.Dispose());
        Assert.Equal(1, recorder.Count("too_many"));
        Assert.All(["failed", "timeout", "slow_scraper"], reason => Assert.Equal(0, recorder.Count(reason)));
    }

    /// <summary>Middleware's own, which nothing can be written to.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Broken.");
    }
}
