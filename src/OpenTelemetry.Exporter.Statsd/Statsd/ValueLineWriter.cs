using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes values of one series as lines: as many a line as the receiver and the packet allow, each line within one packet.</summary>
/// <remarks>One owner at a time: the one of the packets. Allocates nothing.</remarks>
internal sealed class ValueLineWriter(ReceiverProfile profile, PacketBuilder packets)
{
    private readonly byte[] rate = new byte[SampleRate.MaxBytes];
    private int rateBytes;
    private long rateWeight = 1;

    private interface IValues
    {
        int Count { get; }

        double Value(int index);

        long Weight(int index);
    }

    /// <summary>Writes values, each of them an entry.</summary>
    /// <param name="parts">What surrounds a value: <c>Tail</c> is the type with its bar, <c>|d</c>.</param>
    /// <param name="weight">How many recorded values each one stands for; 1 or more.</param>
    /// <param name="values">Finite.</param>
    /// <returns>How many were written; the others' lines fit no packet.</returns>
    public int WriteEntries(in LineParts parts, long weight, ReadOnlySpan<double> values) =>
        Write(parts, new EvenValues(values, weight), areEntries: true);

    /// <summary>Writes values, each of them an entry, as far as they fill packets; the rest, which would leave room in one, is better packed with what follows.</summary>
    /// <remarks>Where values cannot share a line, all are written, and the lines of the last packet wait in it.</remarks>
    /// <param name="parts">What surrounds a value: <c>Tail</c> is the type with its bar, <c>|d</c>.</param>
    /// <param name="weight">How many recorded values each one stands for; 1 or more.</param>
    /// <param name="values">Finite.</param>
    /// <param name="done">How many are done with: written, or of lines that fit no packet.</param>
    /// <param name="enough">With how many a packet is likely to be full the next time.</param>
    /// <returns>How many were written.</returns>
    public int WriteFullPackets(in LineParts parts, long weight, ReadOnlySpan<double> values, out int done, ref ushort enough)
    {
        var even = new EvenValues(values, weight);
        var sharesLines = profile.Packing != ValuePacking.None;
        var (written, full, lineBytes) = (0, 0, 0);
        for (done = 0; done < values.Length;)
        {
            var free = packets.Free.Length;
            var count = WriteLine(packets.Free, parts, even, done, out var bytes);
            if (sharesLines && count == values.Length - done)
            {
                full = full > 0 ? full : (int)((long)count * free / bytes);
                break;
            }

            if (count > 0)
            {
                packets.CommitEntries(bytes, count);
                (written, done, full, lineBytes) = (written + count, done + count, count, bytes);
                if (sharesLines)
                {
                    // The next value found no room. If no more are left than these were, they are not worth a look.
                    packets.Flush();
                    if (values.Length - done <= full)
                    {
                        break;
                    }
                }
            }
            else if (free < packets.MaxPacketBytes)
            {
                packets.Flush();
            }
            else
            {
                done++;
            }
        }

        full = sharesLines ? Math.Max(full, values.Length - done) : packets.Free.Length / (lineBytes + 1);

        // Some more, for the next may be longer or shorter, and a look in vain costs as much as writing.
        enough = (ushort)Math.Min(full + (full / 32) + 1, ushort.MaxValue);
        return written;
    }

    /// <summary>Writes values as lines of the entry that is open.</summary>
    /// <param name="parts">What surrounds a value: <c>Tail</c> is the type with its bar, <c>|d</c>.</param>
    /// <param name="values">Neighbours of the same weight share a line where the receiver takes that.</param>
    /// <returns>Whether all were written; else a line fits no packet.</returns>
    public bool TryWrite(in LineParts parts, ReadOnlySpan<WeightedValue> values) =>
        Write(parts, new UnevenValues(values), areEntries: false) == values.Length;

