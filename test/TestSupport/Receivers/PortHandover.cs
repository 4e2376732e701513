using System.Net.Sockets;

namespace TestSupport;

/// <summary>Passes a UDP port on from one socket to another, so that nobody else can be given it in between.</summary>
public static class PortHandover
{
    // From Linux' asm-generic/socket.h. What the runtime calls so is another option, by which more than two could share.
    private const int SocketLevel = 1;
    private const int ReuseAddress = 2;

    /// <summary>Binds a socket to the port of another one, and closes that. Elsewhere than on Linux it is closed before.</summary>
    /// <param name="from">Bound, and connected to itself lest it be sent anything.</param>
    /// <param name="to">Of the same family.</param>
    public static void Pass(Socket from, Socket to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var place = from.LocalEndPoint!;
        if (!OperatingSystem.IsLinux())
        {
            from.Dispose();
            to.Bind(place);
            return;
        }

        // Two that both allow it share a port. Others, which do not, still find it taken.
        AllowSharing(from, 1);
        AllowSharing(to, 1);
        to.Bind(place);
        from.Dispose();
        AllowSharing(to, 0);
    }

    private static void AllowSharing(Socket socket, int value) => socket.SetRawSocketOption(SocketLevel, ReuseAddress, BitConverter.GetBytes(value));
}
