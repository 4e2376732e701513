using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>
/// Takes connections at one address, over TCP or at a socket file, and can stop and start there again. While it is stopped its port refuses, and
/// nobody else can be given it.
/// </summary>
internal sealed class StreamReceiver : IDisposable
{
    private const byte FinWait2 = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SocketFolder folder = new();
    private readonly AddressFamily family;
    private readonly int backlog;
    private readonly Socket? hold;
    private IPEndPoint endPoint;
    private Socket listener;

    /// <param name="family">Unix for a socket file.</param>
    /// <param name="address">Where to listen over TCP.</param>
    /// <param name="port">0 for any free port.</param>
    /// <param name="backlog">How many may wait to be accepted, but for one.</param>
    /// <param name="keepsPort">Whether the port stays its own while it is stopped, even from clients.</param>
    public StreamReceiver(AddressFamily family, string address = "127.0.0.1", int port = 0, int backlog = 16, bool keepsPort = true)
    {
        this.family = family;
        this.backlog = backlog;
        endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        if (keepsPort && family != AddressFamily.Unix)
        {
            // Bound but not listening, it keeps the port without being in the listener's way.
            hold = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
            hold.Bind(endPoint);
            endPoint = (IPEndPoint)hold.LocalEndPoint!;
        }

        listener = Start();
    }

    public int Port => endPoint.Port;

    public SocketFolder Folder => folder;

    public ITransport NewTransport() => family == AddressFamily.Unix
        ? new UnixStreamTransport(folder.Path)
        : new TcpTransport(endPoint.Address.ToString(), Port);

    /// <summary>Stops to listen; connections stay.</summary>
    public void Stop() => listener.Dispose();

    /// <summary>Starts anew. A socket file is replaced, whoever may still listen on the old one.</summary>
    public void Restart() => listener = Start();

    public Socket Accept()
    {
        Assert.True(listener.Poll(Patience, SelectMode.SelectRead), "Nobody connected.");
        var peer = listener.Accept();
        peer.ReceiveTimeout = peer.SendTimeout = (int)Patience.TotalMilliseconds;
        return peer;
    }

    /// <summary>Whether somebody waits to be accepted.</summary>
    public bool HasCaller() => listener.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <summary>Closes a connection properly, and waits until the other side could know.</summary>
    public void Close(Socket peer)
    {
        peer.Shutdown(SocketShutdown.Send);
        if (family != AddressFamily.Unix)
        {
            Observed.Until(() => State(peer) == FinWait2);
        }

        peer.Dispose();
    }

    /// <summary>Speaks, and waits until the other side could know.</summary>
    public void Say(Socket peer, ReadOnlySpan<byte> bytes)
    {
        peer.Send(bytes);
        if (family != AddressFamily.Unix)
        {
            Observed.Until(() => Unacknowledged(peer) == 0);
        }
    }

    /// <summary>Breaks a connection off with something unread, which resets it.</summary>
    public void Reset(Socket peer)
    {
        if (family != AddressFamily.Unix)
        {
            peer.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        peer.Dispose();
    }

    public static byte[] Read(Socket peer, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = peer.Receive(bytes.AsSpan(read));
            Assert.True(more > 0, $"The stream ends after {read} bytes of {length}.");
            read += more;
        }

        return bytes;
    }

    public static byte[] ReadToEnd(Socket peer)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[65_536];
        for (int length; (length = peer.Receive(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, length);
        }

        return bytes.ToArray();
    }

    public void Dispose()
    {
        listener.Dispose();
        hold?.Dispose();
        folder.Dispose();
    }

    /// <summary>tcpi_state.</summary>
    private static byte State(Socket peer) => TcpInfo(peer)[0];

    /// <summary>tcpi_unacked, in segments.</summary>
    private static uint Unacknowledged(Socket peer) => BitConverter.ToUInt32(TcpInfo(peer), 24);

    /// <summary>The beginning of TCP_INFO, as <c>linux/tcp.h</c> has it.</summary>
    private static byte[] TcpInfo(Socket peer)
    {
        var info = new byte[28];
        peer.GetRawSocketOption(6, 11, info);
        return info;
    }

    private Socket Start()
    {
        Socket socket;
        if (family == AddressFamily.Unix)
        {
            socket = folder.Bind(SocketType.Stream);
        }
        else
        {
            socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
            endPoint = (IPEndPoint)socket.LocalEndPoint!;
        }

        socket.Listen(backlog);
        return socket;
    }
}
