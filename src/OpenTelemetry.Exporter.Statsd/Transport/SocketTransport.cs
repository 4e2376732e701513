using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>
/// A connected, non-blocking socket. An error of the connection ends it; <see cref="Probe"/> makes a new one.
/// </summary>
/// <remarks>
/// One owner at a time: the thread that exports, also when it ends.
/// </remarks>
internal abstract class SocketTransport(SocketType type, ProtocolType protocol) : ITransport
{
    private Socket? socket;

    /// <inheritdoc/>
    /// <remarks>All these sockets push back when the receiver is overrun, and refuse at once when it is gone.</remarks>
    public bool IsLossy => false;

    /// <inheritdoc/>
    public abstract int MaxPacketsPerSend { get; }

    /// <inheritdoc/>
    public virtual int AddressChanges => 0;

    /// <inheritdoc/>
    public SocketError Probe(TimeSpan timeout)
    {
        if (socket is not null)
        {
            if (Ask(socket) == SocketError.Success)
            {
                return SocketError.Success;
            }

            Disconnect();
        }

        // The connection is the exporter's own and must not show up as the application's.
        using var suppressed = SuppressInstrumentationScope.Begin();
        return Connect(timeout);
    }

    /// <inheritdoc/>
    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        Debug.Assert(packets.Length > 0 && packets.Length <= (long)packetBytes * MaxPacketsPerSend, "As many packets as announced.");
        taken = 0;
        if (socket is null)
        {
            return SocketError.NotConnected;
        }

        var error = Send(socket, packets.Span, out taken);
        if (error is not (SocketError.Success or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable or SocketError.MessageSize))
        {
            taken = 0;
            Disconnect();
        }

        return error;
    }

    /// <inheritdoc/>
    /// <remarks>To a socket, a negative time is for ever.</remarks>
    public void WaitUntilWritable(TimeSpan timeout) => socket?.Poll(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, SelectMode.SelectWrite);

    /// <inheritdoc/>
    public SocketError TakeReport() => SocketError.Success;

    /// <inheritdoc/>
    public void Disconnect()
    {
        if (socket is not null)
        {
            Finish(socket);
            socket.Dispose();
            socket = null;
        }
    }

    /// <summary>Closes the connection without waiting; what the kernel has taken still goes out.</summary>
    public virtual void Dispose() => Disconnect();

    /// <summary>Calls <see cref="Open"/> with wherever the receiver may be.</summary>
    protected abstract SocketError Connect(TimeSpan timeout);

    /// <summary>Finds out whether the receiver at the other end is still there.</summary>
    protected abstract SocketError Ask(Socket connected);

    /// <summary>Sends as much as there is room for.</summary>
    protected virtual SocketError Send(Socket connected, ReadOnlySpan<byte> packets, out int taken)
    {
        taken = connected.Send(packets, SocketFlags.None, out var error);
        return error;
    }

    /// <summary>Sets options before a connection is made.</summary>
    protected virtual void Prepare(Socket fresh)
    {
    }

    /// <summary>Does what has to be done before a connection is closed.</summary>
    protected virtual void Finish(Socket connected)
    {
    }

    /// <summary>Makes the connection.</summary>
    protected SocketError Open(EndPoint peer, TimeSpan timeout)
    {
        Debug.Assert(socket is null, "One connection at a time.");
        Socket? fresh = null;
        try
        {
            fresh = new Socket(peer.AddressFamily, type, protocol) { Blocking = false };
            Prepare(fresh);
            var error = Connect(fresh, peer, timeout);
            if (error == SocketError.Success)
            {
                socket = fresh;
                fresh = null;
            }

            return error;
        }
        catch (SocketException exception)
        {
            // There are no more handles, or this machine has no such sockets.
            return exception.SocketErrorCode;
        }
        finally
        {
            fresh?.Dispose();
        }
    }

    private static SocketError Connect(Socket fresh, EndPoint peer, TimeSpan timeout)
    {
        if (peer.AddressFamily == AddressFamily.Unix)
        {
            return ConnectAtOnce(fresh, peer);
        }

        try
        {
            fresh.Connect(peer);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // So the runtime says that it is under way. To wait for the socket, rather than for a callback, does not depend on the
            // application's thread pool. Windows tells of a failure as of an exceptional state.
            List<Socket> connected = [fresh];
            List<Socket> failed = [fresh];
            Socket.Select(null, connected, failed, timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);
            if (connected.Count == 0 && failed.Count == 0)
            {
                return SocketError.TimedOut;
            }

            var error = (SocketError)(int)fresh.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != SocketError.Success)
            {
                return error;
            }
        }

        // Where nobody listens on a port that is also given out to clients, TCP may connect a socket to itself.
        return peer.Equals(fresh.LocalEndPoint) ? SocketError.ConnectionRefused : SocketError.Success;
    }

    /// <summary>Connects a Unix socket, which succeeds or fails at once, and like this without an exception.</summary>
    private static SocketError ConnectAtOnce(Socket fresh, EndPoint peer)
    {
        using var attempt = new SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true) { RemoteEndPoint = peer };
        var isPending = fresh.ConnectAsync(attempt);

        // There may be no room for another connection that waits to be accepted.
        return isPending || attempt.SocketError == SocketError.WouldBlock ? SocketError.TimedOut : attempt.SocketError;
    }
}
