using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

/// <summary>Ports that are taken while nobody listens, so that connections are refused.</summary>
internal static class Loopback
{
    public static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    public static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
