namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The gauges that have a value which was not taken: so the pump looks at no others.</summary>
/// <remarks>
/// A stack, linked through the series. Any thread adds, by compare-and-swap; the pump takes all at once, so no series comes back
/// to the top while somebody swaps. A series is in it at most once: it is added by whoever raises its flag, which the
/// pump lowers only after it has taken the series out.
/// </remarks>
internal sealed class ChangedGauges
{
    private StreamSeries? top;
    private readonly Queue<(StreamSeries Series, long Value)> left = new();
    private StreamSeries? taken;

    /// <summary>Adds a series that is not in here. For any thread.</summary>
    public void Add(StreamSeries series)
    {
        var next = Volatile.Read(ref top);
        while (true)
        {
            series.NextChanged = next;
            var found = Interlocked.CompareExchange(ref top, series, next);
            if (found == next)
            {
                return;
            }

            next = found;
        }
    }

    /// <summary>Keeps the last value of a series that was forgotten, to be taken before any of its successor. For the pump.</summary>
    public void AddLast(StreamSeries forgotten)
    {
        if (forgotten.TryTake(out var value))
        {
            left.Enqueue((forgotten, value));
        }
    }

    /// <summary>Whether no value waits. For the pump.</summary>
    public bool IsEmpty => left.Count == 0 && taken is null && Volatile.Read(ref top) is null;

    /// <summary>Takes one series and its value, in no certain order. For the pump.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(out StreamSeries? series, out long value)
    {
        if (left.TryDequeue(out var last))
        {
            (series, value) = last;
            return true;
        }

        if (taken is null && Volatile.Read(ref top) is not null)
        {
            taken = Interlocked.Exchange(ref top, null);
        }

        while (taken is { } next)
        {
            (taken, next.NextChanged) = (next.NextChanged, null);

            // Of one that was forgotten, AddLast has the last value, and what came later has gone elsewhere.
            if (next.TryTake(out value) && next.LiveId != 0)
            {
                series = next;
                return true;
            }
        }

        (series, value) = (null, 0);
        return false;
    }
}
