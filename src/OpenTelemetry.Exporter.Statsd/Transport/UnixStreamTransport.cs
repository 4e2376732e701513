using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>A stream to a socket file.</summary>
/// <remarks>Threading as for <see cref="SocketTransport"/>.</remarks>
/// <param name="path">The socket file: as long as an endpoint's may be, or the constructor throws.</param>
internal sealed class UnixStreamTransport(string path) : StreamTransport(ProtocolType.Unspecified)
{
    private readonly UnixDomainSocketEndPoint peer = new(path);

    /// <inheritdoc/>
    protected override SocketError Connect(TimeSpan timeout) => Open(peer, timeout);
}
