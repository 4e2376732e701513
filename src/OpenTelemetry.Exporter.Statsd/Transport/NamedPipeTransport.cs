using System.IO.Pipes;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>The client's end of a named pipe of this machine.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. A pipe has no call that writes only what there is room for, so a write has its time
/// and is cancelled after it. How much of it has arrived then is unknown: the connection is given up, and the packet is to be sent
/// again in whole, which is why a call takes one packet only. That the receiver is gone shows with the next write. No time depends on the
/// application's thread pool: a write whose end it is too busy to tell of is left to itself, with its own copy of the packet. Elsewhere than
/// on Windows .NET makes a pipe of a Unix domain socket that only .NET knows.
/// </remarks>
internal sealed class NamedPipeTransport(Endpoint endpoint) : ITransport
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>.NET tries until the time is over, also where nobody offers the pipe.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(100);

    private NamedPipeClientStream? pipe;
    private PipeWrite write = new();

    public bool IsLossy => false;

    public int MaxPacketsPerSend => 1;

    public bool MayBlock => true;

    public SocketError Probe(TimeSpan timeout)
    {
        if (pipe is not null)
        {
            return SocketError.Success;
        }

        NamedPipeClientStream? fresh = null;
        try
        {
            fresh = new NamedPipeClientStream(".", endpoint.Path, PipeDirection.Out, PipeOptions.Asynchronous);
            fresh.Connect(timeout < ConnectTimeout ? timeout : ConnectTimeout);
            pipe = fresh;
            return SocketError.Success;
        }
#pragma warning disable CA1031 // A stream has no error codes, and nothing that goes wrong here is the caller's fault.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fresh?.Dispose();
            return ErrorOf(exception);
        }
    }

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        taken = 0;
        if (pipe is null)
        {
            return SocketError.NotConnected;
        }

        try
        {
            Write(pipe, packets.Span);
            taken = packets.Length;
            return SocketError.Success;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Disconnect();
            return ErrorOf(exception);
        }
    }

    /// <summary>Does nothing: a write waits by itself.</summary>
    public void WaitUntilWritable(TimeSpan timeout)
    {
    }

    public SocketError TakeReport() => SocketError.Success;

    public void Disconnect()
    {
        pipe?.Dispose();
        pipe = null;
    }

    public void Dispose()
    {
        Disconnect();
        write.Dispose();
    }

    private static SocketError ErrorOf(Exception exception) => exception switch
    {
        OperationCanceledException => SocketError.TimedOut,

        // Connecting tries until its time is over where nobody offers the pipe, or not often enough.
        TimeoutException => SocketError.ConnectionRefused,
        UnauthorizedAccessException => SocketError.AccessDenied,
        ArgumentException or PlatformNotSupportedException => SocketError.AddressNotAvailable,
        InvalidOperationException => SocketError.NotConnected,
        _ => SocketError.ConnectionReset,
    };

    private void Write(NamedPipeClientStream stream, ReadOnlySpan<byte> bytes)
    {
        if (!write.TryRun(stream, bytes, SendTimeout))
        {
            // It may end at any time, and must find everything that is its own as it was.
            write = new PipeWrite();
            throw new OperationCanceledException();
        }
    }
}
