using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>A UDP socket on loopback that a thread of its own empties.</summary>
/// <remarks>
/// It looks once a millisecond rather than wait for a packet, because waking a waiting thread costs the sender more than
/// sending does, and how often that happens is a matter of the machine's load. What does not fit the buffer meanwhile is lost;
/// the sender does not notice and takes the same time.
/// </remarks>
internal sealed class LoopbackReceiver : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
    {
        ReceiveBufferSize = 4 << 20,
        Blocking = false,
    };

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
        reader.Join();
        socket.Dispose();
    }

    private void Read()
    {
        var buffer = new byte[ushort.MaxValue];
        while (!isDisposed)
        {
            SocketError error;
            do
            {
                socket.Receive(buffer, SocketFlags.None, out error);
            }
            while (error == SocketError.Success);
            Thread.Sleep(1);
        }
    }
}
