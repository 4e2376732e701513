using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>A socket on this host that a thread of its own empties.</summary>
/// <remarks>
/// <para>Over UDP it looks once a millisecond rather than wait for a packet, because waking a waiting thread costs the sender more
/// than sending does, and how often that happens is a matter of the machine's load. What does not fit the buffer meanwhile is
/// lost; the sender does not notice and takes about the same time.</para>
/// <para>The others hold little (a Unix socket eleven datagrams, or 200 KB of a stream) and then make the sender wait, so they wait for what
/// comes, and the sender pays for waking them, as it does where it matters.</para>
/// </remarks>
internal sealed class LoopbackReceiver : IDisposable
{
    private static readonly TimeSpan StopInterval = TimeSpan.FromMilliseconds(100);
    private static int count;

    private readonly EndpointKind kind;
    private readonly Socket socket;
    private readonly Thread reader;
    private volatile bool isDisposed;

    public LoopbackReceiver(EndpointKind kind)
    {
        this.kind = kind;
        var path = Path.Combine(Path.GetTempPath(), $"benchmark-{Environment.ProcessId}-{Interlocked.Increment(ref count)}.sock");
        socket = kind switch
        {
            EndpointKind.Udp => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20, Blocking = false },
            EndpointKind.UnixDatagram => new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified),
            EndpointKind.UnixStream => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            EndpointKind.Tcp => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a socket's."),
        };
        socket.Bind(IsUnix ? new UnixDomainSocketEndPoint(path) : new IPEndPoint(IPAddress.Loopback, 0));
        Endpoint = new Endpoint(
            kind,
            IsUnix ? string.Empty : IPAddress.Loopback.ToString(),
            IsUnix ? 0 : ((IPEndPoint)socket.LocalEndPoint!).Port,
            IsUnix ? path : string.Empty);
        if (socket.SocketType == SocketType.Stream)
        {
            socket.Listen();
        }

        reader = new Thread(Read) { IsBackground = true };
        reader.Start();
    }

    public Endpoint Endpoint { get; }

    private bool IsUnix => kind is EndpointKind.UnixDatagram or EndpointKind.UnixStream;

    /// <summary>Waits until a burst over UDP has been read, so that it costs the next one nothing; a second at most.</summary>
    public void WaitUntilEmpty()
    {
        if (kind == EndpointKind.Udp)
        {
            SpinWait.SpinUntil(() => socket.Available == 0, TimeSpan.FromSeconds(1));
        }
    }

    public void Dispose()
    {
        isDisposed = true;
        reader.Join();
        socket.Dispose();
    }

    private void Read()
    {
        switch (kind)
        {
            case EndpointKind.Udp:
                ReadNowAndThen();
                break;
            case EndpointKind.UnixDatagram:
                ReadAsItComes(socket);
                break;
            default:
                Accept();
                break;
        }
    }

    private void ReadNowAndThen()
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

    private void ReadAsItComes(Socket source)
    {
        var buffer = new byte[ushort.MaxValue];
        source.ReceiveTimeout = (int)StopInterval.TotalMilliseconds;
        var isOpen = true;
        while (isOpen && !isDisposed)
        {
            var length = source.Receive(buffer, SocketFlags.None, out var error);
            isOpen = error is SocketError.TimedOut or SocketError.WouldBlock || (error == SocketError.Success && length > 0);
        }
    }

    private void Accept()
    {
        var readers = new List<Thread>();
        while (!isDisposed)
        {
            if (socket.Poll(StopInterval, SelectMode.SelectRead))
            {
                var connection = socket.Accept();
                var thread = new Thread(() =>
                {
                    using (connection)
                    {
                        ReadAsItComes(connection);
                    }
                })
                { IsBackground = true };
                thread.Start();
                readers.Add(thread);
            }
        }

        readers.ForEach(thread => thread.Join());
    }
}
