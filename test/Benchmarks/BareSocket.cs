using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>The rival of every sender: a connected, non-blocking socket and one call a packet, without anything of ours between.</summary>
internal static class BareSocket
{
    public static Socket Connect(Endpoint endpoint)
    {
        var (type, protocol) = endpoint.Kind switch
        {
            EndpointKind.Udp => (SocketType.Dgram, ProtocolType.Udp),
            EndpointKind.UnixDatagram => (SocketType.Dgram, ProtocolType.Unspecified),
            EndpointKind.UnixStream => (SocketType.Stream, ProtocolType.Unspecified),
            EndpointKind.Tcp => (SocketType.Stream, ProtocolType.Tcp),
            _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint, "Not a socket's."),
        };
        EndPoint peer = endpoint.Path.Length > 0
            ? new UnixDomainSocketEndPoint(endpoint.Path)
            : new IPEndPoint(IPAddress.Parse(endpoint.Host), endpoint.Port);
        var socket = new Socket(peer.AddressFamily, type, protocol);
        socket.Connect(peer);
        socket.Blocking = false;
        if (endpoint.Kind == EndpointKind.Tcp)
        {
            socket.NoDelay = true;
        }

        return socket;
    }

    /// <summary>Sends a packet whole; where there is no room for it, waits until there is.</summary>
    public static void Send(Socket socket, ReadOnlySpan<byte> packet)
    {
        while (packet.Length > 0)
        {
            var sent = socket.Send(packet, SocketFlags.None, out var error);
            switch (error)
            {
                case SocketError.Success:
                    packet = packet[sent..];
                    break;
                case SocketError.WouldBlock:
                    socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite);
                    break;
                default:
                    throw new SocketException((int)error);
            }
        }
    }
}
