using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>A connected, non-blocking UDP socket that follows its peer's name.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. A socket is connected so that the kernel reports a closed port. The name is
/// looked up in the background every 30 s and after an error; a changed address is taken over before the next packet. When a
/// port is closed and the name has several addresses, the next one is tried.
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
    private readonly byte[] optionValue = new byte[sizeof(int)];
    private IPAddress[] addresses = [];
    private int addressIndex;
    private Socket? socket;
    private bool hasWaited;
    private SocketError connectError;
    private long connectFailedAt;

    public UdpTransport(Endpoint endpoint, NameResolver? resolver = null)
    {
        this.resolver = resolver ?? new NameResolver(endpoint.Host);
        port = endpoint.Port;
    }

    public SocketError Send(ReadOnlySpan<byte> packet)
    {
        resolver.RefreshIfOlderThan(RefreshInterval);
        if (socket is null || !ReferenceEquals(addresses, resolver.Addresses))
        {
            var connected = TakeOverAddresses();
            if (connected != SocketError.Success)
            {
                return connected;
            }
        }

        socket!.Send(packet, SocketFlags.None, out var error);
        if (error is not SocketError.Success and not SocketError.WouldBlock)
        {
            OnError(error);
        }

        return error;
    }

    public void WaitUntilWritable(TimeSpan timeout) => socket?.Poll(timeout, SelectMode.SelectWrite);

    public SocketError TakePendingError()
    {
        if (socket is null)
        {
            return SocketError.Success;
        }

        socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error, optionValue);
        if (BinaryPrimitives.ReadInt32LittleEndian(optionValue) == 0)
        {
            return SocketError.Success;
        }

        // The platform's own error number; the only one that a connected UDP socket holds back is the refusal.
        OnError(SocketError.ConnectionRefused);
        return SocketError.ConnectionRefused;
    }

    public void Dispose()
    {
        socket?.Dispose();
        resolver.Dispose();
    }

    private void OnError(SocketError error)
    {
        resolver.RefreshIfOlderThan(RefreshAfterError);
        var isFinalForAddress = error is not SocketError.MessageSize and not SocketError.NoBufferSpaceAvailable;
        if (isFinalForAddress && addresses.Length > 1)
        {
            addressIndex = (addressIndex + 1) % addresses.Length;
            Close();
        }
        else if (error is not SocketError.ConnectionRefused && isFinalForAddress)
        {
            Close();
        }
    }

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
            return SocketError.HostNotFound;
        }

        if (!ReferenceEquals(addresses, latest))
        {
            // The peer in use stays in use if it still bears the name.
            var current = socket?.RemoteEndPoint is IPEndPoint peer ? Array.IndexOf(latest, peer.Address) : -1;
            addresses = latest;
            if (current >= 0)
            {
                addressIndex = current;
                return SocketError.Success;
            }

            addressIndex = 0;
        }

        return Connect(addresses[addressIndex]);
    }

    private SocketError Connect(IPAddress address)
    {
        // Connecting throws where there is no route, which is too dear to find out anew with every packet.
        if (connectError != SocketError.Success && Environment.TickCount64 - connectFailedAt < RefreshAfterError.TotalMilliseconds)
        {
            return connectError;
        }

        Close();
        Socket? fresh = null;
        try
        {
            fresh = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            fresh.Connect(address, port);
            socket = fresh;
            connectError = SocketError.Success;
        }
        catch (SocketException exception)
        {
            fresh?.Dispose();
            connectError = exception.SocketErrorCode;
            connectFailedAt = Environment.TickCount64;
            OnError(connectError);
        }

        return connectError;
    }

    private void Close()
    {
        socket?.Dispose();
        socket = null;
    }
}
