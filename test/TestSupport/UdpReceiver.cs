using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TestSupport;

/// <summary>A UDP socket on loopback that keeps every datagram it gets.</summary>
/// <remarks>
/// Thread safe. One thread of its own reads the socket from construction to <see cref="Dispose"/>; waiting is being woken
/// by that thread, never polling.
/// </remarks>
public sealed class UdpReceiver : IDisposable
{
    private const int LargestDatagram = 65_536;

    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(10);

    private readonly object gate = new();
    private readonly List<byte[]> datagrams = [];
    private readonly Socket socket;
    private readonly Thread reader;
    private volatile bool disposed;

    /// <summary>Binds and starts to read.</summary>
    /// <param name="family">IPv4 for 127.0.0.1, IPv6 for [::1].</param>
    /// <param name="port">0 for any free port; the port of an earlier receiver plays its restart.</param>
    public UdpReceiver(AddressFamily family = AddressFamily.InterNetwork, int port = 0)
    {
        this.socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        this.socket.Bind(new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, port));
        this.EndPoint = (IPEndPoint)this.socket.LocalEndPoint!;
        this.reader = new Thread(this.Read) { IsBackground = true, Name = $"UDP receiver {this.EndPoint}" };
        this.reader.Start();
    }

    /// <summary>Gets the address and port bound to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Gets the port bound to.</summary>
    public int Port => this.EndPoint.Port;

    /// <summary>Gets what has come so far, in order.</summary>
    public IReadOnlyList<byte[]> Datagrams
    {
        get
        {
            lock (this.gate)
            {
                return [.. this.datagrams];
            }
        }
    }

    /// <summary>Waits until at least so many datagrams have come.</summary>
    /// <param name="count">How many.</param>
    /// <param name="deadline">How long at most; 10 seconds unless given.</param>
    /// <returns>Everything that has come so far.</returns>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public IReadOnlyList<byte[]> WaitForDatagrams(int count, TimeSpan? deadline = null) =>
        this.WaitFor(received => received.Count >= count, deadline);

    /// <summary>Waits until what has come satisfies a condition, asked again after each datagram.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="deadline">How long at most; 10 seconds unless given.</param>
    /// <returns>Everything that has come so far.</returns>
    /// <exception cref="TimeoutException">The condition was not met in time.</exception>
    public IReadOnlyList<byte[]> WaitFor(Func<IReadOnlyList<byte[]>, bool> condition, TimeSpan? deadline = null)
    {
        var limit = deadline ?? DefaultDeadline;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            // Outside the lock: a slow condition must not keep the socket unread.
            var received = this.Datagrams;
            if (condition(received))
            {
                return received;
            }

            lock (this.gate)
            {
                while (this.datagrams.Count == received.Count)
                {
                    var left = limit - clock.Elapsed;
                    if (left <= TimeSpan.Zero || !Monitor.Wait(this.gate, left))
                    {
                        throw new TimeoutException($"The condition was not met by the {received.Count} datagrams that came in {limit}.");
                    }
                }
            }
        }
    }

    /// <summary>Closes the socket; what came before stays readable.</summary>
    public void Dispose()
    {
        if (this.disposed)
        {
            return;
        }

        this.disposed = true;
        this.socket.Dispose();
        this.reader.Join();
    }

    private void Read()
    {
        var buffer = new byte[LargestDatagram];
        while (true)
        {
            int length;
            try
            {
                length = this.socket.Receive(buffer);
            }
            catch (Exception exception) when (this.disposed && exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (this.gate)
            {
                this.datagrams.Add(buffer[..length]);
                Monitor.PulseAll(this.gate);
            }
        }
    }
}
