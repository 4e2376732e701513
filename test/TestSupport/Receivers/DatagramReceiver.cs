using System.Net.Sockets;

namespace TestSupport;

/// <summary>A receiver whose payloads are datagrams, all from one socket.</summary>
public abstract class DatagramReceiver : Receiver
{
    /// <summary>More than any kind of datagram carries on loopback with default buffers.</summary>
    private const int LargestDatagram = 1 << 18;

    private readonly byte[] buffer = new byte[LargestDatagram];
    private Socket? socket;
    private bool refusing;

    private protected DatagramReceiver(ReceiverOptions? options)
        : base(options)
    {
    }

    /// <summary>Binds a socket at the address.</summary>
    private protected abstract Socket Bind();

    /// <summary>Makes the kernel refuse every further datagram, in one step, and keep those it has accepted.</summary>
    private protected abstract void Refuse(Socket socket);

    /// <summary>Ends a socket, with whatever is unread in it.</summary>
    private protected abstract void Close(Socket socket);

    private protected sealed override void Open()
    {
        this.socket = this.Bind();
        this.socket.Blocking = false;
        this.refusing = false;
    }

    private protected sealed override void AddSockets(List<Socket> sockets, bool paused)
    {
        if (!paused && this.socket is not null)
        {
            sockets.Add(this.socket);
        }
    }

    private protected sealed override void ReadFrom(Socket socket)
    {
        while (!this.IsInterrupted)
        {
            var length = socket.Receive(this.buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                var payload = this.buffer.AsSpan(0, length);
                this.Keep(this.ReadsAsCloudWatchAgent ? payload[..(payload.LastIndexOfAnyInRange((byte)' ', byte.MaxValue) + 1)] : payload);
            }
            else if (error != SocketError.WouldBlock)
            {
                throw new SocketException((int)error);
            }
            else
            {
                if (this.refusing)
                {
                    this.Close();
                }

                return;
            }
        }
    }

    private protected sealed override void Refuse()
    {
        this.Refuse(this.socket!);
        this.refusing = true;

        // Nothing would wake the reader for an empty queue.
        this.ReadFrom(this.socket!);
    }

    private protected sealed override void Abort()
    {
        if (this.socket is not null)
        {
            this.Close();
        }
    }

    private void Close()
    {
        this.Close(this.socket!);
        this.socket = null;
    }
}
