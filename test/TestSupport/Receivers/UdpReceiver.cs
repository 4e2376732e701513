using System.Net;
using System.Net.Sockets;

namespace TestSupport;

/// <summary>A UDP socket on loopback. While stopped its port refuses every datagram, and nobody else can be given it.</summary>
/// <remarks>
/// The kernel drops silently what the receive buffer cannot hold, so that not every datagram it accepted is received unless
/// the sender heeds the buffer.
/// </remarks>
public sealed class UdpReceiver : DatagramReceiver
{
    private readonly AddressFamily family;
    private Socket? hold;

    /// <summary>Binds and starts to read.</summary>
    /// <param name="family">IPv4 for 127.0.0.1, IPv6 for [::1].</param>
    /// <param name="port">0 for any free port; the port of an earlier receiver plays its restart.</param>
    /// <param name="options">What it is like; the defaults unless given.</param>
    public UdpReceiver(AddressFamily family = AddressFamily.InterNetwork, int port = 0, ReceiverOptions? options = null)
        : base(options)
    {
        this.family = family;
        this.EndPoint = new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, port);
        this.Start();
    }

    /// <inheritdoc/>
    public override string Address => $"udp://{this.EndPoint}";

    /// <summary>Gets the address and port bound to.</summary>
    public IPEndPoint EndPoint { get; private set; }

    /// <summary>Gets the port bound to.</summary>
    public int Port => this.EndPoint.Port;

    /// <summary>Gets what has come so far, in order.</summary>
    public IReadOnlyList<byte[]> Datagrams => this.Payloads;

    /// <summary>Waits until at least so many datagrams have come.</summary>
    /// <param name="count">How many.</param>
    /// <param name="deadline">How long at most; 60 seconds unless given.</param>
    /// <returns>Everything that has come so far.</returns>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public IReadOnlyList<byte[]> WaitForDatagrams(int count, TimeSpan? deadline = null) => this.WaitFor(count, deadline);

    private protected override Socket Bind()
    {
        var socket = new Socket(this.family, SocketType.Dgram, ProtocolType.Udp);
        if (this.ReceiveBufferBytes is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        if (this.hold is not null)
        {
            PortHandover.Pass(this.hold, socket);
            this.hold = null;
        }
        else
        {
            socket.Bind(this.EndPoint);
        }

        this.EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        return socket;
    }

    private protected override void Refuse(Socket socket)
    {
        this.CloseToOthers(socket);

        // Another processor may have found the socket before and still be cutting up a segmented batch for its queue.
        KernelBarrier.WaitForDeliveries();
    }

    private protected override void Close(Socket socket)
    {
        this.CloseToOthers(socket);
        this.hold = socket;
    }

    private protected override void Release()
    {
        this.hold?.Dispose();
        this.hold = null;
    }

    // Connected to itself, the socket is nobody else's peer any more: to all others the port is closed.
    private void CloseToOthers(Socket socket) => socket.Connect(this.EndPoint);
}
