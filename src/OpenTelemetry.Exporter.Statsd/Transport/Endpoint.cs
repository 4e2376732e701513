using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Where packets go.</summary>
/// <param name="Kind">What carries them there.</param>
/// <param name="Host">Of UDP and TCP, a name or an address without brackets; else empty.</param>
/// <param name="Port">Of UDP and TCP, 1 to 65535; else 0.</param>
/// <param name="Path">The absolute path of a Unix domain socket, or the bare name of a named pipe; else empty.</param>
internal sealed record Endpoint(EndpointKind Kind, string Host, int Port, string Path)
{
    /// <summary>The forms that <see cref="TryParse"/> takes, for error messages.</summary>
    public const string ValidForms =
        "udp://host:port or tcp://host:port, with a name, an IPv4 address or an IPv6 address in brackets; "
        + "unix:///path, unixgram:///path or unixstream:///path, with an absolute path of at most 107 bytes (macOS: 103); "
        + @"pipe://name or \\.\pipe\name; stdout:";

    /// <summary>The port of StatsD.</summary>
    public const int DefaultPort = 8125;

    /// <summary>What begins the full name of a pipe of this machine.</summary>
    public const string PipePrefix = @"\\.\pipe\";

    private const string SchemeEnd = "://";
    private const string StandardOutput = "stdout:";

    /// <summary>The field of a socket's address that holds the path has 108 bytes, 104 on macOS, one of which ends it.</summary>
    private static readonly int MaxPathBytes = OperatingSystem.IsMacOS() ? 103 : 107;

    /// <summary>Of the 256 characters that Windows allows, without <see cref="PipePrefix"/>.</summary>
    private const int MaxPipeNameLength = 247;

    /// <summary>An endpoint that UDP reaches.</summary>
    public Endpoint(string host, int port)
        : this(EndpointKind.Udp, host, port, string.Empty)
    {
    }

    public PacketFraming Framing => Kind switch
    {
        EndpointKind.Udp or EndpointKind.UnixDatagram => PacketFraming.Datagram,
        EndpointKind.UnixStream => PacketFraming.LengthPrefix,
        _ => PacketFraming.LineFeed,
    };

    /// <summary>The size of a packet without its framing, unless options say otherwise.</summary>
    public int DefaultMaxPacketBytes => Kind switch
    {
        // What fits an Ethernet frame with room for a tunnel; other clients use the same for a pipe.
        EndpointKind.Udp or EndpointKind.NamedPipe => 1432,

        // With its line feed, what Linux puts into a pipe in one piece (PIPE_BUF), so that no other writer's output comes in between.
        EndpointKind.StandardOutput => 4095,

        // What an Agent reads at once.
        _ => 8192,
    };

    /// <summary>Reads <paramref name="text"/>; without a port it means <paramref name="defaultPort"/>. Nothing in it is escaped.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Endpoint? endpoint, int defaultPort = DefaultPort)
    {
        endpoint = Parse(text ?? string.Empty, defaultPort);
        return endpoint is not null;
    }

    public override string ToString() => Kind switch
    {
        EndpointKind.Udp => $"udp://{Authority()}",
        EndpointKind.UnixDatagram => $"unix://{Path}",
        EndpointKind.UnixStream => $"unixstream://{Path}",
        EndpointKind.Tcp => $"tcp://{Authority()}",
        EndpointKind.NamedPipe => $"pipe://{Path}",
        _ => StandardOutput,
    };

    /// <summary>Puts an IPv6 address into brackets and leaves any other host as it is.</summary>
    public static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static Endpoint? Parse(string text, int defaultPort)
    {
        if (text.Equals(StandardOutput, StringComparison.OrdinalIgnoreCase))
        {
            return new Endpoint(EndpointKind.StandardOutput, string.Empty, 0, string.Empty);
        }

        if (text.StartsWith(PipePrefix, StringComparison.OrdinalIgnoreCase))
        {
            return OfPipe(text[PipePrefix.Length..]);
        }

        var end = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        var rest = end < 0 ? string.Empty : text[(end + SchemeEnd.Length)..];
        return (end < 0 ? string.Empty : text[..end].ToUpperInvariant()) switch
        {
            "UDP" => OfHost(EndpointKind.Udp, rest, defaultPort),
            "UNIX" or "UNIXGRAM" => OfPath(EndpointKind.UnixDatagram, rest),
            "UNIXSTREAM" => OfPath(EndpointKind.UnixStream, rest),
            "TCP" => OfHost(EndpointKind.Tcp, rest, defaultPort),
            "PIPE" => OfPipe(rest),
            _ => null,
        };
    }

    private static Endpoint? OfHost(EndpointKind kind, string authority, int defaultPort)
    {
        string host;
        string port;
        var end = authority.IndexOf(']', StringComparison.Ordinal);
        var isBracketed = end > 0 && authority[0] == '[';
        if (isBracketed)
        {
            host = authority[1..end];
            port = authority[(end + 1)..];
        }
        else
        {
            var colon = authority.IndexOf(':', StringComparison.Ordinal);
            host = colon < 0 ? authority : authority[..colon];
            port = colon < 0 ? string.Empty : authority[colon..];
        }

        var type = Uri.CheckHostName(host);
        if (type == UriHostNameType.Unknown || isBracketed != (type == UriHostNameType.IPv6))
        {
            return null;
        }

        var number = defaultPort;
        var isPort = port.Length == 0
            || (port[0] == ':'
                && int.TryParse(port.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number)
                && number is >= 1 and <= ushort.MaxValue);
        return isPort ? new Endpoint(kind, host, number, string.Empty) : null;
    }

    private static Endpoint? OfPath(EndpointKind kind, string path) =>
        path.Length > 1 && path[0] == '/' && !path.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(path) <= MaxPathBytes
            ? new Endpoint(kind, string.Empty, 0, path)
            : null;

    /// <remarks>
    /// Elsewhere than on Windows a pipe's name is part of a file's, which may not hold a slash; the name "anonymous" is .NET's own.
    /// </remarks>
    private static Endpoint? OfPipe(string name) =>
        name.Length is > 0 and <= MaxPipeNameLength
        && !name.AsSpan().ContainsAny('\0', '/', '\\')
        && !name.Equals("anonymous", StringComparison.OrdinalIgnoreCase)
            ? new Endpoint(EndpointKind.NamedPipe, string.Empty, 0, name)
            : null;

    private string Authority() => string.Create(CultureInfo.InvariantCulture, $"{Bracketed(Host)}:{Port}");
}
