using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>A connected, non-blocking UDP socket that follows its peer's name.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. A socket is connected so that the kernel reports what the network says of a
/// packet, such as that nobody listens. The name is looked up in the background every 30 s and after such a report; a changed
/// address is taken over with the next probe. Where the name has several addresses, one that is of no use gives way to
/// the next. On Linux, packets of equal length go out with one call and are cut apart by the kernel or the network card, and
/// of a receiver on this host it is known how much it has not read yet.
/// </remarks>
internal sealed class UdpTransport : ITransport
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RefreshAfterError = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstLookupTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long a host elsewhere that has refused before may take to refuse again.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Of the default buffer of 212,992 bytes, or 92 packets of 1432, this is 17; the kernel may withhold a quarter that was read already, and the
    /// rest is for bursts: of aggregated metrics, and of a stream, which asks for itself.
    /// </summary>
    private const long MaxQueuedBytes = 40 * 1024;

    private readonly NameResolver resolver;
    private readonly int port;
    private readonly bool asksWithEmptyLine;
    private readonly SegmentationOffload offload;
    private IPAddress[] addresses = [];
    private int addressIndex;
    private Socket? socket;
    private ReceiverQueue? receiverQueue;
    private bool isPeerHere;
    private bool wasRefused;
    private bool hasWaited;

    /// <param name="endpoint">Where to send.</param>
    /// <param name="packetBytes">The length of the longest packet.</param>
    /// <param name="asksWithEmptyLine">Whether the receiver skips empty lines, so that one can be sent to see if it is refused.</param>
    /// <param name="resolver">Finds addresses; of the endpoint's host unless a test says otherwise.</param>
    public UdpTransport(Endpoint endpoint, int packetBytes, bool asksWithEmptyLine, NameResolver? resolver = null)
    {
        this.resolver = resolver ?? new NameResolver(endpoint.Host);
        this.asksWithEmptyLine = asksWithEmptyLine;
        port = endpoint.Port;
        offload = new SegmentationOffload(packetBytes);
    }

    public bool IsLossy => true;

    public int MaxPacketsPerSend => offload.MaxPackets;

    public int AddressChanges => resolver.AddressChanges;

    public bool IsReceiverBehind => receiverQueue?.Read() > MaxQueuedBytes;

    public SocketError Probe(TimeSpan timeout)
    {
        FollowName(timeout);
        var error = socket is null ? SocketError.HostNotFound : TakeReport();
        if (error == SocketError.Success && (error = Ask()) == SocketError.Success)
        {
            return error;
        }

        // Each address has its turn.
        for (var tried = 0; tried < addresses.Length; tried++)
        {
            error = Connect();
            if (error == SocketError.Success && (error = Ask()) == SocketError.Success)
            {
                return error;
            }

            TurnToNextAddress();
        }

        resolver.RefreshIfOlderThan(RefreshAfterError);
        return error;
    }

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        taken = 0;
        if (socket is null)
        {
            return SocketError.NotConnected;
        }

        var sent = socket.Send(packets.Span, SocketFlags.None, out var error);
        if (error == SocketError.MessageSize && offload.MaxPackets == 1)
        {
            // A report of an earlier packet is told once, by a call that sends nothing; an error that stays is about this one.
            sent = socket.Send(packets.Span, SocketFlags.None, out error);
        }

        switch (error)
        {
            case SocketError.Success:
                taken = sent;
                return error;

            case SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable:
                return error;

            case var _ when offload.MaxPackets > 1 && SegmentationOffload.IsRefusal(error):
                // Of a single packet too: one that is longer than the path takes in one piece is cut up only without offload.
                offload.GiveUp(socket);
                return SocketError.Success;

            case SocketError.MessageSize:
                return error;

            default:
                OnReport(error);
                return error;
        }
    }

    /// <inheritdoc/>
    /// <remarks>To a socket, a negative time is for ever.</remarks>
    public void WaitUntilWritable(TimeSpan timeout) => socket?.Poll(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, SelectMode.SelectWrite);

    public SocketError TakeReport()
    {
        var error = ReadPendingError();
        if (error != SocketError.Success)
        {
            OnReport(error);
        }

        return error;
    }

    public void Disconnect()
    {
        socket?.Dispose();
        socket = null;
        receiverQueue?.Dispose();
        receiverQueue = null;
    }

    public void Dispose()
    {
        Disconnect();
        resolver.Dispose();
    }

    /// <summary>Takes over what the name stands for now.</summary>
    private void FollowName(TimeSpan timeout)
    {
        resolver.RefreshIfOlderThan(RefreshInterval);
        if (resolver.Addresses.Length == 0 && !hasWaited)
        {
            // Only once does anybody wait for a name, and not for long.
            hasWaited = true;
            resolver.Wait(timeout < FirstLookupTimeout ? timeout : FirstLookupTimeout);
        }

        var latest = resolver.Addresses;
        if (ReferenceEquals(latest, addresses))
        {
            return;
        }

        // The peer in use stays in use if it still bears the name.
        var current = socket?.RemoteEndPoint is IPEndPoint peer ? Array.IndexOf(latest, peer.Address) : -1;
        if (current < 0)
        {
            Disconnect();
        }

        addresses = latest;
        addressIndex = Math.Max(0, current);
        wasRefused = false;
    }

    /// <summary>Finds out whether the peer refuses packets, if it is one that can be asked.</summary>
    private SocketError Ask()
    {
        // On this host a refusal is there when the call returns.
        if (!asksWithEmptyLine || !(isPeerHere || wasRefused))
        {
            return SocketError.Success;
        }

        socket!.Send("\n"u8, SocketFlags.None, out var error);
        if (MaxPacketsPerSend > 1 && SegmentationOffload.IsRefusal(error))
        {
            // Some kernels refuse everything where the path is narrower than a segment.
            offload.GiveUp(socket);
            socket.Send("\n"u8, SocketFlags.None, out error);
        }

        if (error == SocketError.Success && !isPeerHere)
        {
            // Whether what comes is an answer or a refusal, which Windows has a socket read.
            socket.Poll(AnswerTimeout, SelectMode.SelectRead);
        }

        if (error is SocketError.Success)
        {
            error = ReadPendingError();
            wasRefused &= error != SocketError.Success;
        }
        else if (error is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
        {
            error = SocketError.Success;
        }

        return error;
    }

    /// <summary>An address that stands for all of a host's, and to which this host answers.</summary>
    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private void OnReport(SocketError error)
    {
        resolver.RefreshIfOlderThan(RefreshAfterError);
        wasRefused = IsRefusal(error);
        TurnToNextAddress();
    }

    /// <summary>What Windows calls a reset is, of datagrams, the same.</summary>
    private static bool IsRefusal(SocketError error) => error is SocketError.ConnectionRefused or SocketError.ConnectionReset;

    /// <summary>Reads, since that is how each system reports; a receiver that answers is not listened to.</summary>
    private SocketError ReadPendingError()
    {
        if (socket is null)
        {
            return SocketError.Success;
        }

        Span<byte> answer = stackalloc byte[1];
        socket.Receive(answer, SocketFlags.None, out var error);

        // To Windows, an answer that is longer than what it is read into is an error.
        return error == SocketError.WouldBlock || (error == SocketError.MessageSize && OperatingSystem.IsWindows()) ? SocketError.Success : error;
    }

    private void TurnToNextAddress()
    {
        Disconnect();
        addressIndex = addresses.Length == 0 ? 0 : (addressIndex + 1) % addresses.Length;
    }

    private SocketError Connect()
    {
        Socket? fresh = null;
        try
        {
            Disconnect();
            var address = addresses[addressIndex];
            fresh = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            fresh.Connect(address, port);
            var local = fresh.LocalEndPoint as IPEndPoint;
            if (local is not null && local.Port == port && local.Address.Equals((fresh.RemoteEndPoint as IPEndPoint)?.Address))
            {
                // Where nobody listens on a port that is also given out to clients, a socket may be connected to itself.
                fresh.Dispose();
                return SocketError.ConnectionRefused;
            }

            offload.TurnOn(fresh);
            isPeerHere = IPAddress.IsLoopback(address) || IsAny(address) || address.Equals(local?.Address);
            receiverQueue = isPeerHere ? new ReceiverQueue(IsAny(address) ? local?.Address ?? address : address, port) : null;
            socket = fresh;
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            fresh?.Dispose();
            return exception.SocketErrorCode;
        }
    }
}
