using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Linux's UDP segmentation offload: one call takes many datagrams of equal length.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. Where the kernel, or a network card without checksum offload, refuses it once, it
/// stays off. See udp(7), <c>UDP_SEGMENT</c>.
/// </remarks>
internal sealed class SegmentationOffload
{
    private const int UdpLevel = 17;
    private const int UdpSegment = 103;
    private const int MaxSegments = 64;
    private const int MaxPayload = 65_507;

    private readonly int segmentBytes;
    private bool isOff;

    /// <param name="segmentBytes">The length of each datagram but the last.</param>
    public SegmentationOffload(int segmentBytes)
    {
        this.segmentBytes = segmentBytes;
        isOff = !OperatingSystem.IsLinux() || segmentBytes > MaxPayload / 2;
    }

    /// <summary>How many datagrams one call takes.</summary>
    public int MaxPackets => isOff ? 1 : Math.Min(MaxSegments, MaxPayload / segmentBytes);

    /// <summary>Whether an error of a call with several datagrams says that the path does not take them together.</summary>
    public static bool IsRefusal(SocketError error) => error is
        SocketError.InvalidArgument or SocketError.MessageSize or SocketError.OperationNotSupported
        or SocketError.ProtocolOption or SocketError.SocketError;

    /// <summary>Lets a socket take several datagrams with a call, if the kernel knows how.</summary>
    public void TurnOn(Socket socket)
    {
        if (!isOff && !TrySet(socket, segmentBytes))
        {
            isOff = true;
        }
    }

    /// <summary>Does without for good.</summary>
    public void GiveUp(Socket socket)
    {
        isOff = true;
        TrySet(socket, bytes: 0);
    }

    private static bool TrySet(Socket socket, int bytes)
    {
        try
        {
            socket.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(bytes));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
