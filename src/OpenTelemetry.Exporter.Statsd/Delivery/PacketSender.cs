using System.Diagnostics;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>Sends packets and counts each of them exactly once, as sent or as dropped.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. A connected UDP socket reports with the next call that a packet was
/// refused, so the latest packet counts only when the next one, or <see cref="Settle"/>, has cleared it.
/// </remarks>
internal sealed class PacketSender(ITransport transport, string endpoint, ExportTally tally) : IPacketSink
{
    private static readonly TimeSpan FullBufferWait = TimeSpan.FromMilliseconds(50);

    private int unsettledBytes;
    private int unsettledEntries;

    public DropReason? Send(ReadOnlySpan<byte> packet, int entries)
    {
        Debug.Assert(packet.Length > 0, "An empty packet says nothing.");
        SocketError error;
        try
        {
            error = Send(packet);
        }
#pragma warning disable CA1031 // A transport reports by error code; whatever else happens is counted and told like any other loss.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Drop(DropReason.InternalError, entries, exception.Message);
        }

        if (error != SocketError.Success)
        {
            return Drop(ReasonOf(error), entries, error.ToString());
        }

        CountUnsettled();
        unsettledBytes = packet.Length;
        unsettledEntries = entries;
        return null;
    }

    /// <summary>Ends an export: counts the last packet by what the network has said of it so far.</summary>
    public void Settle()
    {
        if (unsettledBytes > 0 && transport.TakePendingError() != SocketError.Success)
        {
            LoseUnsettled();
        }

        CountUnsettled();
    }

    private static DropReason ReasonOf(SocketError error) => error switch
    {
        SocketError.HostNotFound => DropReason.NameNotResolved,
        SocketError.ConnectionRefused => DropReason.ConnectionRefused,
        SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => DropReason.SendBufferFull,
        SocketError.MessageSize => DropReason.PacketTooLarge,
        _ => DropReason.NetworkError,
    };

    private SocketError Send(ReadOnlySpan<byte> packet)
    {
        var error = transport.Send(packet);
        if (error == SocketError.ConnectionRefused)
        {
            LoseUnsettled();
            error = transport.Send(packet);
        }

        if (error == SocketError.WouldBlock)
        {
            transport.WaitUntilWritable(FullBufferWait);
            error = transport.Send(packet);
        }

        return error;
    }

    private DropReason Drop(DropReason reason, int entries, string error)
    {
        tally.DropPacket(reason, entries);
        StatsdEventSource.Log.OnPacketDropped(endpoint, reason, error);
        return reason;
    }

    private void CountUnsettled()
    {
        if (unsettledBytes > 0)
        {
            tally.SendPacket(unsettledBytes, unsettledEntries);
            unsettledBytes = 0;
        }
    }

    private void LoseUnsettled()
    {
        if (unsettledBytes > 0)
        {
            tally.DropPacket(DropReason.ConnectionRefused, unsettledEntries);
            unsettledBytes = 0;
        }

        // Said also of a packet of an earlier export, whose refusal came too late to be counted.
        StatsdEventSource.Log.OnPacketDropped(endpoint, DropReason.ConnectionRefused, nameof(SocketError.ConnectionRefused));
    }
}