    private int Write<TValues>(in LineParts parts, TValues values, bool areEntries)
        where TValues : IValues, allows ref struct
    {
        Debug.Assert(
            profile.Packing != ValuePacking.TypedValues || parts.TailEnd.IsEmpty, "What follows a type would follow each of them.");
        var written = 0;
        for (var next = 0; next < values.Count;)
        {
            var count = WriteLine(packets.Free, parts, values, next, out var bytes);
            if (count > 0)
            {
                if (areEntries)
                {
                    packets.CommitEntries(bytes, count);
                }
                else
                {
                    packets.Commit(bytes);
                }

                written += count;
                next += count;
            }
            else if (packets.Free.Length < packets.MaxPacketBytes)
            {
                packets.Flush();
            }
            else
            {
                next++;
            }
        }

        return written;
    }

    /// <summary>Writes as many values as one line may have and fit.</summary>
    /// <returns>How many; of none, the destination's content is undefined.</returns>
    private int WriteLine<TValues>(Span<byte> destination, in LineParts parts, TValues values, int from, out int bytes)
        where TValues : IValues, allows ref struct
    {
        var weight = values.Weight(from);
        SetRate(weight);
        var isTyped = profile.Packing == ValuePacking.TypedValues;
        var end = profile.Packing == ValuePacking.None ? from + 1 : values.Count;

        // Room is what is left for values, and it alone is checked: everything else has its bytes set aside, or the line is not begun.
        var around = parts.Head.Length + parts.HeadEnd.Length + (isTyped ? 0 : parts.Tail.Length + rateBytes + parts.TailEnd.Length);
        var room = destination.Length - around;
        bytes = 0;
        if (room <= 0)
        {
            return 0;
        }

        ref var start = ref MemoryMarshal.GetReference(destination);
        ShortCopy.Copy(parts.Head, ref start);
        ShortCopy.Copy(parts.HeadEnd, ref Unsafe.Add(ref start, parts.Head.Length));
        ref var at = ref Unsafe.Add(ref start, parts.Head.Length + parts.HeadEnd.Length);
        var index = from;
        while (index < end && room > 1)
        {
            if (values.Weight(index) != weight)
            {
                if (!isTyped)
                {
                    break;
                }

                weight = values.Weight(index);
                SetRate(weight);
            }

            var type = isTyped ? parts.Tail.Length + rateBytes : 0;
            if (room - 1 <= type
                || !TryWriteNumber(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref at, 1), room - 1 - type), values.Value(index), out var digits))
            {
                break;
            }

            at = (byte)':';
            at = ref Unsafe.Add(ref at, 1 + digits);
            room -= 1 + digits + type;
            index++;
            if (isTyped)
            {
                at = ref Unsafe.Add(ref at, WriteType(parts, ref at));
            }
        }

        if (!isTyped)
        {
            at = ref Unsafe.Add(ref at, WriteType(parts, ref at));
            ShortCopy.Copy(parts.TailEnd, ref at);
            at = ref Unsafe.Add(ref at, parts.TailEnd.Length);
        }

        bytes = (int)Unsafe.ByteOffset(ref start, ref at);
        return index - from;
    }

    private int WriteType(in LineParts parts, ref byte at)
    {
        ShortCopy.Copy(parts.Tail, ref at);
        ShortCopy.Copy(rate.AsSpan(0, rateBytes), ref Unsafe.Add(ref at, parts.Tail.Length));
        return parts.Tail.Length + rateBytes;
    }

    private void SetRate(long weight)
    {
        if (weight != rateWeight)
        {
            var fits = SampleRate.TryWrite(rate, weight, out rateBytes);
            Debug.Assert(fits, "The longest rate has room.");
            rateWeight = weight;
        }
    }

    private bool TryWriteNumber(Span<byte> destination, double value, out int written) => profile.Numbers == NumberForm.Plain
        ? Utf8Number.TryWritePlain(destination, value, out written)
        : Utf8Number.TryWrite(destination, value, out written);

    private readonly ref struct EvenValues(ReadOnlySpan<double> values, long weight) : IValues
    {
        private readonly ReadOnlySpan<double> values = values;

        public int Count => values.Length;

        public double Value(int index) => values[index];

        public long Weight(int index) => weight;
    }

    private readonly ref struct UnevenValues(ReadOnlySpan<WeightedValue> values) : IValues
    {
        private readonly ReadOnlySpan<WeightedValue> values = values;

        public int Count => values.Length;

        public double Value(int index) => values[index].Value;

        public long Weight(int index) => values[index].Weight;
    }
}
