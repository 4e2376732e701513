using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>A connection that is a stream of bytes, with a peer that is not expected to answer.</summary>
internal abstract class StreamTransport(ProtocolType protocol) : SocketTransport(SocketType.Stream, protocol)
{
    /// <summary>What a peer may say unasked; more than that stays unread until the next call.</summary>
    private const int MaxReads = 64;

    /// <inheritdoc/>
    public override int MaxPacketsPerSend => 64;

    /// <inheritdoc/>
    protected override SocketError Ask(Socket connected) => ReadOff(connected);

    /// <inheritdoc/>
    /// <remarks>Of a peer that has closed the connection the kernel takes the next bytes all the same, and they are lost.</remarks>
    protected override SocketError Send(Socket connected, ReadOnlySpan<byte> packets, out int taken)
    {
        taken = 0;
        var error = ReadOff(connected);
        return error == SocketError.Success ? base.Send(connected, packets, out taken) : error;
    }

    /// <inheritdoc/>
    /// <remarks>A connection that is closed with something unread is reset, and what is under way to the peer is lost.</remarks>
    protected override void Finish(Socket connected) => ReadOff(connected);

    /// <summary>Discards whatever the peer has sent.</summary>
    /// <returns><see cref="SocketError.Success"/> if the peer has not closed the connection.</returns>
    private static SocketError ReadOff(Socket connected)
    {
        Span<byte> discarded = stackalloc byte[512];
        for (var reads = 0; reads < MaxReads; reads++)
        {
            var length = connected.Receive(discarded, SocketFlags.None, out var error);
            if (error != SocketError.Success)
            {
                return error == SocketError.WouldBlock ? SocketError.Success : error;
            }

            if (length == 0)
            {
                return SocketError.Disconnecting;
            }
        }

        return SocketError.Success;
    }
}
