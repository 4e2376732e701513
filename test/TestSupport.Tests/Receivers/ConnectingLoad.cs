using System.Net;
using System.Net.Sockets;

namespace TestSupport.Tests;

/// <summary>Sends every payload over a connection of its own, so that many connect while the receiver stops.</summary>
internal sealed class ConnectingLoad : Load
{
    /// <summary>Fewer than any backlog, which when full makes TCP wait a second.</summary>
    private const int MostUnread = 16;

    private readonly Receiver receiver;
    private readonly EndPoint endPoint;
    private readonly Func<Socket> create;
    private readonly Func<string, byte[]> frame;

    public ConnectingLoad(Receiver receiver, EndPoint endPoint, Func<Socket> create, Func<string, byte[]> frame)
    {
        this.receiver = receiver;
        this.endPoint = endPoint;
        this.create = create;
        this.frame = frame;
        Begin();
    }

    protected override void Run()
    {
        for (var number = 0; !IsEnding; number++)
        {
            receiver.WaitUntil(() => Accepted.Count - receiver.Payloads.Count <= MostUnread);
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

            var text = $"{number}";
            var bytes = frame(text);
            if (Send(socket, bytes, out var sent) == SocketError.Success)
            {
                Assert.Equal(bytes.Length, sent);
                Accepted.Add(text);
            }
        }
    }
}
