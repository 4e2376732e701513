using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>A UDP socket on loopback that a thread of its own reads and forgets, as a receiver on the same host would.</summary>
/// <remarks>What it cannot keep up with is lost there; the sender does not notice and takes the same time.</remarks>
internal sealed class LoopbackReceiver : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
    private readonly Thread reader;
    private volatile bool isDisposed;

    public LoopbackReceiver()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        reader = new Thread(Read) { IsBackground = true };
        reader.Start();
    }

    public Endpoint Endpoint => new(IPAddress.Loopback.ToString(), ((IPEndPoint)socket.LocalEndPoint!).Port);

    public void Dispose()
    {
        isDisposed = true;
        socket.Dispose();
        reader.Join();
    }

    private void Read()
    {
        var buffer = new byte[ushort.MaxValue];
        while (!isDisposed)
        {
            try
            {
                socket.Receive(buffer);
            }
            catch (Exception exception) when (isDisposed && exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
