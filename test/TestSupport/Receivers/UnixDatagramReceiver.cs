using System.Net.Sockets;

namespace TestSupport;

/// <summary>A Unix datagram socket. Stopped, its path is gone; killed, the path stays and refuses.</summary>
public sealed class UnixDatagramReceiver : DatagramReceiver
{
    private readonly UnixPath place = new();

    /// <summary>Binds at a path of its own and starts to read.</summary>
    /// <param name="options">What it is like; the defaults unless given.</param>
    public UnixDatagramReceiver(ReceiverOptions? options = null)
        : base(options)
    {
        this.Start();
    }

    /// <inheritdoc/>
    public override string Address => $"unix://{this.Path}";

    /// <summary>Gets the path of the socket.</summary>
    public string Path => this.place.Path;

    private protected override Socket Bind()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        this.place.Publish(socket);
        return socket;
    }

    private protected override void Refuse(Socket socket)
    {
        this.place.Unlink();
        socket.Shutdown(SocketShutdown.Receive);
    }

    private protected override void Close(Socket socket) => socket.Dispose();

    private protected override void Release() => this.place.Dispose();
}
