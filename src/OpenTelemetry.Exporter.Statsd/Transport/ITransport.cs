using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Hands packets to the operating system, one call a packet, without exceptions and without waiting.</summary>
/// <remarks>One owner at a time: the thread that exports.</remarks>
internal interface ITransport : IDisposable
{
    /// <summary>Sends one packet.</summary>
    /// <returns>
    /// <see cref="SocketError.Success"/> if the kernel took it. <see cref="SocketError.ConnectionRefused"/> speaks of the
    /// packet before this one, which nobody received, and this one was not sent. <see cref="SocketError.WouldBlock"/> if the
    /// send buffer is full. <see cref="SocketError.HostNotFound"/> if there is no address to send to.
    /// </returns>
    SocketError Send(ReadOnlySpan<byte> packet);

    /// <summary>Waits until the socket takes data again, at most <paramref name="timeout"/>.</summary>
    void WaitUntilWritable(TimeSpan timeout);

    /// <summary>The error, if any, that the network has reported since the last call; reading it clears it.</summary>
    SocketError TakePendingError();
}
