using System.Net;
using System.Net.Sockets;

namespace TestSupport;

/// <summary>A UDP port on loopback that refuses every packet for as long as this lives, since nobody else can be given it.</summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket socket;

    /// <summary>Takes a free port.</summary>
    /// <param name="family">IPv4 for 127.0.0.1, IPv6 for [::1].</param>
    public ClosedPort(AddressFamily family = AddressFamily.InterNetwork)
    {
        var loopback = family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        this.socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        this.socket.Bind(new IPEndPoint(loopback, 0));
        this.EndPoint = (IPEndPoint)this.socket.LocalEndPoint!;

        // Connected to itself, the socket is nobody's but its own peer: to all others the port is closed.
        this.socket.Connect(this.EndPoint);
    }

    /// <summary>Gets the address and port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Gives the port back.</summary>
    public void Dispose() => this.socket.Dispose();
}
