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
        + "unix:///path, unixgram:///path or unixstream:///path, with an absolute path of at most 107 bytes; "
        + "pipe://name; stdout:";

    public const int DefaultPort = 8125;

    /// <summary>What begins the full name of a pipe of this machine; <see cref="TryParse"/> takes it before a name.</summary>
    public const string PipePrefix = @"\\.\pipe\";

    /// <summary>The field of a socket's address that holds the path has 108 bytes, one of which ends it.</summary>
    private const int MaxPathBytes = 107;

    /// <summary>Of the 256 characters that Windows allows, without <see cref="PipePrefix"/>.</summary>
    private const int MaxPipeNameLength = 247;

    private const string Authority = "//";

    /// <summary>The first scheme of a kind is the one that <see cref="ToString"/> writes.</summary>
    private static readonly (string Scheme, EndpointKind Kind)[] Schemes =
    [
        ("udp", EndpointKind.Udp),
        ("unix", EndpointKind.UnixDatagram),
        ("unixgram", EndpointKind.UnixDatagram),
        ("unixstream", EndpointKind.UnixStream),
        ("tcp", EndpointKind.Tcp),
        ("pipe", EndpointKind.NamedPipe),
        ("stdout", EndpointKind.StandardOutput),
    ];

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
        // What fits an Ethernet frame with room for a tunnel; the Agent's pipe is made for packets of that size, too.
        EndpointKind.Udp or EndpointKind.NamedPipe => 1432,

        // With its line feed, what a pipe takes in one piece (PIPE_BUF), so that no other writer's output comes in between.
        EndpointKind.StandardOutput => 4095,

        // What an Agent reads at once.
        _ => 8192,
    };

    /// <summary>Reads <paramref name="text"/>; without a port it means <see cref="DefaultPort"/>. Nothing in it is escaped.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Endpoint? endpoint)
    {
        endpoint = null;
        var colon = text is null ? -1 : text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        var scheme = text![..colon];
        var rest = text.AsSpan(colon + 1);
        foreach (var (known, kind) in Schemes)
        {
            if (known.Equals(scheme, StringComparison.OrdinalIgnoreCase))
            {
                endpoint = kind == EndpointKind.StandardOutput ? OfNothing(kind, rest)
                    : !rest.StartsWith(Authority) ? null
                    : kind is EndpointKind.Udp or EndpointKind.Tcp ? OfHost(kind, rest[Authority.Length..])
                    : kind == EndpointKind.NamedPipe ? OfPipe(rest[Authority.Length..])
                    : OfPath(kind, rest[Authority.Length..]);
            }
        }

        return endpoint is not null;
    }

    public override string ToString()
    {
        var scheme = Schemes.First(known => known.Kind == Kind).Scheme;
        return Kind switch
        {
            EndpointKind.StandardOutput => $"{scheme}:",
            EndpointKind.Udp or EndpointKind.Tcp => string.Create(CultureInfo.InvariantCulture, $"{scheme}://{Bracketed(Host)}:{Port}"),
            _ => $"{scheme}://{Path}",
        };
    }

    /// <summary>Puts an IPv6 address into brackets and leaves any other host as it is.</summary>
    public static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static Endpoint? OfNothing(EndpointKind kind, ReadOnlySpan<char> rest) =>
        rest.IsEmpty ? new Endpoint(kind, string.Empty, 0, string.Empty) : null;

    private static Endpoint? OfHost(EndpointKind kind, ReadOnlySpan<char> authority)
    {
        var isBracketed = authority.StartsWith("[");
        var end = authority.IndexOf(isBracketed ? ']' : ':');
        if (end < 0)
        {
            end = authority.Length;
        }

        var host = authority[(isBracketed ? 1 : 0)..end].ToString();
        var port = authority[Math.Min(end + (isBracketed ? 1 : 0), authority.Length)..];
        var type = Uri.CheckHostName(host);
        if (type == UriHostNameType.Unknown || isBracketed != (type == UriHostNameType.IPv6))
        {
            return null;
        }

        var number = DefaultPort;
        return port.IsEmpty
            || (port[0] == ':'
                && int.TryParse(port[1..], NumberStyles.None, CultureInfo.InvariantCulture, out number)
                && number is >= 1 and <= ushort.MaxValue)
            ? new Endpoint(kind, host, number, string.Empty)
            : null;
    }

    private static Endpoint? OfPath(EndpointKind kind, ReadOnlySpan<char> path) =>
        path.Length > 1 && path[0] == '/' && !path.Contains('\0') && Encoding.UTF8.GetByteCount(path) <= MaxPathBytes
            ? new Endpoint(kind, string.Empty, 0, path.ToString())
            : null;

    private static Endpoint? OfPipe(ReadOnlySpan<char> name)
    {
        if (name.StartsWith(PipePrefix, StringComparison.OrdinalIgnoreCase))
        {
            name = name[PipePrefix.Length..];
        }

        // .NET keeps the name "anonymous" for itself, and elsewhere than on Windows a pipe's name is that of a file.
        return name.Length is > 0 and <= MaxPipeNameLength
            && !name.ContainsAny('\0', '/', '\\')
            && !name.Equals("anonymous", StringComparison.OrdinalIgnoreCase)
                ? new Endpoint(EndpointKind.NamedPipe, string.Empty, 0, name.ToString())
                : null;
    }
}
