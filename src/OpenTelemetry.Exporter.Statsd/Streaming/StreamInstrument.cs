using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>A streamed instrument, or several of one identity, of meters that live at the same time: takes their measurements, from any thread.</summary>
/// <remarks>
/// Recording neither waits nor throws, and allocates only with the first measurement of a series. A lock is taken then, and for
/// nothing else.
/// </remarks>
internal sealed class StreamInstrument
{
    [ThreadStatic]
    private static bool isAskingTags;

    private readonly AddressCache cache = new();
    private readonly StreamRecorder recorder;
    private readonly LaneBuffer lanes;
    private readonly EntryPriority priority;
    private volatile bool takesShortCut;
    private volatile bool takesShortCutBound;
    private volatile bool isShared;
    private readonly int sampleOneIn;
    private readonly ChangedGauges changedGauges;
    private readonly SeriesTable table;

    public StreamInstrument(StreamRecorder recorder, Instrument instrument, StreamRule rule, MetricKind kind, SeriesIds ids)
    {
        this.recorder = recorder;
        (lanes, changedGauges, priority) = (recorder.Lanes, recorder.ChangedGauges, rule.Priority);
        Instrument = instrument;
        Rule = rule;
        Kind = kind;
        IsIntegral = InstrumentTypes.IsIntegral(instrument);
        table = new SeriesTable(this, ids);
        sampleOneIn = kind == MetricKind.Gauge ? 1 : rule.SampleOneIn;
        takesShortCut = takesShortCutBound = kind != MetricKind.Gauge && sampleOneIn == 1;
    }

    /// <summary>The first of them.</summary>
    public Instrument Instrument { get; }

    public StreamRule Rule { get; }

    /// <summary>Counter, Gauge or Histogram.</summary>
    public MetricKind Kind { get; }

    /// <summary>Whether values are whole numbers, carried as <see cref="long"/>; otherwise as <see cref="double"/>.</summary>
    public bool IsIntegral { get; }

    /// <summary>Whatever the pump remembers of the instrument. The pump's alone.</summary>
    public object? State { get; set; }

    /// <summary>Whether the meters of all of them were disposed of, or nobody listens any more, so that no measurement comes.</summary>
    public bool IsOver => Lifetime.IsOver;

    /// <summary>Tells the same, without the instrument.</summary>
    public StreamLifetime Lifetime { get; } = new();

    /// <summary>Takes a measurement of <paramref name="instrument"/> with tags whose series the caller keeps in <paramref name="bound"/>.</summary>
    /// <returns>Whether it was taken or refused; false if the instrument is over, and nothing was done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRecordBound(Instrument instrument, long bits, KeyValuePair<string, object?>[] tags, ref StreamSeries? bound)
    {
        var seat = LaneSeat.First;
        if (takesShortCutBound && Volatile.Read(ref bound) is { } series && series.LiveId is var id and not 0)
        {
            lanes.TryAppend(seat, id, bits, priority);
            return true;
        }

        return !IsOver && (!isShared || instrument.Enabled) && RecordInFull(bits, tags, ref bound);
    }

    /// <summary>Takes a measurement.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(long bits, Tags tags)
    {
        var seat = LaneSeat.First;
        if (takesShortCut && (tags.IsEmpty ? table.KnownUntagged : cache.Find(tags)) is { } series && series.LiveId is var id and not 0)
        {
            lanes.TryAppend(seat, id, bits, priority);
        }
        else
        {
            StreamSeries? unknown = null;
            RecordInFull(bits, tags, ref unknown);
        }
    }

    /// <summary>Says that there is more than one instrument, each of which may end before the others.</summary>
    public void Share()
    {
        isShared = true;
        takesShortCutBound = false;
    }

    /// <summary>Says that no measurement comes any more.</summary>
    public void End()
    {
        Lifetime.End();
        takesShortCut = takesShortCutBound = false;
        cache.Clear();
    }

    /// <summary>The memory that finding its series takes. For any thread.</summary>
    public long MemoryBytes => table.MemoryBytes + cache.MemoryBytes;

    /// <summary>Ends a series of this instrument.</summary>
    /// <returns>Whether it was alive.</returns>
    public bool Remove(StreamSeries series) => table.Remove(series);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RecordInFull(long bits, Tags tags, ref StreamSeries? bound)
    {
        if (sampleOneIn > 1 && !Sampler.Takes(sampleOneIn))
        {
            return true;
        }

        if (Kind == MetricKind.Gauge)
        {
            SetGauge(bits, tags, ref bound);
        }
        else if (Find(tags, ref bound) is { } series)
        {
            lanes.TryAppend(LaneSeat.First, series.Id, bits, priority);
        }
        else
        {
            lanes.Refuse(RefusalReason.NoEntry, priority);
        }

        return true;
    }

    private void SetGauge(long bits, Tags tags, ref StreamSeries? bound)
    {
        if (lanes.IsClosed)
        {
            lanes.Refuse(RefusalReason.Closed, priority);
            return;
        }

        // Again only if the series was forgotten just now.
        while (Find(tags, ref bound) is { } series)
        {
            if (series.TrySet(bits, changedGauges))
            {
                if (recorder.HasEndedGauges && series.TryTake(out _))
                {
                    // The stream ended meanwhile, and the pump has not seen the value.
                    lanes.Refuse(RefusalReason.Closed, priority);
                }

                return;
            }
        }

        lanes.Refuse(RefusalReason.NoEntry, priority);
    }

    private StreamSeries? Find(Tags tags, ref StreamSeries? bound)
    {
        if (Volatile.Read(ref bound) is { LiveId: not 0 } live)
        {
            return live;
        }

        var found = Find(tags);
        if (found is not null && !table.IsOverflow(found))
        {
            // What went to the overflow series may find room later.
            Volatile.Write(ref bound, found);
        }

        return found;
    }

    private StreamSeries? Find(Tags tags)
    {
        if (tags.IsEmpty)
        {
            return table.Untagged;
        }

        return cache.Find(tags) is { LiveId: not 0 } series ? series : Ask(tags);
    }

    /// <summary>Finds the series with the help of the tag values' own code.</summary>
    private StreamSeries? Ask(Tags tags)
    {
        if (isAskingTags)
        {
            return null;
        }

        isAskingTags = true;
        try
        {
            var series = table.FindOrAdd(tags);
            if (series is not null && !table.IsOverflow(series))
            {
                cache.Add(tags, series, table.Count);
            }

            return series;
        }
        catch (Exception)
        {
            // Whatever it was, it is not the application's recording thread that should learn of it: the measurement is counted as refused.
            return null;
        }
        finally
        {
            isAskingTags = false;
        }
    }
}
