using System.Net.Sockets;
using System.Text;

namespace TestSupport.Tests;

/// <summary>Sends batches of datagrams, no more at a time than any receive buffer holds.</summary>
internal sealed class UdpLoad : Load
{
    private const int SegmentBytes = 1432;
    private const int MostUnread = 64;

    private readonly UdpReceiver receiver;
    private readonly Socket socket;
    private readonly int segments;

    /// <param name="receiver">Where to send to.</param>
    /// <param name="segments">Datagrams in one call: segmentation offload unless one.</param>
    public UdpLoad(UdpReceiver receiver, int segments)
    {
        this.receiver = receiver;
        this.segments = segments;
        socket = new Socket(receiver.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Connect(receiver.EndPoint);
        if (segments > 1)
        {
            socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(SegmentBytes));
        }

        Begin();
    }

    protected override void Run()
    {
        List<string> batch = [];
        for (var number = 0; !IsEnding;)
        {
            receiver.WaitUntil(() => Accepted.Count - receiver.Payloads.Count <= MostUnread);
            List<string> next = [.. Enumerable.Range(number, segments).Select(n => $"{n}".PadRight(SegmentBytes))];
            var error = Send(socket, Encoding.ASCII.GetBytes(string.Concat(next)), out _);
            if (error == SocketError.Success)
            {
                number += segments;
                Accepted.AddRange(batch = next);
            }
            else
            {
                Assert.Equal(SocketError.ConnectionRefused, error);
                TakeBack(batch);
            }
        }

        // The last call's refusal has no later call to tell it.
        if ((SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == SocketError.ConnectionRefused)
        {
            TakeBack(batch);
        }

        socket.Dispose();
    }

    /// <summary>A refusal is about the call before, whole.</summary>
    private void TakeBack(List<string> batch)
    {
        Accepted.RemoveRange(Accepted.Count - batch.Count, batch.Count);
        CountRefusal();
    }
}
