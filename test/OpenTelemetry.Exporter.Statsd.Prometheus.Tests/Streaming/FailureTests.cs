using System.Net;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Limits, and code of the application that fails.</summary>
public sealed class FailureTests
{
    public static TheoryData<object> Syntaxes => [.. Exposed.Syntaxes.Cast<object>()];

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Limit_of_bytes_is_exact_and_of_what_is_not_yet_compressed(object syntax)
    {
        using var meter = TestApp.CreateMeter();
        var length = (await BodyAsync(int.MaxValue)).Length;

        foreach (var coding in new[] { null, "gzip", "br" })
        {
            Assert.Equal(length, (await BodyAsync(length, coding)).Length);
            using var response = await SendAsync(length - 1, coding);
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
            Assert.Empty(response.Content.Headers.ContentEncoding);
            Assert.Equal(
                $"The metrics need more than the {length - 1} bytes that MaxScrapeResponseSizeBytes allows.\n",
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        async Task<byte[]> BodyAsync(int limit, string? coding = null)
        {
            using var response = await SendAsync(limit, coding);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return Exposed.Decompress(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), coding);
        }

        async Task<HttpResponseMessage> SendAsync(int limit, string? coding)
        {
            await using var app = await TestApp.StartAsync(
                metrics => metrics
                    .AddMeter(meter.Name)
                    .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration())
                    .AddPrometheusExporter(options =>
                    {
                        options.MaxScrapeResponseSizeBytes = limit;
                        options.TargetInfoEnabled = false;
                    }),
                app => app.MapPrometheusScrapingEndpoint());

            meter.CreateGauge<double>("gauge").Record(1.5);
            if ((ExpositionSyntax)syntax != ExpositionSyntax.Protobuf)
            {
                // Start times, which differ from one application to another, are not always as long in protobuf.
                meter.CreateHistogram<double>("explicit").Record(3);
                meter.CreateHistogram<double>("exponential").Record(3);
            }

            using var request = Exposed.Request((ExpositionSyntax)syntax, coding);
            return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Limit_of_bytes_holds_however_many_buckets_are_allowed(object syntax)
    {
        const int Limit = 100;
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics
                .AddMeter(meter.Name)
                .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration())
                .AddPrometheusExporter(options =>
                {
                    options.MaxScrapeResponseSizeBytes = Limit;
                    options.MaxExponentialHistogramBuckets = int.MaxValue;
                    options.TargetInfoEnabled = false;
                }),
            app => app.MapPrometheusScrapingEndpoint());
        var histogram = meter.CreateHistogram<double>("exponential");
        for (var value = 1; value < 100; value++)
        {
            histogram.Record(value);
        }

        using var request = Exposed.Request((ExpositionSyntax)syntax);
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(
            $"The metrics need more than the {Limit} bytes that MaxScrapeResponseSizeBytes allows.\n",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Limit_of_series_is_exact(object syntax)
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(options =>
            {
                options.MaxScrapeSeries = 3;
                options.ScrapeResponseCacheDurationMilliseconds = 0;
            }),
            app => app.MapPrometheusScrapingEndpoint());
        var counter = meter.CreateCounter<long>("c");
        counter.Add(1);
        counter.Add(1, new KeyValuePair<string, object?>("n", 1));
        meter.CreateHistogram<long>("h").Record(1);
        Exposed.Parse((ExpositionSyntax)syntax, await app.GetBytesAsync((ExpositionSyntax)syntax));

        counter.Add(1, new KeyValuePair<string, object?>("n", 2));
        using var request = Exposed.Request((ExpositionSyntax)syntax, "gzip");
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(
            "The metrics have 4 series, more than the 3 that MaxScrapeSeries allows.\n",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Code_of_the_application_that_throws_harms_neither_other_metrics_nor_other_formats()
    {
        using var meter = TestApp.CreateMeter();
        var asked = 0;
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(options =>
            {
                options.ScrapeResponseCacheDurationMilliseconds = 0;
                options.ResourceConstantLabels = _ => Interlocked.Increment(ref asked) == 1 ? throw new InvalidOperationException("Broken predicate.") : false;
            }),
            app => app.MapPrometheusScrapingEndpoint());
        meter.CreateObservableGauge("throwing", Throw);
        meter.CreateGauge<int>("fine").Record(1, new KeyValuePair<string, object?>("broken", new Broken()));

        using (var request = Exposed.Request(ExpositionSyntax.Text004))
        using (var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.Contains(
                "OpenTelemetry-Exporter-Statsd-Prometheus",
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }

        foreach (var syntax in Exposed.Syntaxes.Reverse())
        {
            var fine = Exposed.Parse(syntax, await app.GetBytesAsync(syntax)).Single(family => family.Name == "fine");
            Assert.Equal("Broken", fine.Samples.Single().Labels["broken"]);
        }
    }

    private static int Throw() => throw new InvalidOperationException("Broken callback.");

    private sealed class Broken
    {
        public override string ToString() => throw new InvalidOperationException("Broken value.");
    }
}
