using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>A transport whose exceptions, should there be any, are errors like all others, and told by an event.</summary>
internal sealed class GuardedTransport(ITransport transport, ExporterEvents events) : ITransport
{
    public bool IsLossy => transport.IsLossy;

    public int MaxPacketsPerSend => transport.MaxPacketsPerSend;

    public bool MayBlock => transport.MayBlock;

    public int AddressChanges => transport.AddressChanges;

#pragma warning disable CA1031 // Whatever goes wrong in a transport is a connection of no use, and never the application's affair.
    public bool IsReceiverBehind
    {
        get
        {
            try
            {
                return transport.IsReceiverBehind;
            }
            catch (Exception exception)
            {
                Failed(exception);
                return false;
            }
        }
    }

    public SocketError Probe(TimeSpan timeout)
    {
        try
        {
            return transport.Probe(timeout);
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        try
        {
            return transport.Send(packets, packetBytes, out taken);
        }
        catch (Exception exception)
        {
            taken = 0;
            return Failed(exception);
        }
    }

    public void WaitUntilWritable(TimeSpan timeout)
    {
        try
        {
            transport.WaitUntilWritable(timeout);
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }

    public SocketError TakeReport()
    {
        try
        {
            return transport.TakeReport();
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    public void Disconnect()
    {
        try
        {
            transport.Disconnect();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }

    public void Dispose()
    {
        try
        {
            transport.Dispose();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }
#pragma warning restore CA1031

    private SocketError Failed(Exception exception)
    {
        events.ExportFailed(exception);
        return SocketError.SocketError;
    }
}
