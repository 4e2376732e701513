using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>How scrapes share collections.</summary>
public sealed class GateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Clock clock = new();
    private int collections;

    [Fact]
    public async Task Response_is_served_again_until_the_cache_duration_is_over()
    {
        var gate = new ScrapeGate(Collect, TimeSpan.FromMilliseconds(300), clock);
        await EnterAsync(gate);
        clock.Advance(299);
        await EnterAsync(gate);
        Assert.Equal(1, collections);

        clock.Advance(1);
        await EnterAsync(gate);
        Assert.Equal(2, collections);
    }

    [Fact]
    public async Task Without_cache_duration_each_scrape_collects()
    {
        var gate = new ScrapeGate(Collect, TimeSpan.Zero, clock);
        for (var scrape = 1; scrape <= 3; scrape++)
        {
            clock.Advance(1);
            await EnterAsync(gate);
            Assert.Equal(scrape, collections);
        }
    }

    [Fact]
    public async Task Failure_is_not_served_again()
    {
        var gate = new ScrapeGate(Fail, TimeSpan.FromMinutes(1), clock);
        await EnterAsync(gate);
        clock.Advance(1);
        await EnterAsync(gate);
        Assert.Equal(2, collections);

        ScrapeResponse Fail(ExpositionFormat format, long begun)
        {
            collections++;
            return new ScrapeResponse(new ExpositionBuffer(1), new ScrapeFailure(500, "No."), begun);
        }
    }

    [Fact]
    public async Task Scrapes_that_arrive_during_a_collection_share_the_next_one()
    {
        using var isCollecting = new ManualResetEventSlim();
        using var mayFinish = new ManualResetEventSlim();
        var gate = new ScrapeGate(Block, TimeSpan.Zero, clock);
        var first = Task.Run(() => EnterAsync(gate), TestContext.Current.CancellationToken);
        Assert.True(isCollecting.Wait(Patience, TestContext.Current.CancellationToken), "Nothing is collected.");

        clock.Advance(1);
        var others = Enumerable.Range(0, 15).Select(_ => EnterAsync(gate)).ToArray();
        clock.Advance(1);
        mayFinish.Set();
        await first.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await Task.WhenAll(others).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(2, collections);

        ScrapeResponse Block(ExpositionFormat format, long begun)
        {
            isCollecting.Set();
            Assert.True(mayFinish.Wait(Patience, TestContext.Current.CancellationToken), "The collection may not finish.");
            return Collect(format, begun);
        }
    }

    [Fact]
    public async Task Cancelled_wait_leaves_the_gate_usable()
    {
        using var isCollecting = new ManualResetEventSlim();
        using var mayFinish = new ManualResetEventSlim();
        var gate = new ScrapeGate(Block, TimeSpan.Zero, clock);
        var first = Task.Run(() => EnterAsync(gate), TestContext.Current.CancellationToken);
        Assert.True(isCollecting.Wait(Patience, TestContext.Current.CancellationToken), "Nothing is collected.");
        using var cancelled = new CancellationTokenSource();
        var second = gate.EnterAsync(TextFormat004.Instance, cancelled.Token).AsTask();

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        mayFinish.Set();
        await first.WaitAsync(Patience, TestContext.Current.CancellationToken);
        clock.Advance(1);
        await EnterAsync(gate);

        Assert.Equal(2, collections);

        ScrapeResponse Block(ExpositionFormat format, long begun)
        {
            isCollecting.Set();
            Assert.True(mayFinish.Wait(Patience, TestContext.Current.CancellationToken), "The collection may not finish.");
            return Collect(format, begun);
        }
    }

    [Fact]
    public async Task Exception_in_a_collection_leaves_the_gate_usable()
    {
        var isBroken = true;
        var gate = new ScrapeGate(
            (format, begun) => isBroken ? throw new InvalidOperationException() : Collect(format, begun), TimeSpan.Zero, clock);
        await Assert.ThrowsAsync<InvalidOperationException>(() => EnterAsync(gate));
        isBroken = false;
        await EnterAsync(gate);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task Sixteen_scrapers_at_once_all_get_whole_expositions_while_values_are_recorded(int cacheMilliseconds)
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(o => o.ScrapeResponseCacheDurationMilliseconds = cacheMilliseconds),
            app => app.MapPrometheusScrapingEndpoint());
        var counter = meter.CreateCounter<long>("hits");
        var histogram = meter.CreateHistogram<double>("sizes");
        for (var number = 0; number < 500; number++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("n", number));
            histogram.Record(number, new KeyValuePair<string, object?>("n", number % 100));
        }

        using var stop = new CancellationTokenSource();
        var recording = Task.Run(
            () =>
            {
                for (var number = 0; !stop.IsCancellationRequested; number = (number + 1) % 500)
                {
                    counter.Add(1, new KeyValuePair<string, object?>("n", number));
                }
            },
            TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(ScrapeAsync, TestContext.Current.CancellationToken)));
        await stop.CancelAsync();
        await recording;

        async Task ScrapeAsync()
        {
            double last = 0;
            for (var round = 0; round < 5; round++)
            {
                var body = await app.Client.GetByteArrayAsync("/metrics", TestContext.Current.CancellationToken);
                var hits = TextParser.Parse(body).Single(family => family.Name == "hits_total").Samples;
                Assert.Equal(500, hits.Count);
                var sum = hits.Sum(sample => sample.Value);
                Assert.True(sum >= last, "A later scrape must not go back.");
                last = sum;
            }
        }
    }

    [Fact]
    public async Task Without_cache_a_scrape_sees_everything_recorded_before_it()
    {
        using var scrape = new Scrape();
        var counter = scrape.Meter().CreateCounter<long>("hits");
        for (var expected = 1; expected <= 50; expected++)
        {
            counter.Add(1);
            Assert.Equal(expected, Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples).Value);
        }
    }

    private static async Task EnterAsync(ScrapeGate gate)
    {
        using var response = await gate.EnterAsync(TextFormat004.Instance, TestContext.Current.CancellationToken);
    }

    private ScrapeResponse Collect(ExpositionFormat format, long begun)
    {
        collections++;
        return new ScrapeResponse(new ExpositionBuffer(1), null, begun);
    }

    /// <summary>A clock that stands still until told.</summary>
    private sealed class Clock : TimeProvider
    {
        private long now = 1;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Interlocked.Read(ref now);

        public void Advance(long milliseconds) => Interlocked.Add(ref now, milliseconds);
    }
}
