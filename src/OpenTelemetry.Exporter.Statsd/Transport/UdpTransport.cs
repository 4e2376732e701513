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
internal sealed class UdpTransport : IOldTransport
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
            previous = TakeOverAddresses();
        }

        // Connecting throws where there is no route, which is too dear to find out anew with every packet.
        if (socket is null && Environment.TickCount64 < unreachableUntil)
        {
            return unreachableError;
        }

        // Each address has its turn before the packet is given up.
        var error = SocketError.HostNotFound;
        var wasRefused = false;
        for (var failed = 0; failed < addresses.Length;)
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

            // A refusal is about the packet before, so an address that refused still has its turn with this one.
            failed += error == SocketError.ConnectionRefused && !wasRefused ? 0 : 1;
            wasRefused |= error == SocketError.ConnectionRefused;
        }

        resolver.RefreshIfOlderThan(RefreshAfterError);
        if (error != SocketError.ConnectionRefused)
        {
            unreachableError = error;
            unreachableUntil = Environment.TickCount64 + (long)RefreshAfterError.TotalMilliseconds;
        }

        return error;
    }

    public void WaitUntilWritable(TimeSpan timeout) => socket?.Poll(timeout, SelectMode.SelectWrite);

    public SocketError TakePendingError()
    {
        var error = ReadPendingError();
        if (error != SocketError.Success)
        {
            resolver.RefreshIfOlderThan(RefreshAfterError);
            if (IsOfNetwork(error))
            {
                TurnToNextAddress();
            }
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

    /// <summary>Whether an error may be late, about a packet before: a network answers for whatever it does with a packet.</summary>
    private static bool MayBeReport(SocketError error) =>
        error is not SocketError.Success and not SocketError.WouldBlock and not SocketError.NoBufferSpaceAvailable;

    private SocketError SendConnected(ReadOnlySpan<byte> packet, ref SocketError previous)
    {
        socket!.Send(packet, SocketFlags.None, out var error);
        if (!MayBeReport(error))
        {
            return error;
        }

        resolver.RefreshIfOlderThan(RefreshAfterError);
        if (error == SocketError.ConnectionRefused)
        {
            // Only a peer says so, of a packet that it got. This one has a better chance elsewhere, if there is elsewhere.
            previous = error;
            if (addresses.Length > 1)
            {
                return error;
            }
        }

        // A report is told once, by a call that sends nothing; an error that stays is about this packet.
        socket.Send(packet, SocketFlags.None, out var again);
        if (!MayBeReport(again))
        {
            previous = error;
        }

        return again;
    }

    private SocketError ReadPendingError() => socket is not null && socket.Poll(TimeSpan.Zero, SelectMode.SelectError)
        ? (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!
        : SocketError.Success;

    private void TurnToNextAddress()
    {
        Close();
        addressIndex = (addressIndex + 1) % addresses.Length;
    }

    /// <returns>What the socket that is given up for it still had to report.</returns>
    private SocketError TakeOverAddresses()
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
            return SocketError.Success;
        }

        // The peer in use stays in use if it still bears the name.
        var current = socket?.RemoteEndPoint is IPEndPoint peer ? Array.IndexOf(latest, peer.Address) : -1;
        addresses = latest;
        unreachableUntil = 0;
        if (current >= 0)
        {
            addressIndex = current;
            return SocketError.Success;
        }

        var report = ReadPendingError();
        Close();
        addressIndex = 0;
        return report;
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
