using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>
/// Counts packets and the entries in them as their fate becomes known: an entry once, as exported if all packets with its lines
/// were delivered, else as dropped for the first reason.
/// </summary>
/// <remarks>One owner at a time: the thread that exports. It tells of packets in the order in which they were packed.</remarks>
internal sealed class EntryAccount(ExportTally tally)
{
    /// <summary>Why a part of what the next packet goes on with is lost; <see langword="null"/> if none is.</summary>
    private DropReason? openLoss;

    public void Delivered(in StoredPacket packet)
    {
        tally.CountSentPacket(packet.Length);
        tally.CountExportedPoints(Rest(packet.Entries));
        CarryOver(packet.Entries, loss: null);
    }

    /// <param name="packet">The packet.</param>
    /// <param name="reason">Why.</param>
    /// <param name="lines">How many of its lines were sent all the same, of how many.</param>
    public void Dropped(in StoredPacket packet, DropReason reason, (int Sent, int All) lines = default)
    {
        tally.CountDroppedPacket(reason, packet.Length);

        // Where entries are lines, those that were sent are known by their number; else all of them count as lost, in part.
        var arrived = lines.All == packet.Entries.Completed && packet.Entries is { Spanning: 0, SharesLines: false } ? lines.Sent : 0;
        tally.CountExportedPoints(arrived);
        tally.CountDroppedPoints(reason, Rest(packet.Entries) - arrived);
        CarryOver(packet.Entries, reason);
    }

    /// <summary>How many of the entries that end in a packet share its fate: all but those that are lost already.</summary>
    private long Rest(PacketEntries entries)
    {
        if (entries.Spanning == 0 || openLoss is not { } reason)
        {
            return entries.Completed;
        }

        tally.CountDroppedPoints(reason, entries.Spanning);
        return entries.Completed - entries.Spanning;
    }

    /// <summary>Only entries that <see cref="PacketEntries.Spanning"/> speaks of make use of it.</summary>
    private void CarryOver(PacketEntries entries, DropReason? loss) => openLoss = entries.OpenSpans ? openLoss ?? loss : loss;
}
