using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

/// <summary>A port that nobody listens on and that the system gives to nobody who asks for any.</summary>
internal static class FreePort
{
    /// <summary>Below what Linux assigns by itself, so that tests at the same time do not take it.</summary>
    private static int next = Random.Shared.Next(22_000, 30_000);

    /// <summary>Claims on the ports handed out, as long as this process lives: the same number of UDP, which no test uses.</summary>
    private static readonly ConcurrentBag<UdpClient> Claims = [];

    public static int Find()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref next);
            try
            {
                // Another run of these tests on this machine looks for ports in the same range, and would find this one free as well.
                Claims.Add(new UdpClient(new IPEndPoint(IPAddress.Loopback, port)));
                using var first = new TcpListener(IPAddress.Loopback, port);
                first.Start();
                using var second = new TcpListener(IPAddress.IPv6Loopback, port);
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it; the next one will do.
            }
        }
    }
}
