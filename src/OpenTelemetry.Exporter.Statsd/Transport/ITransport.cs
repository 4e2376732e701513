using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Hands packets to the operating system, by error code rather than exception, and without waiting unless asked to.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. A transport keeps no packet and no part of one; who sends does, and sends
/// again what was not taken.
/// </remarks>
internal interface ITransport : IDisposable
{
    /// <summary>
    /// Whether a packet that was taken may be lost all the same: the network reports its refusal with a later call, and a receiver
    /// that is overrun says nothing.
    /// </summary>
    bool IsLossy { get; }

    /// <summary>How many packets of equal length one <see cref="Send"/> takes. May fall to 1 for good, once the kernel refuses.</summary>
    int MaxPacketsPerSend { get; }

    /// <summary>Whether a <see cref="Send"/> may wait, if not for long, so that none is worth it once time is up.</summary>
    bool MayBlock => false;

    /// <summary>How often the receiver's name came to stand for other addresses. Read by the thread that exports.</summary>
    int AddressChanges => 0;

    /// <summary>
    /// Whether the receiver has so much unread that a burst might overrun it: of a lossy transport whose receiver is on a host where that
    /// can be seen. Asking takes a fraction of a millisecond.
    /// </summary>
    bool IsReceiverBehind => false;

    /// <summary>Asks whether the receiver is there, as far as it can be asked; connects to it where there is no connection.</summary>
    /// <param name="timeout">How long that may take.</param>
    /// <returns><see cref="SocketError.Success"/>, or why nothing can be sent now.</returns>
    SocketError Probe(TimeSpan timeout);

    /// <summary>Sends packets, or as much of them as the send buffer has room for.</summary>
    /// <param name="packets">
    /// Whole packets back to back, framing included, all of <paramref name="packetBytes"/> but the last, which may be shorter. Of a
    /// byte stream the first may be the rest of one that was taken in part. Read during the call only.
    /// </param>
    /// <param name="packetBytes">The length of each packet but the last.</param>
    /// <param name="taken">How many bytes were taken: by a stream any number, else all or none.</param>
    /// <returns>
    /// <see cref="SocketError.Success"/>, also if less than all was taken and the call is worth repeating at once;
    /// <see cref="SocketError.WouldBlock"/> or <see cref="SocketError.NoBufferSpaceAvailable"/> if there is no room now;
    /// <see cref="SocketError.MessageSize"/> if a packet is too long for the path; anything else says that the connection is of no use: a
    /// packet taken in part has not arrived, nothing of this call was taken, and <see cref="Probe"/> is next. Of what a lossy transport
    /// took before, <see cref="TakeReport"/> tells, which comes first. Never connects by itself.
    /// </returns>
    SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken);

    /// <summary>Waits until there may be room again, at most <paramref name="timeout"/>.</summary>
    void WaitUntilWritable(TimeSpan timeout);

    /// <summary>What the network has reported of the packets taken since the last call; reading it clears it.</summary>
    SocketError TakeReport();

    /// <summary>Gives the connection up, so that nothing completes what was taken in part; <see cref="Probe"/> makes a new one.</summary>
    void Disconnect();
}
