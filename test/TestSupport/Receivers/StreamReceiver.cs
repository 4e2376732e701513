using System.Net.Sockets;

namespace TestSupport;

/// <summary>A receiver of connections, whose streams are cut into payloads.</summary>
/// <remarks>What a connection leaves unfinished at its end is kept apart, and never a payload.</remarks>
public abstract class StreamReceiver : Receiver
{
    private protected const int Backlog = 1024;

    private readonly Dictionary<Socket, StreamBuffer> connections = [];
    private readonly List<byte[]> torn = [];
    private Socket? listener;
    private int accepted;

    private protected StreamReceiver(ReceiverOptions? options)
        : base(options)
    {
    }

    /// <summary>Gets how many connections were accepted so far over all starts.</summary>
    public int Accepted => Volatile.Read(ref this.accepted);

    /// <summary>Gets the bytes that connections left without the end of their frame or line, one entry a connection that did.</summary>
    public IReadOnlyList<byte[]> Torn
    {
        get
        {
            lock (this.torn)
            {
                return [.. this.torn];
            }
        }
    }

    /// <summary>Binds a socket at the address and listens.</summary>
    private protected abstract Socket Listen();

    /// <summary>Makes the kernel refuse every further connection, in one step, and keep those it has accepted.</summary>
    private protected abstract void RefuseConnections(Socket listener);

    /// <summary>Whether somebody is half-way through connecting.</summary>
    private protected virtual bool IsConnecting() => false;

    /// <summary>Tells the sender of a connection that this end is closing, without losing what it has sent.</summary>
    private protected abstract void RefuseData(Socket connection);

    /// <summary>Closes a connection the way a killed process does.</summary>
    private protected abstract void Break(Socket connection);

    /// <summary>Finds the next payload.</summary>
    /// <param name="bytes">What has come and was not taken.</param>
    /// <param name="payload">Where in it the payload is.</param>
    /// <returns>How many bytes the payload takes up; 0 if its end has not come; below 0 if the stream cannot be read.</returns>
    private protected abstract int Take(ReadOnlySpan<byte> bytes, out Range payload);

    private protected sealed override void Open()
    {
        this.listener = this.Listen();
        this.listener.Blocking = false;
    }

    private protected sealed override void AddSockets(List<Socket> sockets, bool paused)
    {
        if (this.listener is not null)
        {
            sockets.Add(this.listener);
        }

        if (!paused)
        {
            sockets.AddRange(this.connections.Keys);
        }
    }

    private protected sealed override void ReadFrom(Socket socket)
    {
        if (socket == this.listener)
        {
            this.TryAccept();
        }
        else
        {
            this.ReadFrom(socket, this.connections[socket]);
        }
    }

    private protected sealed override void Refuse()
    {
        this.RefuseConnections(this.listener!);
        bool connecting;
        do
        {
            // Asked before accepting: whoever has connected since is in the queue by then.
            connecting = this.IsConnecting();
            while (this.TryAccept())
            {
            }
        }
        while (connecting && !this.IsInterrupted);

        this.CloseListener();
        foreach (var connection in this.connections.Keys)
        {
            this.RefuseData(connection);
        }
    }

    private protected sealed override void Abort()
    {
        this.CloseListener();
        foreach (var connection in this.connections.Keys)
        {
            this.Break(connection);
            this.End(connection);
        }
    }

    private bool TryAccept()
    {
        Socket connection;
        try
        {
            connection = this.listener!.Accept();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
        {
            return false;
        }

        connection.Blocking = false;
        this.connections.Add(connection, new StreamBuffer());
        Interlocked.Increment(ref this.accepted);
        this.Changed();
        return true;
    }

    private void ReadFrom(Socket connection, StreamBuffer buffer)
    {
        var length = connection.Receive(buffer.Free, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (length == 0)
        {
            if (this.ReadsAsCloudWatchAgent)
            {
                this.Keep(buffer.Bytes.TrimEnd((byte)'\r'));
                buffer.Remove(buffer.Bytes.Length);
            }

            this.End(connection);
            return;
        }

        buffer.Add(length);
        int taken;
        while ((taken = this.Take(buffer.Bytes, out var payload)) > 0)
        {
            this.Keep(buffer.Bytes[payload]);
            buffer.Remove(taken);
        }

        if (taken < 0)
        {
            this.Break(connection);
            this.End(connection);
        }
    }

    private void End(Socket connection)
    {
        connection.Dispose();
        this.connections.Remove(connection, out var buffer);
        if (!buffer!.Bytes.IsEmpty)
        {
            lock (this.torn)
            {
                this.torn.Add(buffer.Bytes.ToArray());
            }
        }

        this.Changed();
    }

    private void CloseListener()
    {
        this.listener?.Dispose();
        this.listener = null;
    }
}
