using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Benchmarks.Load;

/// <summary>A process that receives lines and counts them, so that its work and its garbage are not the application's.</summary>
/// <remarks>
/// Says its endpoint, or why it has none, and then answers each line of its input with a <see cref="SinkTotals"/>; <c>clear</c> also forgets ages. Ends with its
/// input. It waits for what comes, as a receiver does, so who sends pays for waking it.
/// </remarks>
internal static class Sink
{
    public const string Command = "sink";
    public const string Clear = "clear";

    private static readonly Lock Gate = new();
    private static readonly LineDecoder Decoder = new();
    private static long reads;
    private static long bytes;

    /// <param name="args">The kind, the size of the receive buffer or 0 for the system's default, and the path of those that have one.</param>
    public static void Run(string[] args)
    {
        var kind = Enum.Parse<SinkKind>(args[0]);
        var path = args[2];
        var socket = kind == SinkKind.Pipe ? null : Open(kind, int.Parse(args[1], CultureInfo.InvariantCulture), path);
        Console.WriteLine(kind switch
        {
            SinkKind.Udp => $"udp://{socket!.LocalEndPoint}",
            SinkKind.Tcp => $"tcp://{socket!.LocalEndPoint}",
            SinkKind.UnixDatagram => $"unix://{path}",
            SinkKind.UnixStream => $"unixstream://{path}",
            _ => path,
        });
        Start(() => Receive(kind, socket, path));
        while (Console.ReadLine() is { } question)
        {
            Console.WriteLine(JsonSerializer.Serialize(Read(clears: question == Clear)));
        }
    }

    private static Socket Open(SinkKind kind, int receiveBuffer, string path)
    {
        var isUnix = kind is SinkKind.UnixDatagram or SinkKind.UnixStream;
        var isStream = kind is SinkKind.UnixStream or SinkKind.Tcp;
        var socket = new Socket(
            isUnix ? AddressFamily.Unix : AddressFamily.InterNetwork,
            isStream ? SocketType.Stream : SocketType.Dgram,
            isUnix ? ProtocolType.Unspecified : isStream ? ProtocolType.Tcp : ProtocolType.Udp);
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        socket.Bind(isUnix ? new UnixDomainSocketEndPoint(path) : new IPEndPoint(IPAddress.Loopback, 0));
        if (isStream)
        {
            socket.Listen();
        }

        return socket;
    }

    private static void Receive(SinkKind kind, Socket? socket, string path)
    {
        if (kind == SinkKind.Pipe)
        {
            // For writing, too, so that it never seems to be at its end.
            using var pipe = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            ReceiveFrom(kind, buffer => pipe.Read(buffer));
        }
        else if (kind is SinkKind.Udp or SinkKind.UnixDatagram)
        {
            ReceiveFrom(kind, buffer => socket!.Receive(buffer));
        }
        else
        {
            while (true)
            {
                var connection = socket!.Accept();
                Start(() => ReceiveFrom(kind, buffer => connection.Receive(buffer)));
            }
        }
    }

    private static void ReceiveFrom(SinkKind kind, Reader read)
    {
        var buffer = new byte[256 * 1024];
        var kept = 0;
        while (true)
        {
            var length = read(buffer.AsSpan(kept));
            if (length == 0 && kind is not (SinkKind.Udp or SinkKind.UnixDatagram))
            {
                return;
            }

            var now = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
            lock (Gate)
            {
                reads++;
                bytes += length;
                var rest = Decode(kind, buffer.AsSpan(0, kept + length), now);
                rest.CopyTo(buffer);
                kept = rest.Length;
            }
        }
    }

    /// <returns>What cannot be read without what comes after it.</returns>
    private static ReadOnlySpan<byte> Decode(SinkKind kind, ReadOnlySpan<byte> read, long now)
    {
        switch (kind)
        {
            case SinkKind.UnixStream:
                while (read.Length >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(read) is var frame && read.Length - sizeof(int) >= frame)
                {
                    Decoder.Decode(read.Slice(sizeof(int), frame), now);
                    read = read[(sizeof(int) + frame)..];
                }

                return read;
            case SinkKind.Tcp or SinkKind.Pipe:
                var whole = read.LastIndexOf((byte)'\n') + 1;
                Decoder.Decode(read[..whole], now);
                return read[whole..];
            default:
                Decoder.Decode(read, now);
                return default;
        }
    }

    private static SinkTotals Read(bool clears)
    {
        lock (Gate)
        {
            var totals = new SinkTotals(
                Decoder.Values,
                Decoder.Thousandths,
                Decoder.Malformed,
                Decoder.Lines,
                reads,
                bytes,
                Decoder.Ages,
                Decoder.AgeAt(0.5),
                Decoder.AgeAt(0.99),
                Decoder.AgeMax,
                Environment.CpuUsage.TotalTime.TotalSeconds);
            if (clears)
            {
                Decoder.ClearAges();
            }

            return totals;
        }
    }

    private static void Start(Action run) => new Thread(() => run()) { IsBackground = true }.Start();

    private delegate int Reader(Span<byte> buffer);
}
