using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Scraping;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>How many collections there are for readers that keep them.</summary>
public sealed class HeldCollectionsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Readers_that_arrive_during_each_collection_hold_a_bounded_number_of_them()
    {
        using var begins = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        var collections = 0;
        var gate = new CollectionGate(
            _ =>
            {
                collections++;
                begins.Release();
                Assert.True(mayEnd.Wait(Patience), "The collection may not end.");
                return null;
            },
            TimeSpan.Zero,
            new Clock());
        var held = new List<Collection> { gate.Enter() };
        for (var collection = 1; collection <= CollectionGate.MaxHeld; collection++)
        {
            Assert.True(await begins.WaitAsync(Patience, TestContext.Current.CancellationToken), "Nothing is collected.");
            held.Add(gate.Enter());
            mayEnd.Release();
        }

        held.AddRange(Enumerable.Range(0, 20).Select(_ => gate.Enter()));
        await Task.WhenAll(held.Select(each => each.Completed)).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(CollectionGate.MaxHeld, collections);
        Assert.Equal(CollectionGate.MaxHeld, held.Select(each => each.Snapshot).Distinct().Count());

        // Whoever goes makes room for one more.
        held[0].Release();
        mayEnd.Release();
        var fresh = gate.Enter();
        await fresh.Completed.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(CollectionGate.MaxHeld + 1, collections);
    }
}
