using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Exporter.Prometheus.Collecting;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>One collection, from before it begins until the last response is written from it.</summary>
/// <remarks>
/// Thread-safe. Counted: born with one reference, that of the gate; <see cref="Acquire"/> adds one, <see cref="Release"/> drops one,
/// and the last to drop gives the snapshot back. The counter's interlocked operations order reading before reuse, and the
/// completion of <see cref="Completed"/> orders writing before reading.
/// </remarks>
/// <param name="release">Takes the collection's snapshot back.</param>
[SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer has nothing to dispose of.")]
internal sealed class Collection(Action<Collection> release)
{
    private readonly CancellationTokenSource eviction = new();
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int references = 1;

    /// <summary>Completes, always with success, once the collection is over.</summary>
    public Task Completed => completion.Task;

    /// <summary>When it began, as a timestamp of the time provider; of meaning once it has.</summary>
    public long Begun { get; private set; }

    /// <summary>Cancelled when memory is needed for another collection: whoever is still being sent this one is broken off.</summary>
    public CancellationToken Evicted => eviction.Token;

    /// <summary>What was collected; <see langword="null"/> after a failure.</summary>
    public Snapshot? Snapshot { get; private set; }

    public ScrapeFailure? Failure { get; private set; }

    public Collection Acquire()
    {
        var now = Interlocked.Increment(ref references);
        Debug.Assert(now > 1, "A collection was acquired after its last reference was dropped.");
        return this;
    }

    /// <summary>Breaks off whoever is still being sent it. Does not wait for them.</summary>
    public void Evict() => _ = eviction.CancelAsync();

    public void Begin(long timestamp) => Begun = timestamp;

    public void Succeed(Snapshot snapshot)
    {
        Snapshot = snapshot;
        completion.SetResult();
    }

    public void Fail(ScrapeFailure failure)
    {
        Failure = failure;
        completion.SetResult();
    }

    public void Release()
    {
        var left = Interlocked.Decrement(ref references);
        Debug.Assert(left >= 0, "A collection was released more often than acquired.");
        if (left == 0 && Snapshot is not null)
        {
            release(this);
        }
    }
}
