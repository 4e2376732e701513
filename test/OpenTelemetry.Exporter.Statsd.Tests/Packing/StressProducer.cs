using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Offers entries of random size and priority, in both ways, or pairs of numbers, with random pauses; for one thread.</summary>
internal sealed class StressProducer(LaneBuffer buffer, int id, bool offersPairs)
{
    private readonly Random random = new();
    private readonly byte[] scratch = new byte[buffer.MaxEntryBytes + 1];
    private int number;

    /// <summary>How many were taken in that have only one byte.</summary>
    public long Tiny { get; private set; }

    /// <summary>How many were taken in that are numbered.</summary>
    public int Numbered => number;

    /// <summary>How many were refused, by priority.</summary>
    public long[] Refused { get; } = new long[3];

    public long Offered { get; private set; }

    /// <summary>Offers one after another, so many or until told to stop.</summary>
    public void Run(int entries, ref bool stops)
    {
        for (var i = 0; i < entries && !Volatile.Read(ref stops); i++)
        {
            var priority = random.Next(8) == 0 ? (EntryPriority)random.Next(2) : EntryPriority.High;
            var bytes = offersPairs ? StressPair.Bytes : Bytes();
            Offered++;
            if (!TryOffer(bytes, priority))
            {
                Refused[(int)priority]++;
                Thread.Yield();
            }
            else if (bytes == 1)
            {
                Tiny++;
            }
            else
            {
                number++;
            }

            Pause(1000);
        }
    }

    private bool TryOffer(int bytes, EntryPriority priority) =>
        offersPairs ? buffer.TryAppend(LaneSeat.First, id, StressPair.Second(id, number), priority)
        : random.Next(4) == 0 ? TryWriteInPlace(bytes, priority)
        : TryCopy(bytes, priority);

    private int Bytes() => random.Next(100) switch
    {
        < 4 => 1,
        < 6 => buffer.MaxEntryBytes,
        < 8 => random.Next(StressEntry.HeaderBytes, buffer.MaxEntryBytes),
        < 9 => buffer.MaxEntryBytes + 1,
        _ => random.Next(StressEntry.HeaderBytes, 100),
    };

    private bool TryCopy(int bytes, EntryPriority priority)
    {
        StressEntry.Write(scratch.AsSpan(0, bytes), id, number, random);
        return buffer.TryAppend(scratch.AsSpan(0, bytes), priority);
    }

    private bool TryWriteInPlace(int bytes, EntryPriority priority)
    {
        // Most entries are shorter than what was reserved for them.
        if (!buffer.TryReserve(Math.Max(bytes, random.Next(buffer.MaxEntryBytes)), priority, out var reservation))
        {
            return false;
        }

        if (random.Next(16) == 0)
        {
            // Something goes wrong while it is written; nothing of it may be seen, and it is tried again.
            reservation.Bytes.Fill(0xFF);
            Pause(4);
            reservation.Dispose();
            return TryCopy(bytes, priority);
        }

        StressEntry.Write(reservation.Bytes[..bytes], id, number, random);
        Pause(50);
        reservation.Commit(bytes);
        return true;
    }

    private void Pause(int oneIn)
    {
        var chance = random.Next(oneIn * 2);
        if (chance == 0)
        {
            Thread.Yield();
        }
        else if (chance == 1)
        {
            Thread.SpinWait(random.Next(200));
        }
    }
}
