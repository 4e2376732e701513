using System.Runtime.CompilerServices;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The series of one instrument, by their tags.</summary>
/// <remarks>
/// <para>Any thread. A series is added under a lock, under which no code of tag values runs, since that might wait for anything:
/// their hash is taken and they are compared before, and if meanwhile the table has changed, compared once more.</para>
/// <para>Finding takes no lock: a series is in the first free place from that of its hash on, stored by a release. Places are never emptied, but
/// given to a series that is over, so that what lies behind is found; and an array that has become too small is left as it is, for those
/// who search it, and replaced. Who finds nothing may therefore have come too early, which the lock shows.</para>
/// </remarks>
internal sealed class SeriesTable
{
    private const int FirstLength = 16;

    private static readonly KeyValuePair<string, object?>[] OverflowTags = [new("otel.metric.overflow", true)];

    private readonly Lock gate = new();
    private readonly StreamInstrument instrument;
    private readonly SeriesIds ids;
    private readonly StreamSeries ended;
    private StreamSeries?[] places = new StreamSeries?[FirstLength];
    private int used;
    private int count;
    private int changes;
    private StreamSeries? overflow;
    private StreamSeries? untagged;

    public SeriesTable(StreamInstrument instrument, SeriesIds ids)
    {
        (this.instrument, this.ids) = (instrument, ids);
        ended = new StreamSeries(id: -1, instrument, [], tagsHash: 0);
        ended.End();
    }

    /// <summary>How many series there are that count against the limit.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>The memory that it takes beside the series. For any thread.</summary>
    public long MemoryBytes => (long)Volatile.Read(ref places).Length * Unsafe.SizeOf<nint>();

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
        var hash = TagHash.Of(tags);
        while (true)
        {
            var seen = Volatile.Read(ref changes);
            if (Find(tags, hash) is { } found)
            {
                return found;
            }

            if (Count >= instrument.Rule.CardinalityLimit && seen == Volatile.Read(ref changes))
            {
                return Overflow;
            }

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
    public bool Remove(StreamSeries series)
    {
        lock (gate)
        {
            if (series.LiveId == 0)
            {
                return false;
            }

            series.End();
            var place = PlaceOf(places, series.TagsHash, of: series);
            if (places[place] == series)
            {
                Volatile.Write(ref places[place], ended);
                Volatile.Write(ref count, count - 1);
                Volatile.Write(ref changes, changes + 1);
            }

            return true;
        }
    }

    private StreamSeries? Find(Tags tags, int hash)
    {
        var places = Volatile.Read(ref this.places);
        for (var place = hash; ; place++)
        {
            var series = Volatile.Read(ref places[place & (places.Length - 1)]);
            if (series is null)
            {
                return null;
            }

            if (series.TagsHash == hash && series.LiveId != 0 && TagsComparer.AreEqual(tags, series.Tags))
            {
                return series;
            }
        }
    }

    /// <summary>The place of a series, or the first free one from that of its hash on.</summary>
    private static int PlaceOf(StreamSeries?[] places, int hash, StreamSeries? of = null)
    {
        var place = hash & (places.Length - 1);
        while (places[place] is { } series && series != of)
        {
            place = (place + 1) & (places.Length - 1);
        }

        return place;
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
        if (added is not null)
        {
            if (used >= places.Length / 4 * 3)
            {
                Rebuild();
            }

            Volatile.Write(ref places[PlaceOf(places, hash)], added);
            used++;
            Volatile.Write(ref count, count + 1);
            Volatile.Write(ref changes, changes + 1);
        }

        return added;
    }

    /// <summary>Makes room, by leaving out what is over and, if that is not much, by a larger array.</summary>
    private void Rebuild()
    {
        var rebuilt = new StreamSeries?[count >= places.Length / 2 ? places.Length * 2 : places.Length];
        foreach (var series in places)
        {
            if (series is { LiveId: not 0 })
            {
                rebuilt[PlaceOf(rebuilt, series.TagsHash)] = series;
            }
        }

        used = count;
        Volatile.Write(ref places, rebuilt);
    }
}
