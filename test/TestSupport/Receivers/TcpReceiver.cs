using System.Net;
using System.Net.Sockets;

namespace TestSupport;

/// <summary>
/// A TCP server on loopback whose lines end with a line feed, which is not kept. While stopped its port refuses connections,
/// and nobody else can be given it.
/// </summary>
/// <remarks>
/// To be stopped is to close this side, and to read until the sender has closed the other: TCP cannot refuse data without
/// losing data.
/// </remarks>
public sealed class TcpReceiver : StreamReceiver
{
    // From Linux' asm-generic/socket.h; the runtime has no name for it.
    private const int SocketLevel = 1;
    private const int BindToInterface = 62;

    // As /proc/net/tcp writes the state of a connection whose handshake waits for its last packet.
    private const string SynReceived = "03";

    private readonly Socket hold;

    /// <summary>Listens and starts to read.</summary>
    /// <param name="family">IPv4 for 127.0.0.1, IPv6 for [::1].</param>
    /// <param name="options">What it is like; the defaults unless given.</param>
    /// <param name="port">0 for any free port.</param>
    public TcpReceiver(AddressFamily family = AddressFamily.InterNetwork, ReceiverOptions? options = null, int port = 0)
        : base(options)
    {
        // Bound but not listening, it keeps the port without being in the listener's way.
        this.hold = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        this.hold.Bind(new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, port));
        this.EndPoint = (IPEndPoint)this.hold.LocalEndPoint!;
        this.Start();
    }

    /// <inheritdoc/>
    public override string Address => $"tcp://{this.EndPoint}";

    /// <summary>Gets the address and port bound to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Gets the port bound to.</summary>
    public int Port => this.EndPoint.Port;

    private protected override Socket Listen()
    {
        var socket = new Socket(this.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (this.ReceiveBufferBytes is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        socket.Bind(this.EndPoint);
        socket.Listen(Backlog);
        return socket;
    }

    /// <remarks>
    /// Closing would reset whoever is connected but not yet accepted. Bound to an interface that does not exist, the listener
    /// is found by nobody, and keeps its queue.
    /// </remarks>
    private protected override void RefuseConnections(Socket listener) =>
        listener.SetRawSocketOption(SocketLevel, BindToInterface, BitConverter.GetBytes(int.MaxValue));

    /// <remarks>Of a handshake that has begun the sender may see the end, and send, before the listener does.</remarks>
    private protected override bool IsConnecting()
    {
        // Asked of the kernel directly: the runtime's list is of both families, and parsed to the last connection.
        var table = this.EndPoint.AddressFamily == AddressFamily.InterNetworkV6 ? "/proc/net/tcp6" : "/proc/net/tcp";
        var local = $":{this.Port:X4}";
        return File.ReadLines(table)
            .Select(line => line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => fields[3] == SynReceived && fields[1].EndsWith(local, StringComparison.Ordinal));
    }

    private protected override void RefuseData(Socket connection)
    {
        try
        {
            connection.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.NotConnected or SocketError.ConnectionReset)
        {
            // The sender was first; reading says how.
        }
    }

    private protected override void Break(Socket connection) => connection.LingerState = new LingerOption(true, 0);

    private protected override int Take(ReadOnlySpan<byte> bytes, out Range payload)
    {
        var length = bytes.IndexOf((byte)'\n');
        payload = ..Math.Max(length, 0);
        if (!this.ReadsAsCloudWatchAgent)
        {
            return length + 1;
        }

        payload = ..bytes[payload].TrimEnd((byte)'\r').Length;
        return (length < 0 ? bytes.Length : length) < ReceiverOptions.LongestAgentLine ? length + 1 : -1;
    }

    private protected override void Release() => this.hold.Dispose();
}
