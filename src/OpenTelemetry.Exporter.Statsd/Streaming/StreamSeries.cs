using System.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>One combination of tags of a streamed instrument; of a gauge also its last value.</summary>
/// <remarks>
/// <para>Life. A series is made under the lock of its instrument's <see cref="SeriesTable"/> and can be used from then on. The pump ends
/// it (<see cref="StreamRecorder.Forget"/>) under the same lock, by setting <see cref="LiveId"/> to 0 and then taking it out of the
/// table. Whoever finds a series, in whatever cache, uses it only if <see cref="LiveId"/> is not 0. A thread that read it
/// just before may still append a record afterwards: <see cref="StreamRecorder.Find"/> knows the id for some time longer, then never
/// again, and never as that of another series. So the record comes out under the tags it was meant for, or is counted by the pump.</para>
/// <para>A gauge's value does not go through a lane, where the order between threads would be lost. A thread that sets it writes
/// the bits, exchanges <see cref="isChanged"/> for true, which is a full fence, adds the series to <see cref="ChangedGauges"/>, always, whatever
/// the flag was, and then reads <see cref="LiveId"/>: if that is 0, it begins again with another series. The pump exchanges the flag for false
/// before it reads the bits, so a value written before the flag was set is seen, and one written after sets the flag once more: the last
/// value is never missed. The pump that ends a series has a full fence after setting <see cref="LiveId"/> and only then takes the last value:
/// a setter that has read anything but 0 raised the flag before, and its value is that one or was taken earlier.</para>
/// </remarks>
internal sealed class StreamSeries : SeriesAddress
{
    /// <summary>What one takes in memory, without its tags, and with what the pump remembers of it, as the runtime lays them out.</summary>
    private const int OwnBytes = 64 + PendingSeries.MemoryBytes;

    private int liveId;
    private bool isChanged;
    private long bits;

    public StreamSeries(int id, StreamInstrument instrument, KeyValuePair<string, object?>[] tags, int tagsHash)
        : base(tags)
    {
        Debug.Assert(id != 0, "0 stands for a series that was forgotten.");
        Id = liveId = id;
        Instrument = instrument;
        TagsHash = tagsHash;
    }

    /// <summary>Stands for the series in a lane; never that of another series.</summary>
    public int Id { get; }

    public StreamInstrument Instrument { get; }

    /// <summary>The tags as they were recorded first; of the overflow series <c>otel.metric.overflow</c> alone.</summary>
    public new ReadOnlySpan<KeyValuePair<string, object?>> Tags => base.Tags;

    /// <summary>The memory that the series takes.</summary>
    public int MemoryBytes => OwnBytes + TagBytes;

    /// <summary>The hash of the tags, by <see cref="TagHash"/>; never asked again of objects that may have changed.</summary>
    public int TagsHash { get; }

    /// <summary><see cref="Id"/>, or 0 once the series is forgotten.</summary>
    public int LiveId => Volatile.Read(ref liveId);

    /// <summary>Whether a gauge has a value that was not taken. For any thread.</summary>
    public bool IsChanged => Volatile.Read(ref isChanged);

    /// <summary>Whatever the pump remembers of the series. The pump's alone.</summary>
    public object? State { get; set; }

    /// <summary>Sets the value of a gauge. For any thread.</summary>
    /// <returns>Whether it will be taken; if not, the series is forgotten, and another one has to get the value.</returns>
    public bool TrySet(long value, ChangedGauges changed)
    {
        Volatile.Write(ref bits, value);
        Interlocked.Exchange(ref isChanged, true);
        changed.Add(this);
        return LiveId != 0;
    }

    /// <summary>Takes a gauge's value, if there is a new one. For the pump, and at the end for whoever set it.</summary>
    public bool TryTake(out long value)
    {
        var isTaken = Interlocked.Exchange(ref isChanged, false);
        value = Volatile.Read(ref bits);
        return isTaken;
    }

    /// <summary>Ends the series. For the pump, under the lock of its table.</summary>
    public void End() => Interlocked.Exchange(ref liveId, 0);
}
