using System.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Room in a <see cref="LaneBuffer"/> to write an entry into, without a copy.</summary>
/// <remarks>
/// Of the thread that reserved it, and on its stack. It ends with <see cref="Commit"/> or <see cref="Dispose"/>; until then
/// the thread's other appends are refused, and nothing else is held up.
/// </remarks>
internal readonly ref struct LaneReservation
{
    private readonly Lane lane;
    private readonly LaneSeat seat;
    private readonly int number;

    internal LaneReservation(Lane lane, LaneSeat seat, int maxBytes)
    {
        this.lane = lane;
        this.seat = seat;
        number = ++seat.Reservations;
        Bytes = lane.Room(maxBytes);
    }

    /// <summary>As long as was asked for; holds anything at first.</summary>
    public Span<byte> Bytes { get; }

    /// <summary>Appends the first <paramref name="bytes"/> of <see cref="Bytes"/> as one entry.</summary>
    public void Commit(int bytes)
    {
        Debug.Assert(bytes >= 0 && bytes <= Bytes.Length, "An entry is committed only where it was written.");
        lane.Publish(bytes);
        Leave();
    }

    /// <summary>Gives the room back, unless there was a <see cref="Commit"/>.</summary>
    public void Dispose()
    {
        // One that has ended does not end the next.
        if (lane is not null && number == seat.Reservations && lane.IsOpenHere)
        {
            lane.Close();
            Leave();
        }
    }

    private void Leave()
    {
        if (seat.Own == LaneSeat.None)
        {
            seat.SharedTail = lane.Release();
        }
    }
}
