using System.Diagnostics;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>
/// A transport that any thread may end, and whose exceptions, should there be any, are errors like all others, and told by an event.
/// </summary>
/// <remarks>
/// One owner at a time, the thread that exports, calls everything but <see cref="Dispose"/>, which may be called by any thread and never
/// waits: it ends the transport, or leaves that to the owner if a call of the owner is under way, since a connection that is closed during a
/// call is reset, and what it had taken is lost. Both sides change <see cref="state"/> by interlocked operations, which order
/// everything in the transport.
/// </remarks>
internal sealed class GuardedTransport(ITransport transport, ExporterEvents events) : ITransport
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Disposed = 2;

    private int state;

    public bool IsLossy => transport.IsLossy;

    public int MaxPacketsPerSend => transport.MaxPacketsPerSend;

    public bool MayBlock => transport.MayBlock;

    public int AddressChanges => transport.AddressChanges;

#pragma warning disable CA1031 // Whatever goes wrong in a transport is a connection of no use, and never the application's affair.
    public bool IsReceiverBehind
    {
        get
        {
            if (!TryEnter())
            {
                return false;
            }

            try
            {
                return transport.IsReceiverBehind;
            }
            catch (Exception exception)
            {
                Failed(exception);
                return false;
            }
            finally
            {
                Exit();
            }
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="SocketError.OperationAborted"/> after the end.</returns>
    public SocketError Probe(TimeSpan timeout)
    {
        if (!TryEnter())
        {
            return SocketError.OperationAborted;
        }

        try
        {
            return transport.Probe(timeout);
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
        finally
        {
            Exit();
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="SocketError.OperationAborted"/> after the end.</returns>
    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        taken = 0;
        if (!TryEnter())
        {
            return SocketError.OperationAborted;
        }

        try
        {
            return transport.Send(packets, packetBytes, out taken);
        }
        catch (Exception exception)
        {
            taken = 0;
            return Failed(exception);
        }
        finally
        {
            Exit();
        }
    }

    public void WaitUntilWritable(TimeSpan timeout)
    {
        if (!TryEnter())
        {
            return;
        }

        try
        {
            transport.WaitUntilWritable(timeout);
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
        finally
        {
            Exit();
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="SocketError.Success"/> after the end, when nobody can ask any more.</returns>
    public SocketError TakeReport()
    {
        if (!TryEnter())
        {
            return SocketError.Success;
        }

        try
        {
            return transport.TakeReport();
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
        finally
        {
            Exit();
        }
    }

    public void Disconnect()
    {
        if (!TryEnter())
        {
            return;
        }

        try
        {
            transport.Disconnect();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Closes the connection without waiting, now or after the call that is under way; what the kernel has taken still goes out.</summary>
    public void Dispose()
    {
        if (Interlocked.Or(ref state, Disposed) == Idle)
        {
            Release();
        }
    }

    private void Release()
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

    /// <returns><see langword="false"/> once disposed.</returns>
    private bool TryEnter()
    {
        var before = Interlocked.CompareExchange(ref state, Busy, Idle);
        Debug.Assert((before & Busy) == 0, "One owner at a time.");
        return before == Idle;
    }

    private void Exit()
    {
        if (Interlocked.CompareExchange(ref state, Idle, Busy) != Busy)
        {
            // Disposed meanwhile; nobody enters any more.
            Interlocked.Exchange(ref state, Disposed);
            Release();
        }
    }

    private SocketError Failed(Exception exception)
    {
        events.ExportFailed(exception);
        return SocketError.SocketError;
    }
}
