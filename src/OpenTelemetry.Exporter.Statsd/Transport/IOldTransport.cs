using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Hands packets to the operating system, one call a packet, without exceptions and without waiting.</summary>
/// <remarks>One owner at a time: the thread that exports.</remarks>
internal interface IOldTransport : IDisposable
{
    /// <summary>Sends one packet.</summary>
    /// <param name="packet">Read during the call only.</param>
    /// <param name="previous">
    /// What the network has reported meanwhile of the packet before this one: a network answers late, and a socket says so with
    /// the next call. <see cref="SocketError.Success"/> if nothing.
    /// </param>
    /// <returns>
    /// <see cref="SocketError.Success"/> if the kernel took this packet, <see cref="SocketError.WouldBlock"/> if the send buffer is
    /// full, <see cref="SocketError.HostNotFound"/> if there is no address to send to, else why this packet cannot be sent.
    /// </returns>
    SocketError Send(ReadOnlySpan<byte> packet, out SocketError previous);

    /// <summary>Waits until the socket takes data again, at most <paramref name="timeout"/>.</summary>
    void WaitUntilWritable(TimeSpan timeout);

    /// <summary>What the network has reported of the latest packet since the last call; reading it clears it.</summary>
    SocketError TakePendingError();
}
