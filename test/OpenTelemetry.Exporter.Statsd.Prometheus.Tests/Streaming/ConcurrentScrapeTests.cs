using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;
using Sample = OpenTelemetry.Exporter.Prometheus.Tests.Parsing.Sample;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Many scrapers of all formats at once, while the application goes on.</summary>
public sealed class ConcurrentScrapeTests
{
    private const int Scrapers = 32;
    private const int Rounds = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly string?[] Codings = [null, "gzip", "br"];

    [Fact]
    public async Task All_get_whole_expositions_that_never_go_back_and_share_collections()
    {
        var collections = 0;
        var waiting = 0;
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics
                .AddMeter(meter.Name)
                .AddView("latency", new Base2ExponentialBucketHistogramConfiguration())
                .AddPrometheusExporter(options => options.ScrapeResponseCacheDurationMilliseconds = 0),
            app =>
            {
                app.Use((context, next) =>
                {
                    // Who has been passed on waits for a collection.
                    var answer = next(context);
                    Interlocked.Increment(ref waiting);
                    return answer;
                });
                app.MapPrometheusScrapingEndpoint();
            });
        meter.CreateObservableGauge("collections", () =>
        {
            // The first is for one; two of those that come meanwhile have to share the second.
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref waiting) >= 3, Patience), "Nobody waits for a collection.");
            return Interlocked.Increment(ref collections);
        });
        using var stop = new CancellationTokenSource();
        var recording = Task.Run(() => Record(meter, stop.Token), TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, Scrapers).Select(number => Task.Run(
            () => ScrapeAsync(app, Exposed.Syntaxes[number % Exposed.Syntaxes.Length], Codings[number % Codings.Length]),
            TestContext.Current.CancellationToken)));

        await stop.CancelAsync();
        await recording;
        Assert.InRange(collections, Rounds, (Scrapers * Rounds) - 1);
    }

    private static void Record(Meter meter, CancellationToken stop)
    {
        var hits = meter.CreateCounter<long>("hits");
        var latency = meter.CreateHistogram<double>("latency");
        var sizes = meter.CreateHistogram<long>("sizes");
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            // A new series now and then.
            var series = new KeyValuePair<string, object?>("n", number % Math.Min(200, 1 + (number / 100)));
            hits.Add(1, series);
            latency.Record(number, series);
            sizes.Record(number % 5000, series);
        }
    }

    private static async Task ScrapeAsync(TestApp app, ExpositionSyntax syntax, string? coding)
    {
        var last = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            var families = Exposed.Parse(syntax, await app.GetBytesAsync(syntax, coding));
            foreach (var sample in Totals(families))
            {
                Assert.True(sample.Value >= last.GetValueOrDefault(sample.Key), $"{syntax}: {sample.Key} went back.");
                last[sample.Key] = sample.Value;
            }
        }

        Assert.NotEmpty(last);
    }

    private static IEnumerable<KeyValuePair<string, double>> Totals(List<Family> families)
    {
        var samples = families.SelectMany(family => family.Samples)
            .Where(sample => sample.Name is "collections" or "hits_total" or "latency_count" or "sizes_count")
            .Select(sample => KeyValuePair.Create(sample.Series, sample.Value));
        var natives = families.SelectMany(family => family.NativeHistograms)
            .Select(histogram => KeyValuePair.Create("native" + Sample.Key(histogram.Labels), (double)histogram.Count));
        return samples.Concat(natives);
    }
}
