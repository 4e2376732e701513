using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TestSupport.Tests;

/// <summary>Sends payloads over one connection after the other, each until the receiver ends it.</summary>
internal sealed class StreamLoad : Load
{
    private readonly Func<Socket> create;
    private readonly EndPoint endPoint;
    private readonly Func<string, byte[]> frame;
    private readonly int payloadLength;

    /// <param name="endPoint">Where to send to.</param>
    /// <param name="create">Makes an unconnected socket.</param>
    /// <param name="frame">Frames a payload.</param>
    /// <param name="payloadLength">Its length; a payload larger than the buffers is accepted in parts.</param>
    public StreamLoad(EndPoint endPoint, Func<Socket> create, Func<string, byte[]> frame, int payloadLength)
    {
        this.endPoint = endPoint;
        this.create = create;
        this.frame = frame;
        this.payloadLength = payloadLength;
        Begin();
    }

    /// <summary>Gets what was accepted of payloads that were not accepted whole. To be read once ended.</summary>
    public List<byte[]> Torn { get; } = [];

    protected override void Run()
    {
        for (var number = 0; !IsEnding;)
        {
            using var socket = create();
            try
            {
                socket.Connect(endPoint);
            }
            catch (SocketException)
            {
                CountRefusal();
                Thread.Yield();
                continue;
            }

            socket.Blocking = false;

            // The receiver never sends, so there is something to read when it has closed its side.
            while (!IsEnding && !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                var text = $"{number++}".PadRight(payloadLength, '.');
                var bytes = frame(text);
                var accepted = SendAll(socket, bytes);
                if (accepted == bytes.Length)
                {
                    Accepted.Add(text);
                }
                else if (accepted > 0)
                {
                    Torn.Add(bytes[..accepted]);
                }
            }
        }
    }

    private static int SendAll(Socket socket, byte[] bytes)
    {
        var sum = 0;
        while (sum < bytes.Length)
        {
            var error = Send(socket, bytes.AsSpan(sum), out var sent);
            if (error is not SocketError.Success and not SocketError.WouldBlock)
            {
                break;
            }

            sum += sent;
        }

        return sum;
    }
}
