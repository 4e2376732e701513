using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Takes measurements out of the lanes and keeps what they amount to until it is written: sums of counters, values of histograms.</summary>
/// <remarks>
/// One owner at a time: the pump. Nothing of the application's is called here, and nothing throws. Memory follows the number of
/// series; values have a fixed place, and once that is full no more is taken.
/// </remarks>
internal sealed class StreamWindow(StreamRecorder recorder, int maxValues, ExportTally tally) : IEntrySink
{
    private readonly List<PendingCounter> counters = [];

    public ValueArena Values { get; } = new(maxValues);

    /// <summary>Counters that have a sum.</summary>
    public ReadOnlySpan<PendingCounter> Counters => CollectionsMarshal.AsSpan(counters);

    public long MemoryBytes => Values.MemoryBytes + ((long)counters.Capacity * Unsafe.SizeOf<nint>());

    public bool IsEmpty => counters.Count == 0 && Values.IsEmpty;

    public bool Take(ReadOnlySpan<byte> entry)
    {
        var record = StreamRecord.Read(entry);
        if (recorder.Find(record.Series) is not { } series)
        {
            tally.CountDroppedPoints(DropReason.InternalError, 1);
            return true;
        }

        var pending = Of(series);
        if (!pending.IsCounter)
        {
            AddValue(Unsafe.As<PendingHistogram>(pending), record.Bits);
            return !Values.IsFull;
        }

        AddToSum(Unsafe.As<PendingCounter>(pending), record.Bits);
        return true;
    }

    /// <summary>What is remembered of a series.</summary>
    public static PendingSeries Of(StreamSeries series) =>
        series.State is { } state ? Unsafe.As<PendingSeries>(state) : (PendingSeries)(series.State = PendingSeries.Create(series));

    /// <summary>Forgets the counters, once all were written.</summary>
    public void ClearCounters() => counters.Clear();

    private void AddToSum(PendingCounter pending, long bits)
    {
        if (pending.IsIntegral)
        {
            Count(pending);
            pending.LongSum = unchecked(pending.LongSum + bits);
        }
        else if (BitConverter.Int64BitsToDouble(bits) is var value && double.IsFinite(value))
        {
            Count(pending);
            pending.DoubleSum += value;
        }
        else
        {
            Reject(pending);
        }
    }

    private void AddValue(PendingHistogram pending, long bits)
    {
        var value = pending.IsIntegral ? bits : BitConverter.Int64BitsToDouble(bits);
        if (double.IsFinite(value))
        {
            Values.Add(pending, value);
        }
        else
        {
            Reject(pending);
        }
    }

    private void Count(PendingCounter pending)
    {
        if (pending.Summed++ == 0)
        {
            counters.Add(pending);
        }
    }

    private void Reject(PendingSeries pending)
    {
        tally.CountDroppedPoints(DropReason.InvalidValue, 1);
        tally.Events.InvalidValue(pending.Series.Instrument.Instrument.Name);
    }
}
