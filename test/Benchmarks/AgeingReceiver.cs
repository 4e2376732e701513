using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>A socket on this host whose reader counts the values that come, and of the last of each line, which says when it was recorded, how old it is.</summary>
internal sealed class AgeingReceiver : IDisposable
{
    private static readonly TimeSpan StopInterval = TimeSpan.FromMilliseconds(50);
    private static int count;

    private readonly EndpointKind kind;
    private readonly Socket socket;
    private readonly Thread reader;
    private readonly List<double> ages = new(1 << 20);
    private long values;
    private volatile bool isDisposed;

    public AgeingReceiver(EndpointKind kind)
    {
        this.kind = kind;
        var path = Path.Combine(Path.GetTempPath(), $"ageing-{Environment.ProcessId}-{Interlocked.Increment(ref count)}.sock");
        var isUnix = kind is EndpointKind.UnixDatagram or EndpointKind.UnixStream;
        var isStream = kind is EndpointKind.UnixStream or EndpointKind.Tcp;
        socket = new Socket(
            isUnix ? AddressFamily.Unix : AddressFamily.InterNetwork,
            isStream ? SocketType.Stream : SocketType.Dgram,
            kind == EndpointKind.Udp ? ProtocolType.Udp : kind == EndpointKind.Tcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (kind == EndpointKind.Udp)
        {
            socket.ReceiveBufferSize = 4 << 20;
        }

        socket.Bind(isUnix ? new UnixDomainSocketEndPoint(path) : new IPEndPoint(IPAddress.Loopback, 0));
        Endpoint = isUnix ? $"{(isStream ? "unixstream" : "unix")}://{path}" : $"{(isStream ? "tcp" : "udp")}://{socket.LocalEndPoint}";
        if (isStream)
        {
            socket.Listen();
        }

        reader = new Thread(Read) { IsBackground = true };
        reader.Start();
    }

    public string Endpoint { get; }

    /// <summary>How many values have come.</summary>
    public long Values => Volatile.Read(ref values);

    /// <summary>How old the last value of each line was, in milliseconds.</summary>
    public IReadOnlyList<double> Ages
    {
        get
        {
            lock (ages)
            {
                return [.. ages];
            }
        }
    }

    /// <summary>Forgets ages, but not how many values came.</summary>
    public void ClearAges()
    {
        lock (ages)
        {
            ages.Clear();
        }
    }

    /// <summary>Now, as values tell it: microseconds from some moment.</summary>
    public static long Now() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    public void Dispose()
    {
        isDisposed = true;
        reader.Join();
        socket.Dispose();
    }

    private void Read()
    {
        if (kind is EndpointKind.Udp or EndpointKind.UnixDatagram)
        {
            ReadFrom(socket);
            return;
        }

        var readers = new List<Thread>();
        while (!isDisposed)
        {
            if (socket.Poll(StopInterval, SelectMode.SelectRead))
            {
                var connection = socket.Accept();
                var thread = new Thread(() => ReadFrom(connection)) { IsBackground = true };
                thread.Start();
                readers.Add(thread);
            }
        }

        readers.ForEach(thread => thread.Join());
    }

    private void ReadFrom(Socket source)
    {
        var buffer = new byte[1 << 20];
        var kept = 0;
        source.ReceiveTimeout = (int)StopInterval.TotalMilliseconds;
        while (!isDisposed)
        {
            var length = source.Receive(buffer.AsSpan(kept), SocketFlags.None, out var error);
            if (error is SocketError.TimedOut or SocketError.WouldBlock)
            {
                continue;
            }

            if (error != SocketError.Success || length == 0)
            {
                return;
            }

            var read = buffer.AsSpan(0, kept + length);
            var rest = kind switch
            {
                EndpointKind.UnixStream => CountFrames(read),
                EndpointKind.Tcp => CountLines(read),
                _ => CountDatagram(read),
            };
            rest.CopyTo(buffer);
            kept = rest.Length;
        }
    }

    private ReadOnlySpan<byte> CountDatagram(ReadOnlySpan<byte> read)
    {
        Count(read);
        return default;
    }

    /// <returns>What is left for the next read: a line that is not whole.</returns>
    private ReadOnlySpan<byte> CountLines(ReadOnlySpan<byte> read)
    {
        var whole = read.LastIndexOf((byte)'\n') + 1;
        Count(read[..whole]);
        return read[whole..];
    }

    /// <returns>What is left for the next read: a frame that is not whole.</returns>
    private ReadOnlySpan<byte> CountFrames(ReadOnlySpan<byte> read)
    {
        while (read.Length >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(read) is var bytes && read.Length >= sizeof(int) + bytes)
        {
            Count(read.Slice(sizeof(int), bytes));
            read = read[(sizeof(int) + bytes)..];
        }

        return read;
    }

    private void Count(ReadOnlySpan<byte> lines)
    {
        var now = Now();
        var counted = 0;
        foreach (var range in lines.Split((byte)'\n'))
        {
            var line = lines[range];
            var bar = line.IndexOf((byte)'|');
            if (bar < 0)
            {
                continue;
            }

            line = line[..bar];
            counted += line.Count((byte)':');
            if (Utf8Parser.TryParse(line[(line.LastIndexOf((byte)':') + 1)..], out double recordedAt, out _))
            {
                lock (ages)
                {
                    ages.Add((now - recordedAt) / 1000);
                }
            }
        }

        Volatile.Write(ref values, values + counted);
    }
}
