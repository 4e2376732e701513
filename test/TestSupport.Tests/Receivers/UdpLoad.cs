using System.Net.Sockets;
using System.Text;

namespace TestSupport.Tests;

/// <summary>Sends batches of datagrams, each once it is known what became of the one before.</summary>
/// <remarks>On a busy machine the kernel may put off the way over loopback, and with it the refusal, until after several more calls.</remarks>
internal sealed class UdpLoad : Load
{
    private const int SegmentBytes = 1432;

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
        for (var number = 0; !IsEnding; number += segments)
        {
            List<string> batch = [.. Enumerable.Range(number, segments).Select(n => $"{n}".PadRight(SegmentBytes))];
            Assert.Equal(SocketError.Success, Send(socket, Encoding.ASCII.GetBytes(string.Concat(batch)), out _));
            Accepted.AddRange(batch);
            if (!IsReceived())
            {
                Accepted.RemoveRange(Accepted.Count - segments, segments);
                CountRefusal();
            }
        }

        socket.Dispose();
    }

    /// <summary>Waits until the receiver has read everything that was accepted, or the kernel says that the last call was refused, whole.</summary>
    private bool IsReceived()
    {
        var error = SocketError.Success;
        Assert.True(
            SpinWait.SpinUntil(() => receiver.Payloads.Count == Accepted.Count || (error = TakeError()) != SocketError.Success, Deadline),
            "What was accepted was neither read nor refused.");
        Assert.True(error is SocketError.Success or SocketError.ConnectionRefused, $"{error}");
        return error == SocketError.Success;
    }

    private SocketError TakeError() => (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
}
