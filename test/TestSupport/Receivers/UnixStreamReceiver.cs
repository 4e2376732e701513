using System.Buffers.Binary;
using System.Net.Sockets;

namespace TestSupport;

/// <summary>
/// A Unix stream socket whose frames begin with their length, four bytes with the lowest first. Stopped, its path is gone;
/// killed, the path stays and refuses.
/// </summary>
/// <remarks>A stopped receiver needs no help of its senders to read all that was accepted: the kernel refuses them the rest.</remarks>
public sealed class UnixStreamReceiver : StreamReceiver
{
    /// <summary>A frame said to be longer means that the stream is no longer read from its frames' beginnings.</summary>
    public const int LongestFrame = 1 << 20;

    private readonly UnixPath place = new();

    /// <summary>Listens at a path of its own and starts to read.</summary>
    /// <param name="options">What it is like; the defaults unless given.</param>
    public UnixStreamReceiver(ReceiverOptions? options = null)
        : base(options)
    {
        this.Start();
    }

    /// <inheritdoc/>
    public override string Address => $"unixstream://{this.Path}";

    /// <summary>Gets the path of the socket.</summary>
    public string Path => this.place.Path;

    private protected override Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        this.place.Publish(socket, Backlog);
        return socket;
    }

    private protected override void RefuseConnections(Socket listener)
    {
        this.place.Unlink();
        listener.Shutdown(SocketShutdown.Receive);
    }

    private protected override void RefuseData(Socket connection) => connection.Shutdown(SocketShutdown.Both);

    private protected override void Break(Socket connection)
    {
        // Closing is all it takes: the sender is told whether anything was left unread.
    }

    private protected override int Take(ReadOnlySpan<byte> bytes, out Range payload)
    {
        payload = default;
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(bytes, out var length))
        {
            return 0;
        }

        if (length > LongestFrame)
        {
            return -1;
        }

        var total = sizeof(uint) + (int)length;
        payload = sizeof(uint)..total;
        return bytes.Length < total ? 0 : total;
    }

    private protected override void Release() => this.place.Dispose();
}
