using System.Net.Sockets;
using System.Text;

namespace TestSupport.Tests;

/// <summary>Sends datagrams as fast as they are taken, and connects anew after any error.</summary>
internal sealed class UnixDatagramLoad : Load
{
    private readonly UnixDomainSocketEndPoint endPoint;

    public UnixDatagramLoad(UnixDatagramReceiver receiver)
    {
        endPoint = new UnixDomainSocketEndPoint(receiver.Path);
        Begin();
    }

    protected override void Run()
    {
        for (var number = 0; !IsEnding;)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
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

            var error = SocketError.Success;
            while (!IsEnding && error is SocketError.Success or SocketError.WouldBlock)
            {
                var text = $"{number}";
                error = Send(socket, Encoding.ASCII.GetBytes(text), out _);
                if (error == SocketError.Success)
                {
                    Accepted.Add(text);
                    number++;
                }
            }

            Assert.True(IsEnding || error is SocketError.Shutdown or SocketError.ConnectionRefused, $"Sending ended with {error}.");
        }
    }
}
