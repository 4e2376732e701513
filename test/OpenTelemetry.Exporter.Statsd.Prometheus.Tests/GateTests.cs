using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>How scrapes share collections.</summary>
public sealed class GateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Clock clock = new();
    private int collections;

    [Fact]
    public async Task Collection_is_served_again_until_the_cache_duration_is_over()
    {
        var gate = new CollectionGate(Collect, TimeSpan.FromMilliseconds(300), clock);
        await EnterAsync(gate);
        clock.Advance(TimeSpan.FromMilliseconds(299));
        await EnterAsync(gate);
        Assert.Equal(1, collections);

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await EnterAsync(gate);
        Assert.Equal(2, collections);
    }

    [Fact]
    public async Task Without_cache_duration_each_scrape_collects()
    {
        var gate = new CollectionGate(Collect, TimeSpan.Zero, clock);
        for (var scrape = 1; scrape <= 3; scrape++)
        {
            await EnterAsync(gate);
            Assert.Equal(scrape, collections);
        }
    }

    [Fact]
    public async Task Failure_is_not_served_again()
    {
        var gate = new CollectionGate(
            _ =>
            {
                collections++;
                return new ScrapeFailure(500, "failed", "No.");
            },
            TimeSpan.FromMinutes(1),
            clock);
        await EnterAsync(gate);
        await EnterAsync(gate);
        Assert.Equal(2, collections);
    }

    [Fact]
    public async Task Scrapes_that_arrive_during_a_collection_share_the_next_one()
    {
        using var isCollecting = new ManualResetEventSlim();
        using var mayFinish = new ManualResetEventSlim();
        var gate = BlockingGate(isCollecting, mayFinish);
        var first = EnterAsync(gate);
        Assert.True(isCollecting.Wait(Patience, TestContext.Current.CancellationToken), "Nothing is collected.");

        var others = Enumerable.Range(0, 15).Select(_ => EnterAsync(gate)).ToArray();
        mayFinish.Set();
        await first.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await Task.WhenAll(others).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(2, collections);
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_the_gate_usable()
    {
        using var isCollecting = new ManualResetEventSlim();
        using var mayFinish = new ManualResetEventSlim();
        var gate = BlockingGate(isCollecting, mayFinish);
        var first = gate.Enter();
        Assert.True(isCollecting.Wait(Patience, TestContext.Current.CancellationToken), "Nothing is collected.");
        gate.Enter().Release();
        first.Release();
        var last = EnterAsync(gate);
        mayFinish.Set();

        await last.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(2, collections);
    }

    [Fact]
    public async Task Snapshots_are_written_again_once_nobody_reads_them()
    {
        var seen = new List<Snapshot>();
        var gate = new CollectionGate(
            snapshot =>
            {
                seen.Add(snapshot);
                return null;
            },
            TimeSpan.Zero,
            clock);
        var held = await HoldAsync(gate);
        for (var scrape = 0; scrape < 10; scrape++)
        {
            await EnterAsync(gate);
        }

        Assert.Equal(2, seen.Distinct().Count());
        Assert.Equal(1, seen.Count(snapshot => snapshot == held.Snapshot));
        held.Release();
    }

    [Fact]
    public async Task Slow_readers_hold_a_bounded_number_of_collections()
    {
        var gate = new CollectionGate(Collect, TimeSpan.Zero, clock);
        var held = new List<Collection>();
        for (var scrape = 0; scrape < 100; scrape++)
        {
            held.Add(await HoldAsync(gate));
        }

        Assert.Equal(CollectionGate.MaxHeld, collections);
        Assert.Equal(CollectionGate.MaxHeld, held.Distinct().Count());

        held[0].Release();
        await EnterAsync(gate);
        Assert.Equal(CollectionGate.MaxHeld + 1, collections);
    }

    [Fact]
    public async Task Oldest_collection_gives_way_once_it_had_its_time()
    {
        var gate = new CollectionGate(Collect, TimeSpan.Zero, clock);
        var held = new List<Collection>();
        for (var scrape = 0; scrape < CollectionGate.MaxHeld; scrape++)
        {
            held.Add(await HoldAsync(gate));
        }

        clock.Advance(CollectionGate.Grace - TimeSpan.FromMilliseconds(1));
        await EnterAsync(gate);
        Assert.Equal(CollectionGate.MaxHeld, collections);
        Assert.DoesNotContain(held, collection => collection.Evicted.IsCancellationRequested);

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await EnterAsync(gate);
        Assert.Equal(CollectionGate.MaxHeld + 1, collections);
        Assert.Equal([held[0]], held.Where(collection => collection.Evicted.IsCancellationRequested));
        held.ForEach(collection => collection.Release());
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

    private static async Task EnterAsync(CollectionGate gate) => (await HoldAsync(gate)).Release();

    private static async Task<Collection> HoldAsync(CollectionGate gate)
    {
        var collection = gate.Enter();
        await collection.Completed.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return collection;
    }

    private ScrapeFailure? Collect(Snapshot snapshot)
    {
        collections++;
        return null;
    }

    private CollectionGate BlockingGate(ManualResetEventSlim isCollecting, ManualResetEventSlim mayFinish) => new(
        snapshot =>
        {
            isCollecting.Set();
            Assert.True(mayFinish.Wait(Patience, TestContext.Current.CancellationToken), "The collection may not finish.");
            return Collect(snapshot);
        },
        TimeSpan.Zero,
        clock);
}
