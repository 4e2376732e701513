using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>A connected, non-blocking UDP socket that follows its peer's name.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. A socket is connected so that the kernel reports what the network says of a
/// packet, such as that nobody listens. The name is looked up in the background every 30 s and after such a report; a changed
/// address is taken over before the next packet. Where the name has several addresses, one that is of no use gives way to
/// the next.
/// </remarks>
internal sealed class UdpTransport : ITransport
{
    /// <summary>What fits an Ethernet frame with room for a tunnel.</summary>
    public const int DefaultMaxPacketBytes = 1432;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RefreshAfterError = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstLookupTimeout = TimeSpan.FromSeconds(2);

    private readonly NameResolver resolver;
    private readonly int port;
    private IPAddress[] addresses = [];
    private int addressIndex;
    private Socket? socket;
    private bool hasWaited;
    private bool isDisposed;
    private SocketError unreachableError;
    private long unreachableUntil;

    public UdpTransport(Endpoint endpoint, NameResolver? resolver = null)
    {
        this.resolver = resolver ?? new NameResolver(endpoint.Host);
        port = endpoint.Port;
    }

    public SocketError Send(ReadOnlySpan<byte> packet, out SocketError previous)
    {
        previous = SocketError.Success;
        if (isDisposed)
        {
            return SocketError.OperationAborted;
        }

        resolver.RefreshIfOlderThan(RefreshInterval);
        if (!ReferenceEquals(addresses, resolver.Addresses) || addresses.Length == 0)
        {
            TakeOverAddresses();
        }

        // Connecting throws where there is no route, which is too dear to find out anew with every packet.
        if (socket is null && Environment.TickCount64 < unreachableUntil)
        {
            return unreachableError;
        }

        // Each address has its turn before the packet is given up.
        var error = SocketError.HostNotFound;
        for (var attempt = 0; attempt < addresses.Length; attempt++)
        {
            error = socket is null ? Connect() : SocketError.Success;
            if (error == SocketError.Success)
            {
                error = SendConnected(packet, ref previous);
            }

            if (error is SocketError.Success || !IsOfNetwork(error))
            {
                return error;
            }

            TurnToNextAddress();
        }

        resolver.RefreshIfOlderThan(RefreshAfterError);
        unreachableError = error;
        unreachableUntil = Environment.TickCount64 + (long)RefreshAfterError.TotalMilliseconds;
        return error;
    }

    public void WaitUntilWritable(TimeSpan timeout) => socket?.Poll(timeout, SelectMode.SelectWrite);

    public SocketError TakePendingError()
    {
        if (socket is null || !socket.Poll(TimeSpan.Zero, SelectMode.SelectError))
        {
            return SocketError.Success;
        }

        var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
        {
            resolver.RefreshIfOlderThan(RefreshAfterError);
            TurnToNextAddress();
        }

        return error;
    }

    public void Dispose()
    {
        isDisposed = true;
        Close();
        resolver.Dispose();
    }

    /// <summary>Whether an error speaks of the way to the peer rather than of the packet or of this host's memory.</summary>
    private static bool IsOfNetwork(SocketError error) =>
        error is not SocketError.WouldBlock and not SocketError.NoBufferSpaceAvailable and not SocketError.MessageSize;

    private SocketError SendConnected(ReadOnlySpan<byte> packet, ref SocketError previous)
    {
        socket!.Send(packet, SocketFlags.None, out var error);
        if (error is SocketError.Success || !IsOfNetwork(error))
        {
            return error;
        }

        resolver.RefreshIfOlderThan(RefreshAfterError);
        if (error == SocketError.ConnectionRefused && addresses.Length > 1)
        {
            // Only a peer says so, of a packet that it got: this one has a better chance elsewhere.
            previous = error;
            return error;
        }

        // A report on the packet before is told once, by a call that sends nothing; an error that stays is about this packet.
        socket.Send(packet, SocketFlags.None, out var again);
        if (again is SocketError.Success || !IsOfNetwork(again))
        {
            previous = error;
        }

        return again;
    }

    private void TurnToNextAddress()
    {
        Close();
        addressIndex = (addressIndex + 1) % addresses.Length;
    }

    private void TakeOverAddresses()
    {
        if (resolver.Addresses.Length == 0 && !hasWaited)
        {
            // Only the very first packet waits for a name, and not for long: it runs on the reader's thread.
            hasWaited = true;
            resolver.Wait(FirstLookupTimeout);
        }

        var latest = resolver.Addresses;
        if (latest.Length == 0)
        {
            resolver.RefreshIfOlderThan(RefreshAfterError);
            return;
        }

        // The peer in use stays in use if it still bears the name.
        var current = socket?.RemoteEndPoint is IPEndPoint peer ? Array.IndexOf(latest, peer.Address) : -1;
        addresses = latest;
        unreachableUntil = 0;
        if (current >= 0)
        {
            addressIndex = current;
        }
        else
        {
            Close();
            addressIndex = 0;
        }
    }

    private SocketError Connect()
    {
        Socket? fresh = null;
        try
        {
            fresh = new Socket(addresses[addressIndex].AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            fresh.Connect(addresses[addressIndex], port);
            socket = fresh;
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            fresh?.Dispose();
            return exception.SocketErrorCode;
        }
    }

    private void Close()
    {
        socket?.Dispose();
        socket = null;
    }
}
