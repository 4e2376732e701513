using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Datagrams to a socket file, each of which arrives whole or is refused.</summary>
/// <remarks>Threading as for <see cref="SocketTransport"/>.</remarks>
/// <param name="path">The socket file: as long as an endpoint's may be, or the constructor throws.</param>
/// <param name="asksWithEmptyLine">
/// Whether <see cref="ITransport.Probe"/> sends an empty line to find out whether somebody still reads the socket it is connected to;
/// receivers skip it.
/// </param>
internal sealed class UnixDatagramTransport(string path, bool asksWithEmptyLine)
    : SocketTransport(SocketType.Dgram, ProtocolType.Unspecified)
{
    private readonly UnixDomainSocketEndPoint peer = new(path);

    /// <inheritdoc/>
    public override int MaxPacketsPerSend => 1;

    /// <inheritdoc/>
    protected override SocketError Connect(TimeSpan timeout) => Open(peer, timeout);

    /// <inheritdoc/>
    protected override SocketError Ask(Socket connected)
    {
        var error = asksWithEmptyLine ? Send(connected, "\n"u8, out _) : SocketError.Success;

        // Only the queue of a receiver that is there can be full.
        return error is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable ? SocketError.Success : error;
    }
}
