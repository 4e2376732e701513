using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>A TCP connection that follows its peer's name.</summary>
/// <remarks>
/// Threading as for <see cref="SocketTransport"/>. The name is looked up in the background every 30 s and after errors. The peer in
/// use stays in use for as long as it bears the name. Where the name has several addresses, one that is of no use gives way to
/// the next.
/// </remarks>
internal sealed class TcpTransport(string host, int port, NameResolver? resolver = null) : StreamTransport(ProtocolType.Tcp)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RefreshAfterError = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How long a peer that is not sent to may be silent, and how often it is asked, before it counts as dead.</summary>
    private const int SilenceSeconds = 30;
    private const int QuestionSeconds = 10;
    private const int Questions = 3;

    /// <summary>TCP_USER_TIMEOUT, which the runtime has no name for: what is not acknowledged, or not taken, for so long ends the connection.</summary>
    private const int LinuxUserTimeout = 18;

    /// <summary>
    /// Short of the quarter of an hour after which the kernel gives up by itself, and long beside any pause of a receiver, which would lose what was sent to it.
    /// </summary>
    private const int UserTimeoutMilliseconds = 300_000;

    private readonly NameResolver resolver = resolver ?? new NameResolver(host);
    private IPAddress[] addresses = [];
    private int turn;
    private bool hasWaited;

    /// <inheritdoc/>
    public override int AddressChanges => resolver.AddressChanges;

    /// <inheritdoc/>
    protected override SocketError Connect(TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        resolver.RefreshIfOlderThan(RefreshInterval);
        if (resolver.Addresses.Length == 0)
        {
            resolver.RefreshIfOlderThan(RefreshAfterError);
            if (!hasWaited)
            {
                // Only once does anybody wait for a name server, and not for long.
                hasWaited = true;
                resolver.Wait(timeout);
            }
        }

        TakeOverAddresses();
        var error = SocketError.HostNotFound;
        var share = Shorter(timeout, AddressTimeout);
        for (var tried = 0; tried < addresses.Length; tried++)
        {
            var left = timeout - Stopwatch.GetElapsedTime(start);
            error = Open(new IPEndPoint(addresses[turn], port), Shorter(left, share));
            if (error == SocketError.Success)
            {
                return error;
            }

            if (tried > 0 && left < share && error == SocketError.TimedOut)
            {
                // What was left of the time was too short to tell, so this one comes first the next time.
                break;
            }

            turn = (turn + 1) % addresses.Length;
        }

        resolver.RefreshIfOlderThan(RefreshAfterError);
        return error;
    }

    /// <inheritdoc/>
    protected override SocketError Ask(Socket connected)
    {
        resolver.RefreshIfOlderThan(RefreshInterval);
        return TakeOverAddresses() ? base.Ask(connected) : SocketError.AddressNotAvailable;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        resolver.Dispose();
    }

    /// <inheritdoc/>
    protected override void Prepare(Socket fresh)
    {
        TrySet(() => fresh.NoDelay = true);
        TrySet(() => fresh.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true));
        TrySet(() => fresh.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, SilenceSeconds));
        TrySet(() => fresh.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, QuestionSeconds));
        TrySet(() => fresh.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Questions));
        if (OperatingSystem.IsLinux())
        {
            TrySet(() => fresh.SetRawSocketOption((int)ProtocolType.Tcp, LinuxUserTimeout, BitConverter.GetBytes(UserTimeoutMilliseconds)));
        }
    }

    /// <summary>A system that does not know an option is no reason to do without a connection.</summary>
    private static void TrySet(Action option)
    {
        try
        {
            option();
        }
        catch (SocketException)
        {
            // Then it is as the system has it by default.
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <returns>Whether the address whose turn it is is still one of them.</returns>
    private bool TakeOverAddresses()
    {
        var latest = resolver.Addresses;
        if (ReferenceEquals(latest, addresses))
        {
            return true;
        }

        var current = turn < addresses.Length ? Array.IndexOf(latest, addresses[turn]) : -1;
        addresses = latest;
        turn = Math.Max(0, current);
        return current >= 0;
    }
}
