using System.Net;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Scrapers whose time is over before their series are laid out.</summary>
[Collection(nameof(Alone))]
public sealed class LateLayoutTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Recorder recorder = new();
    private readonly System.Diagnostics.Metrics.Meter meter = TestApp.CreateMeter();
    private readonly ManualResetEventSlim mayFinish = new();
    private int encoded;

    public void Dispose()
    {
        mayFinish.Set();
        mayFinish.Dispose();
        meter.Dispose();
        recorder.Dispose();
    }

    [Fact]
    public async Task Layout_that_is_late_for_one_is_ready_for_the_next()
    {
        await using var app = await StartAsync(_ => false);
        meter.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("slow", new Slow(this)));

        // The first has it begun, the second waits for its turn.
        await BeLateAsync(app, () => Volatile.Read(ref encoded) > 0);
        Assert.Equal(HttpStatusCode.RequestTimeout, await StatusAsync(app, ExpositionSyntax.Protobuf));
        Assert.True(recorder.Count("timeout") > 0);

        mayFinish.Set();
        Assert.Contains("c_total{slow=\"told\"} 1\n", await app.GetAsync(), StringComparison.Ordinal);
        Assert.Equal(1, encoded);
        var family = Exposed.Parse(ExpositionSyntax.Protobuf, await app.GetBytesAsync(ExpositionSyntax.Protobuf)).Single(family => family.Name == "c_total");
        Assert.Equal("told", family.Samples.Single().Labels["slow"]);
        Assert.Equal(2, encoded);
        Assert.Equal(0, recorder.Count("failed"));
    }

    [Fact]
    public async Task Layout_that_fails_when_nobody_waits_any_more_is_told_and_tried_again()
    {
        var asked = 0;
        await using var app = await StartAsync(_ =>
        {
            var isFirst = Interlocked.Increment(ref asked) == 1;
            Assert.True(mayFinish.Wait(Patience), "The layout may not finish.");
            return isFirst ? throw new InvalidOperationException("Broken predicate.") : false;
        });
        meter.CreateCounter<long>("c").Add(1);
        await BeLateAsync(app, () => Volatile.Read(ref asked) > 0);
        mayFinish.Set();
        Assert.Contains("c_total 1\n", await app.GetAsync(), StringComparison.Ordinal);
        Assert.Contains(recorder.Events, entry => entry.Name == "ScrapeFailed" && entry.Text.Contains("Broken predicate.", StringComparison.Ordinal));
    }

    /// <summary>Scrapes until a layout has begun: on a busy machine the time may be over before.</summary>
    private static async Task BeLateAsync(TestApp app, Func<bool> hasBegun)
    {
        do
        {
            Assert.Equal(HttpStatusCode.RequestTimeout, await StatusAsync(app, ExpositionSyntax.Text004));
        }
        while (!hasBegun());
    }

    private static async Task<HttpStatusCode> StatusAsync(TestApp app, ExpositionSyntax syntax)
    {
        using var request = Exposed.Request(syntax);
        request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "0.2");
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private Task<TestApp> StartAsync(Func<string, bool> isConstant) => TestApp.StartAsync(
        metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(options =>
        {
            options.ScrapeResponseCacheDurationMilliseconds = 0;
            options.ScopeInfoEnabled = false;
            options.ResourceConstantLabels = isConstant;
        }),
        app => app.MapPrometheusScrapingEndpoint());

    /// <summary>A value that takes its time to become text.</summary>
    private sealed class Slow(LateLayoutTests test)
    {
        public override string ToString()
        {
            Interlocked.Increment(ref test.encoded);
            Assert.True(test.mayFinish.Wait(Patience), "The layout may not finish.");
            return "told";
        }
    }
}
