using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>What the endpoint answers when things are not as usual.</summary>
public sealed class LifecycleTests
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    [Theory]
    [InlineData(null, "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/json", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("text/plain;version=1.0.0;escaping=allow-utf-8", "text/plain; version=1.0.0; charset=utf-8; escaping=underscores")]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores")]
    [InlineData("application/openmetrics-text;version=0.0.1", "application/openmetrics-text; version=0.0.1; charset=utf-8")]
    [InlineData(
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores")]
    public async Task Response_says_what_it_is(string? accept, string contentType)
    {
        await using var app = await TestApp.StartAsync(metrics => metrics.AddPrometheusExporter(), app => app.MapPrometheusScrapingEndpoint());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
        Assert.Contains("target_info", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", false)]
    public async Task Disabled_sdk_gives_an_empty_exposition(string disabled, bool isMapped)
    {
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter(),
            app => _ = isMapped ? (object)app.MapPrometheusScrapingEndpoint() : app.UseOpenTelemetryPrometheusScrapingEndpoint(),
            [new("OTEL_SDK_DISABLED", disabled)]);

        using var response = await app.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(ContentType, response.Content.Headers.ContentType!.ToString());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Too_large_a_response_is_an_error_with_a_reason_an_event_and_a_count()
    {
        using var recorder = new Recorder();
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(options =>
            {
                options.MaxScrapeResponseSizeBytes = 4321;
                options.TargetInfoEnabled = false;
                options.ScopeInfoEnabled = false;
                options.ScrapeResponseCacheDurationMilliseconds = 0;
            }),
            app => app.MapPrometheusScrapingEndpoint());
        var gauge = meter.CreateGauge<int>("g", null, "G.");
        var length = "# HELP g G.\n# TYPE g gauge\n".Length;
        for (var number = 1000; length + 14 <= 4321; number++, length += 14)
        {
            gauge.Record(1, new KeyValuePair<string, object?>("n", number));
        }

        Assert.Equal(length, (await app.GetAsync()).Length);

        gauge.Record(1, new KeyValuePair<string, object?>("n", 9999));
        using var response = await app.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            "The metrics need more than the 4321 bytes that MaxScrapeResponseSizeBytes allows.\n",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains(recorder.Events, entry => entry.Name == "ResponseTooLarge" && entry.Text.Contains("4321", StringComparison.Ordinal));
        Assert.True(recorder.Count("too_large") >= 1);
    }

    [Fact]
    public async Task Response_of_many_segments_is_whole()
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(),
            app => app.MapPrometheusScrapingEndpoint());
        var counter = meter.CreateCounter<long>("c");
        var large = new string('x', 200_000);
        for (var number = 0; number < 1500; number++)
        {
            counter.Add(number, new("n", number), new("padding", new string('y', number % 300)));
        }

        counter.Add(1, new KeyValuePair<string, object?>("large", large));

        using var response = await app.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        var family = TextParser.Parse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))
            .Single(family => family.Name == "c_total");

        Assert.Equal(1501, family.Samples.Count);
        Assert.All(family.Samples, sample => Assert.Equal(sample.Labels.TryGetValue("n", out var n) ? n : "1", $"{sample.Value}"));
        Assert.Contains(family.Samples, sample => sample.Labels.GetValueOrDefault("large") == large);
    }

    [Fact]
    public async Task Predicate_that_throws_is_an_error_with_an_event()
    {
        using var recorder = new Recorder();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter(o => o.ResourceConstantLabels = _ => throw new InvalidOperationException("Broken predicate.")),
            app => app.MapPrometheusScrapingEndpoint());

        using var response = await app.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains(
            "OpenTelemetry-Exporter-Statsd-Prometheus",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Contains(recorder.Events, entry => entry.Name == "ScrapeFailed" && entry.Text.Contains("Broken predicate.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Shut_down_provider_answers_503_and_may_be_disposed_again()
    {
        var provider = Sdk.CreateMeterProviderBuilder().AddPrometheusExporter().Build();
        await using var app = await TestApp.StartAsync(null, app => app.MapPrometheusScrapingEndpoint(null, provider, null, null));
        Assert.Contains("target_info", await app.GetAsync(), StringComparison.Ordinal);

        var reader = ScrapeReaders.Find(provider, string.Empty);
        provider.Dispose();
        provider.Dispose();
        reader!.Dispose();

        Assert.Null(ScrapeReaders.Find(provider, string.Empty));
        using var response = await PollAsync(app, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(
            "The OpenTelemetry SDK has been shut down.\n",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Shut_down_provider_that_is_not_disposed_answers_503()
    {
        using var provider = Sdk.CreateMeterProviderBuilder().AddPrometheusExporter(o => o.ScrapeResponseCacheDurationMilliseconds = 0).Build();
        await using var app = await TestApp.StartAsync(null, app => app.MapPrometheusScrapingEndpoint(null, provider, null, null));
        Assert.Contains("target_info", await app.GetAsync(), StringComparison.Ordinal);

        Assert.True(provider.Shutdown());

        using var response = await app.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task Type_conflict_is_an_event()
    {
        using var recorder = new Recorder();
        using var scrape = new Scrape();
        scrape.Meter("one").CreateUpDownCounter<long>("same.name").Add(1);
        scrape.Meter("two").CreateHistogram<long>("same.name").Record(2);

        await scrape.TextAsync();
        await scrape.TextAsync();

        Assert.Single(recorder.Events, entry => entry.Name == "NameConflict"
            && entry.Text.Contains(scrape.Prefix, StringComparison.Ordinal)
            && entry.Text.Contains("'same_name_distribution': 'same_name' is taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disposed_meters_leave_the_exposition()
    {
        using var scrape = new Scrape();
        var meter = scrape.Meter();
        meter.CreateGauge<int>("gone").Record(1);
        scrape.Meter("stays").CreateGauge<int>("here").Record(1);
        Assert.Equal(2, (await scrape.FamiliesAsync()).Count);

        meter.Dispose();
        await scrape.FamiliesAsync();

        Assert.Equal("here", Assert.Single(await scrape.FamiliesAsync()).Name);
    }

    /// <summary>The last good response is served for the cache duration, whatever has happened since.</summary>
    private static async Task<HttpResponseMessage> PollAsync(TestApp app, HttpStatusCode expected)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var response = await app.Client.GetAsync("/metrics", deadline.Token);
            if (response.StatusCode == expected)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(20, deadline.Token);
        }
    }
}
