using System.Globalization;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Readers that stop reading.</summary>
[Collection(nameof(Alone))]
public sealed class SlowReaderTests
{
    private const int Series = 20_000;
    private const int Patience = 240_000;
    private const string OneSecond = "X-Prometheus-Scrape-Timeout-Seconds: 1\r\n";

    [Theory]
    [InlineData("")]
    [InlineData("Accept-Encoding: gzip\r\n")]
    [InlineData("Accept-Encoding: br\r\n")]
    [InlineData("Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited\r\n")]
    public async Task Others_get_fresh_values_meanwhile(string headers)
    {
        await using var large = await LargeApp.StartAsync();
        using var slow = await large.SlowReaderAsync(headers);

        for (var value = 1; value <= 3; value++)
        {
            Assert.Equal(value, await large.ObserveAsync(value));
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Whoever_keeps_too_many_collections_gives_way_to_others_and_is_counted()
    {
        using var recorder = new Recorder();
        await using var large = await LargeApp.StartAsync();
        var readers = new List<RawScraper>();
        for (var reader = 0; reader < CollectionGate.MaxHeld; reader++)
        {
            readers.Add(await large.SlowReaderAsync("X-Prometheus-Scrape-Timeout-Seconds: 600\r\n"));
        }

        await large.FreshAsync();

        while (recorder.Count("slow_scraper") == 0)
        {
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        Assert.Contains(recorder.Events, entry => entry.Name == "ScraperTooSlow");
        var (text, isReset) = await readers[0].ReadToEndAsync();
        Assert.True(isReset || !text.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "What is not whole looks whole.");
        readers.ForEach(reader => reader.Dispose());
    }

    [Theory(Timeout = Patience)]
    [InlineData("")]
    [InlineData("Accept-Encoding: gzip\r\n")]
    [InlineData("Accept-Encoding: br\r\n")]
    public async Task Whoever_is_not_done_in_time_is_broken_off_and_counted(string headers)
    {
        using var recorder = new Recorder();
        await using var large = await LargeApp.StartAsync();

        // Once the series are known, a second is enough to begin.
        await large.ObserveAsync(1);
        var readers = new List<RawScraper>();
        var late = 0;
        while (readers.Count < CollectionGate.MaxHeld)
        {
            if (await large.TrySlowReaderAsync(headers + OneSecond) is { } reader)
            {
                readers.Add(reader);
            }
            else
            {
                late++;
            }
        }

        await large.FreshAsync();
        while (recorder.Count("timeout") < readers.Count + late)
        {
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        foreach (var reader in readers)
        {
            var (text, isReset) = await reader.ReadToEndAsync();
            Assert.True(isReset || !text.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "What is not whole looks whole.");
            reader.Dispose();
        }

        Assert.Equal(0, recorder.Count("failed"));
        Assert.Contains(recorder.Events, entry => entry.Name == "ScrapeTimedOut");
    }

    /// <summary>An application with a response that is far larger than what sockets hold.</summary>
    private sealed class LargeApp : IAsyncDisposable
    {
        private readonly System.Diagnostics.Metrics.Meter meter = TestApp.CreateMeter();
        private TestApp app = null!;
        private int value;

        public static async Task<LargeApp> StartAsync()
        {
            var large = new LargeApp();
            large.app = await TestApp.StartAsync(
                metrics => metrics
                    .AddMeter(large.meter.Name)
                    .AddView("large", new MetricStreamConfiguration { CardinalityLimit = Series + 1 })
                    .AddPrometheusExporter(options =>
                    {
                        options.ScrapeResponseCacheDurationMilliseconds = 0;
                        options.ScrapeResponseTimeoutMilliseconds = int.MaxValue;
                    }),
                app => app.MapPrometheusScrapingEndpoint());
            large.meter.CreateObservableGauge("fresh", () => Volatile.Read(ref large.value));
            var counter = large.meter.CreateCounter<long>("large");
            for (var number = 0; number < Series; number++)
            {
                // Nothing that compresses well: the compressed response has to be larger than what sockets hold, too, which is some megabytes.
                counter.Add(1, new KeyValuePair<string, object?>("n", string.Concat(Enumerable.Range(0, 16).Select(_ => Guid.NewGuid().ToString("N")))));
            }

            return large;
        }

        /// <summary>A reader that has got the first bytes of its response, and reads no more.</summary>
        public async Task<RawScraper> SlowReaderAsync(string headers)
        {
            var reader = await TrySlowReaderAsync(headers);
            Assert.NotNull(reader);
            return reader;
        }

        /// <summary>Likewise; <see langword="null"/> where the reader's time was over before, as may be on a busy machine.</summary>
        public async Task<RawScraper?> TrySlowReaderAsync(string headers)
        {
            var reader = await RawScraper.SendAsync(app, headers);
            var head = await HeadAsync(reader);
            if (head.Length == 0 || head.StartsWith("HTTP/1.1 408", StringComparison.Ordinal))
            {
                reader.Dispose();
                return null;
            }

            Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
            return reader;
        }

        /// <summary>The first bytes of a response; none if it was broken off before they were sent.</summary>
        private static async Task<string> HeadAsync(RawScraper reader)
        {
            try
            {
                return await reader.ReadAsync(64);
            }
            catch (System.Net.Sockets.SocketException)
            {
                return string.Empty;
            }
        }

        /// <summary>The value that a scrape finds after <paramref name="newValue"/> is set.</summary>
        public async Task<int> ObserveAsync(int newValue)
        {
            Volatile.Write(ref value, newValue);
            var body = await app.GetBytesAsync(ExpositionSyntax.Text004);
            var start = body.AsSpan().IndexOf("\nfresh{"u8);
            var line = System.Text.Encoding.UTF8.GetString(body.AsSpan(start + 1, 200)).Split('\n')[0];
            return int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
        }

        /// <summary>Scrapes until twenty scrapes in a row have found the newest value.</summary>
        public async Task FreshAsync()
        {
            for (int newValue = 1, fresh = 0; fresh < 20; newValue++)
            {
                fresh = await ObserveAsync(newValue) == newValue ? fresh + 1 : 0;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            meter.Dispose();
        }
    }
}
