using System.Collections.Concurrent;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The series of one instrument, by their tags.</summary>
/// <remarks>
/// Any thread. Finding takes no lock. A series is added under a lock, under which no code of tag values runs, since that might wait for anything:
/// their hash is taken and they are compared before, and if meanwhile the table has changed, once more.
/// </remarks>
internal sealed class SeriesTable
{
    private static readonly KeyValuePair<string, object?>[] OverflowTags = [new("otel.metric.overflow", true)];

    private readonly Lock gate = new();
    private readonly TagsComparer comparer = new();
    private readonly ConcurrentDictionary<StreamSeries, StreamSeries> series;
    private readonly ConcurrentDictionary<StreamSeries, StreamSeries>.AlternateLookup<Tags> byTags;
    private readonly StreamInstrument instrument;
    private readonly SeriesIds ids;
    private int count;
    private int changes;
    private StreamSeries? overflow;
    private StreamSeries? untagged;

    public SeriesTable(StreamInstrument instrument, SeriesIds ids)
    {
        (this.instrument, this.ids) = (instrument, ids);
        series = new(concurrencyLevel: 1, capacity: 31, comparer);
        byTags = series.GetAlternateLookup<Tags>();
    }

    /// <summary>How many series there are that count against the limit.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>The series without tags, which does not count against the limit.</summary>
    /// <returns>One that was alive; <see langword="null"/> if there are too many to number.</returns>
    public StreamSeries? Untagged => Live(ref untagged) ?? Replace(ref untagged, []);

    /// <summary>The series without tags if there was one, perhaps forgotten.</summary>
    public StreamSeries? KnownUntagged => Volatile.Read(ref untagged);

    /// <summary>The series of these tags, or the overflow series.</summary>
    /// <returns>One that was alive; <see langword="null"/> if there are too many to number.</returns>
    /// <remarks>Throws what a tag value's code throws.</remarks>
    public StreamSeries? FindOrAdd(Tags tags)
    {
        while (true)
        {
            var seen = Volatile.Read(ref changes);
            if (byTags.TryGetValue(tags, out var found) && found.LiveId != 0)
            {
                return found;
            }

            if (Count >= instrument.Rule.CardinalityLimit)
            {
                return Overflow;
            }

            var hash = comparer.GetHashCode(tags);
            lock (gate)
            {
                if (seen == changes)
                {
                    return Add(tags, hash);
                }
            }
        }
    }

    /// <summary>Whether this is the series of what found no room.</summary>
    public bool IsOverflow(StreamSeries series) => Volatile.Read(ref overflow) == series;

    /// <summary>Ends a series.</summary>
    /// <returns>Whether it was alive.</returns>
    public bool Remove(StreamSeries ended)
    {
        lock (gate)
        {
            if (ended.LiveId == 0)
            {
                return false;
            }

            ended.End();
            if (series.TryRemove(ended, out _))
            {
                Volatile.Write(ref count, count - 1);
                Volatile.Write(ref changes, changes + 1);
            }

            return true;
        }
    }

    private static StreamSeries? Live(ref StreamSeries? series) => Volatile.Read(ref series) is { LiveId: not 0 } live ? live : null;

    private StreamSeries? Overflow => Live(ref overflow) ?? Replace(ref overflow, OverflowTags);

    private StreamSeries? Replace(ref StreamSeries? place, KeyValuePair<string, object?>[] tags)
    {
        lock (gate)
        {
            if (Live(ref place) is { } live)
            {
                return live;
            }

            var made = ids.TryAdd(instrument, tags, tagsHash: 0);
            Volatile.Write(ref place, made);
            return made;
        }
    }

    private static KeyValuePair<string, object?>[] Copy(Tags tags)
    {
        var copy = tags.ToArray();
        foreach (ref var tag in copy.AsSpan())
        {
            if (tag.Key is null)
            {
                tag = new(string.Empty, tag.Value);
            }
        }

        return copy;
    }

    private StreamSeries? Add(Tags tags, int hash)
    {
        var added = ids.TryAdd(instrument, Copy(tags), hash);
        if (added is not null && series.TryAdd(added, added))
        {
            Volatile.Write(ref count, count + 1);
            Volatile.Write(ref changes, changes + 1);
        }

        return added;
    }
}
