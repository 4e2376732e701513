using System.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Collecting;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Lets one collection run at a time, and lets scrapes share it, whatever their formats.</summary>
/// <remarks>
/// <para>Thread-safe. A collection serves a scrape if it begins after that scrape arrived, so that whoever waits together shares one
/// and still sees everything recorded before it asked; or if it is a success younger than the cache duration.</para>
/// <para>Collections run on the thread pool. Whoever waits may give up without harm to the others.</para>
/// <para>No more than <see cref="MaxHeld"/> collections are kept for readers that are slow. For another one the oldest is evicted; as long as that is
/// younger than <see cref="Grace"/>, so that no reader is broken off before, the latest one serves once more instead.</para>
/// </remarks>
/// <param name="collect">Fills a snapshot; called by one thread at a time, and never throws.</param>
/// <param name="cacheDuration">For how long a success is served again.</param>
/// <param name="time">The clock.</param>
internal sealed class CollectionGate(Func<Snapshot, ScrapeFailure?> collect, TimeSpan cacheDuration, TimeProvider time)
{
    /// <summary>The most collections to keep in memory for slow readers.</summary>
    public const int MaxHeld = 8;

    /// <summary>How long a collection may be sent, however many others there are.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private const int MaxFree = 2;

    private readonly Lock gate = new();
    private readonly Stack<Snapshot> free = [];

    /// <summary>The collections whose snapshots are in use, in the order in which they began.</summary>
    private readonly List<Collection> held = [];

    private Collection? latest;
    private Collection? next;

    /// <summary>The collection that serves a scrape which arrives now. It may not have ended or even begun; the caller releases it.</summary>
    public Collection Enter()
    {
        lock (gate)
        {
            if (next is null && latest is not null && Serves(latest))
            {
                return latest.Acquire();
            }

            if (next is null)
            {
                next = new Collection(GiveBack);
                if (latest is null or { Completed.IsCompleted: true })
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.RunNext(), this, preferLocal: false);
                }
            }

            return next.Acquire();
        }
    }

    /// <summary>Asked on arrival only, which suffices: at most one collection waits to begin, and none begins that did not wait.</summary>
    private bool Serves(Collection collection) => collection.Completed.IsCompleted
        ? collection.Failure is null && (time.GetElapsedTime(collection.Begun) < cacheDuration || IsOldestYoung())
        : IsOldestYoung();

    private bool IsOldestYoung() => held.Count >= MaxHeld && time.GetElapsedTime(held[0].Begun) < Grace;

    private void RunNext()
    {
        Collection collection;
        Snapshot snapshot;
        lock (gate)
        {
            Debug.Assert(next is not null && latest is null or { Completed.IsCompleted: true }, "One collection runs at a time.");
            latest?.Release();
            collection = latest = next!;
            next = null;
            if (held.Count >= MaxHeld)
            {
                // At once, not when its readers have noticed: they do so at their next piece.
                held[0].Evict();
                held.RemoveAt(0);
            }

            held.Add(collection);
            if (!free.TryPop(out snapshot!))
            {
                snapshot = new Snapshot();
            }
        }

        collection.Begin(time.GetTimestamp());
        var failure = collect(snapshot);
        lock (gate)
        {
            if (failure is null)
            {
                collection.Succeed(snapshot);
            }
            else
            {
                held.Remove(collection);
                Keep(snapshot);
                collection.Fail(failure);
            }

            if (next is not null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.RunNext(), this, preferLocal: false);
            }
        }
    }

    private void GiveBack(Collection collection)
    {
        lock (gate)
        {
            held.Remove(collection);
            Keep(collection.Snapshot!);
        }
    }

    private void Keep(Snapshot snapshot)
    {
        if (free.Count < MaxFree)
        {
            free.Push(snapshot);
        }
    }
}
