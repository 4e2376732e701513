using System.Diagnostics;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>Sends packets and counts each of them exactly once, as sent or as dropped.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. The network reports the loss of a packet late, with the next call, so the
/// latest packet counts only when the next one, or <see cref="Settle"/>, has cleared it.
/// </remarks>
internal sealed class PacketSender(IOldTransport transport, string endpoint, ExportTally tally) : IPacketSink
{
    /// <summary>How long an export waits in all for a full send buffer; what does not fit by then is dropped.</summary>
    private static readonly TimeSpan WaitPerExport = TimeSpan.FromMilliseconds(500);

    private int unsettledBytes;
    private TimeSpan waited;

    public DropReason? Send(ReadOnlySpan<byte> packet, out DropReason? previousLoss)
    {
        Debug.Assert(packet.Length > 0, "An empty packet says nothing.");
        var previous = SocketError.Success;
        SocketError error;
        try
        {
            error = transport.Send(packet, out previous);
            if (error == SocketError.WouldBlock && waited < WaitPerExport)
            {
                error = SendWhenWritable(packet, out var later);
                previous = previous == SocketError.Success ? later : previous;
            }
        }
#pragma warning disable CA1031 // A transport reports by error code; whatever else happens is counted and told like any other loss.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            previousLoss = SettlePrevious(previous);
            return Drop(DropReason.InternalError, exception.Message);
        }

        previousLoss = SettlePrevious(previous);
        if (error != SocketError.Success)
        {
            return Drop(ReasonOf(error), error.ToString());
        }

        unsettledBytes = packet.Length;
        return null;
    }

    public DropReason? Settle()
    {
        waited = TimeSpan.Zero;
        try
        {
            return SettlePrevious(unsettledBytes > 0 ? transport.TakePendingError() : SocketError.Success);
        }
#pragma warning disable CA1031 // As above: a socket that was closed meanwhile has nothing to report.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            unsettledBytes = 0;
            return Drop(DropReason.InternalError, exception.Message);
        }
    }

    private static DropReason ReasonOf(SocketError error) => error switch
    {
        SocketError.HostNotFound => DropReason.NameNotResolved,
        SocketError.ConnectionRefused => DropReason.ConnectionRefused,
        SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => DropReason.SendBufferFull,
        SocketError.MessageSize => DropReason.PacketTooLarge,
        _ => DropReason.NetworkError,
    };

    private SocketError SendWhenWritable(ReadOnlySpan<byte> packet, out SocketError previous)
    {
        var started = Stopwatch.GetTimestamp();
        transport.WaitUntilWritable(WaitPerExport - waited);
        waited += Stopwatch.GetElapsedTime(started);
        return transport.Send(packet, out previous);
    }

    private DropReason? SettlePrevious(SocketError report)
    {
        if (report == SocketError.Success)
        {
            if (unsettledBytes > 0)
            {
                tally.CountSentPacket(unsettledBytes);
                unsettledBytes = 0;
            }

            return null;
        }

        var reason = ReasonOf(report);
        if (unsettledBytes > 0)
        {
            unsettledBytes = 0;
            return Drop(reason, report.ToString());
        }

        // A packet of an earlier export, whose report came too late to be counted.
        StatsdEventSource.Log.OnPacketDropped(endpoint, reason, report.ToString());
        return null;
    }

    private DropReason Drop(DropReason reason, string error)
    {
        tally.CountDroppedPacket(reason);
        StatsdEventSource.Log.OnPacketDropped(endpoint, reason, error);
        return reason;
    }
}
